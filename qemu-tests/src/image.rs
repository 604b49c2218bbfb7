//! The file trees of the two guests. Both hold our programs, stages and services as
//! `make install` put them, busybox for everything else, and the accounts of `guest/etc`.
//!
//! - minimal: all of it in the initramfs, which stays the root file system; up in seconds
//! - disk: an initramfs that only mounts an ext4 disk, on which there is also a Debian user
//!   land (udev, ssh, kmod, e2fsprogs); the way real machines boot

use std::io;
use std::path::Path;
use std::process::Command;

use crate::modules::Modules;
use crate::places;
use crate::tree::Tree;

/// The disk guest's modules without which it does not find its disk.
const DISK_MODULES: &[&str] = &["virtio_pci", "virtio_blk", "crc32c_generic", "ext4"];
/// Those it may load itself, from its disk.
const FURTHER_MODULES: &[&str] = &[
    "virtio_pci",
    "virtio_net",
    "virtio_rng",
    "button",
    "evdev",
    "loop",
    "dummy",
    "overlay",
];

/// Those of volumes and of a network file system.
const TOOLS_MODULES: &[&str] = &[
    "dm_mod",
    "md_mod",
    "raid1",
    "loop",
    "nfsd",
    "nfs",
    "nfsv4",
    "virtio_net",
];

/// The minimal guest's shell, with all it needs. busybox's would prefer its own `init` and
/// `reboot` to ours, wherever those are.
const SHELL: &[&str] = &[
    "/usr/bin/dash",
    "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
];

/// What busybox has of an init of its own: in these guests it is ours or nobody's.
const INIT_NAMES: &[&str] = &[
    "init", "linuxrc", "halt", "poweroff", "reboot", "runsvdir", "sv",
];

/// The tree of the minimal guest, with our programs of the directory `stage`.
///
/// # Errors
///
/// A directory that cannot be read.
pub fn minimal(stage: &Path) -> io::Result<Tree> {
    let mut tree = user_land();
    tree.graft(stage, "")?;
    add_busybox(&mut tree)?;
    add_own_files(&mut tree)?;
    Ok(tree)
}

/// The directories, the shell and its libc, before anything else is put in.
pub(crate) fn user_land() -> Tree {
    let mut tree = skeleton();
    // The kernel opens it for process 1 before anything is mounted.
    tree.device("/dev/console", 0o600, 5, 1)
        .device("/dev/null", 0o666, 1, 3);
    for file in SHELL {
        tree.copy(file, 0o755, &places::dep("debian").join(&file[1..]));
    }
    tree.link("/bin/sh", "dash");
    tree.link(
        "/lib64/ld-linux-x86-64.so.2",
        "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    );
    tree
}

/// The tree of a guest with two programs: the multi-call file as process 1, and busybox.
#[must_use]
pub fn multicall() -> Tree {
    let mut tree = Tree::new();
    tree.device("/dev/console", 0o600, 5, 1);
    for path in ["bin", "etc/runit", "proc", "run"] {
        tree.directory(path, 0o755);
    }
    tree.copy("/bin/runit-rs", 0o755, &places::multicall())
        .copy("/bin/busybox", 0o755, &places::dep("busybox/busybox"))
        .link("/init", "bin/runit-rs");
    tree
}

/// The tree of the disk guest's root file system.
///
/// # Errors
///
/// A directory that cannot be read.
pub fn disk(stage: &Path) -> io::Result<Tree> {
    let mut tree = skeleton();
    tree.graft(&places::dep("debian"), "")?;
    tree.remove("/PACKAGES").remove("/WANTED");
    // Left by the packages for other inits and for their installation.
    tree.remove("/etc/init.d")
        .remove("/etc/systemd")
        .remove("/lib/systemd/system");
    tree.remove("/etc/network")
        .remove("/usr/share/perl5")
        .remove("/usr/share/bug");
    for level in ["0", "1", "2", "3", "4", "5", "6", "S"] {
        tree.remove(&format!("/etc/rc{level}.d"));
    }
    let modules = Modules::of(&places::dep("kernel"))?;
    let root = format!("/lib/modules/{}", modules.release());
    for entry in std::fs::read_dir(modules.directory())? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            tree.copy(&format!("{root}/{name}"), 0o644, &entry.path());
        }
    }
    add_modules(&mut tree, &modules, FURTHER_MODULES);
    tree.graft(stage, "")?;
    add_busybox(&mut tree)?;
    add_own_files(&mut tree)?;
    tree.graft(&places::guest().join("disk/etc"), "/etc")?;
    let accounts = std::fs::read_to_string(places::guest().join("etc/passwd"))?;
    let accounts = accounts.replace("/root:/bin/sh", "/root:/bin/bash");
    tree.file("/etc/passwd", 0o644, accounts);
    Ok(tree)
}

