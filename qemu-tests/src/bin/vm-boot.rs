//! `make boot`: boots the disk guest for a person, with its serial console on this terminal.
//! The disk is kept, with what was changed on it, until our programs or its packages change.

use std::fs;
use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use vm_tests::accel::Accel;
use vm_tests::machine::{Hardware, free_port};
use vm_tests::{disk, guest, image, places};

fn main() -> ExitCode {
    match boot() {
        Ok(never) => match never {},
        Err(e) => {
            eprintln!("vm-boot: fatal: {e}");
            ExitCode::FAILURE
        }
    }
}

fn boot() -> io::Result<std::convert::Infallible> {
    let (initramfs, disk) = images()?;
    let port = free_port()?;
    let accel = Accel::best();
    let words = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let hardware = Hardware {
        kernel: places::dep("kernel/vmlinuz"),
        initramfs,
        command_line: format!("{} {words}", guest::COMMAND_LINE),
        disks: vec![disk],
        ssh_port: Some(port),
        memory: 512,
        options: Vec::new(),
    };
    println!("boot: Linux with runit-rs as process 1 ({}).", accel.name());
    println!("boot: log in as root, password runit; or: ssh -p {port} root@127.0.0.1");
    println!("boot: leave with `poweroff` inside, or pull the plug with Ctrl-A x.");
    let serial = if io::stdin().is_terminal() {
        "mon:stdio"
    } else {
        "stdio"
    };
    // QEMU ends with whoever started us: make, cargo, a script.
    let failed = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", places::QEMU])
        .args(hardware.arguments(accel))
        .args(["-display", "none", "-serial", serial])
        .exec();
    Err(failed)
}

/// The two images, written anew if anything that is in them has changed.
fn images() -> io::Result<(PathBuf, PathBuf)> {
    let root = image::disk(&places::stage())?;
    let first = image::disk_initramfs()?;
    let stamp = format!("{:016x}{:016x}", root.fingerprint()?, first.fingerprint()?);
    let directory = places::cache();
    fs::create_dir_all(&directory)?;
    let (initramfs, disk) = (
        directory.join("boot.initramfs"),
        directory.join("boot.disk"),
    );
    let made_from = directory.join("boot.stamp");
    if fs::read_to_string(&made_from).ok().as_ref() == Some(&stamp) && disk.exists() {
        println!("boot: {} as you left it", disk.display());
        return Ok((initramfs, disk));
    }
    println!("boot: writing {}", disk.display());
    let _ = fs::remove_file(&made_from);
    let work = directory.join("boot.root");
    let _ = fs::remove_dir_all(&work);
    guest::write_initramfs(&first, &initramfs)?;
    disk::write(&root, &disk, 256, &work)?;
    fs::write(&made_from, stamp)?;
    Ok((initramfs, disk))
}