/// Adds mdadm, lvm, dmsetup, NFS and kexec to the disk guest, and the modules for them.
///
/// # Errors
///
/// A directory that cannot be read.
pub fn add_tools(tree: &mut Tree) -> io::Result<()> {
    let modules = Modules::of(&places::dep("kernel"))?;
    add_modules(tree, &modules, TOOLS_MODULES);
    let tools = places::dep("tools");
    tree.graft(&tools.join("usr"), "/usr")?;
    tree.graft(&tools.join("etc"), "/etc")?;
    Ok(())
}

fn add_modules(tree: &mut Tree, modules: &Modules, names: &[&str]) {
    for file in modules.files(names) {
        let to = format!("/lib/modules/{}/{file}", modules.release());
        tree.copy(&to, 0o644, &modules.directory().join(&file));
    }
}

/// The tree of the disk guest's initramfs.
///
/// # Errors
///
/// The kernel's module index cannot be read.
pub fn disk_initramfs() -> io::Result<Tree> {
    let modules = Modules::of(&places::dep("kernel"))?;
    let mut tree = Tree::new();
    tree.device("/dev/console", 0o600, 5, 1)
        .device("/dev/null", 0o666, 1, 3);
    tree.directory("/new", 0o755);
    tree.copy("/bin/busybox", 0o755, &places::dep("busybox/busybox"));
    tree.copy("/init", 0o755, &places::guest().join("initramfs-init"));
    let mut order = String::new();
    for file in modules.files(DISK_MODULES) {
        let path = format!("/lib/{}", file.rsplit('/').next().unwrap_or(&file));
        tree.copy(&path, 0o644, &modules.directory().join(&file));
        order.push_str(&path);
        order.push('\n');
    }
    tree.file("/modules", 0o644, order);
    Ok(tree)
}

/// The directories that every root file system has.
fn skeleton() -> Tree {
    let mut tree = Tree::new();
    for (link, target) in [
        ("bin", "usr/bin"),
        ("sbin", "usr/sbin"),
        ("lib", "usr/lib"),
        ("lib64", "usr/lib64"),
    ] {
        tree.directory(target, 0o755).link(link, target);
    }
    for path in [
        "dev",
        "etc",
        "home/user",
        "mnt",
        "proc",
        "run",
        "sys",
        "var/log",
        "var/spool/cron/crontabs",
    ] {
        tree.directory(path, 0o755);
    }
    tree.directory("root", 0o700)
        .directory("tmp", 0o1777)
        .directory("var/tmp", 0o1777);
    tree.link("var/run", "/run");
    tree
}

/// busybox under all its names that nothing better has taken.
pub(crate) fn add_busybox(tree: &mut Tree) -> io::Result<()> {
    let busybox = places::dep("busybox/busybox");
    let names = Command::new(&busybox).arg("--list-full").output()?.stdout;
    for path in String::from_utf8_lossy(&names).lines() {
        let name = path.rsplit('/').next().unwrap_or(path);
        let taken = ["bin", "sbin"]
            .iter()
            .any(|dir| tree.contains(&format!("{dir}/{name}")));
        if !taken && !INIT_NAMES.contains(&name) {
            tree.link(path, "/usr/bin/busybox");
        }
    }
    tree.copy("/usr/bin/busybox", 0o755, &busybox);
    Ok(())
}

/// Accounts and the like: guest/etc.
fn add_own_files(tree: &mut Tree) -> io::Result<()> {
    tree.graft(&places::guest().join("etc"), "/etc")?;
    let shadow = places::guest().join("etc/shadow");
    tree.copy("/etc/shadow", 0o600, &shadow)
        .file("/etc/hostname", 0o644, "runit\n");
    // What a distribution's package of ours does.
    tree.link("/sbin/init", "runit-init")
        .link("/sbin/telinit", "runit-init");
    Ok(())
}
