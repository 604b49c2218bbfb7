//! A guest in the making: which of the two, what a test adds to it, and the start.

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::machine::{Hardware, Machine};
use crate::tree::Tree;
use crate::{cpio, disk, image, places};

/// Words for every guest's kernel: talk on the serial line, only about what matters; the one
/// network device keeps the kernel's name; and do not test whether the timer ticks, since an
/// emulated one on a busy machine may not in time, for which the kernel would panic.
pub const COMMAND_LINE: &str = "console=ttyS0 quiet net.ifnames=0 no_timer_check";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Initramfs,
    Disk,
}

/// A guest that is not started yet.
pub struct Guest {
    name: String,
    root: Root,
    tree: Tree,
    words: String,
    ssh_port: Option<u16>,
    data_disk: bool,
    memory: u32,
    options: Vec<String>,
}

impl Guest {
    /// The small guest, whose root file system is its initramfs. `name` is the test's.
    ///
    /// # Panics
    ///
    /// `make deps` or `make vm-stage` was not run.
    #[must_use]
    pub fn minimal(name: &str) -> Guest {
        Guest::new(name, Root::Initramfs, image::minimal(&places::stage()))
    }

    /// A guest that is nothing but the multi-call file and busybox, without any names of theirs but
    /// `/init`, and the empty directories that stages need. `name` is the test's.
    ///
    /// # Panics
    ///
    /// `make deps` or `make vm-stage` was not run.
    #[must_use]
    pub fn multicall(name: &str) -> Guest {
        Guest::new(name, Root::Initramfs, Ok(image::multicall())).words("rdinit=/init")
    }

    /// The guest with a disk and a Debian user land. `name` is the test's.
    ///
    /// # Panics
    ///
    /// `make deps` or `make vm-stage` was not run.
    #[must_use]
    pub fn disk(name: &str) -> Guest {
        Guest::new(name, Root::Disk, image::disk(&places::stage()))
    }

    /// A guest whose initramfs is just this tree, with `/sbin/init` in it. `name` is the test's.
    #[must_use]
    pub fn of(name: &str, tree: Tree) -> Guest {
        Guest::new(name, Root::Initramfs, Ok(tree))
    }

    fn new(name: &str, root: Root, tree: io::Result<Tree>) -> Guest {
        let tree = tree.unwrap_or_else(|e| panic!("{name}: the files of the guest: {e}"));
        Guest {
            name: name.to_owned(),
            root,
            tree,
            words: String::new(),
            ssh_port: None,
            data_disk: false,
            memory: 256,
            options: Vec::new(),
        }
    }

    /// Its files, to add to or take from.
    pub fn files(&mut self) -> &mut Tree {
        &mut self.tree
    }

    /// With this file; a script if its text begins as one.
    #[must_use]
    pub fn file(mut self, path: &str, text: &str) -> Guest {
        let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
        self.tree.file(path, mode, text);
        self
    }

    /// With this service in the default level.
    #[must_use]
    pub fn service(mut self, name: &str, run: &str) -> Guest {
        let directory = format!("/etc/sv/{name}");
        self.tree
            .link(&format!("/etc/runit/runsvdir/default/{name}"), &directory);
        self.file(&format!("{directory}/run"), run)
    }

    /// With these words for its kernel and process 1.
    #[must_use]
    pub fn words(mut self, words: &str) -> Guest {
        self.words = format!("{} {words}", self.words);
        self
    }

    /// With a network whose ssh port is this port of our machine.
    #[must_use]
    pub fn ssh_port(mut self, port: u16) -> Guest {
        self.ssh_port = Some(port);
        self
    }

    /// With so many MiB of memory instead of 256.
    #[must_use]
    pub fn memory(mut self, mib: u32) -> Guest {
        self.memory = mib;
        self
    }

    /// With these further options of QEMU.
    #[must_use]
    pub fn qemu(mut self, options: &[&str]) -> Guest {
        self.options
            .extend(options.iter().map(|word| (*word).to_owned()));
        self
    }

    /// The disk guest with what makes volumes, mounts network file systems and loads kernels, and
    /// its own kernel and initramfs as `/boot/vmlinuz` and `/boot/initramfs`.
    ///
    /// # Panics
    ///
    /// `make deps` was not run.
    #[must_use]
    pub fn tools(mut self) -> Guest {
        let kernel = places::dep("kernel/vmlinuz");
        let mut first = Vec::new();
        let done = image::add_tools(&mut self.tree)
            .and_then(|()| image::disk_initramfs())
            .and_then(|tree| cpio::write(&tree, &mut first));
        done.unwrap_or_else(|e| panic!("{}: the tools of the guest: {e}", self.name));
        self.tree
            .copy("/boot/vmlinuz", 0o644, &kernel)
            .file("/boot/initramfs", 0o644, first);
        self
    }

    /// With a second disk, `/dev/vdb`: an empty ext4 file system. In the machine's scratch
    /// directory it is `data.img`.
    #[must_use]
    pub fn data_disk(mut self) -> Guest {
        self.data_disk = true;
        self
    }

    /// Writes its images and starts it.
    ///
    /// # Panics
    ///
    /// The images cannot be written, or QEMU not be started.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> Machine {
        let name = self.name.clone();
        match self.try_start() {
            Ok(machine) => machine,
            Err(e) => panic!("{name}: cannot start: {e}"),
        }
    }

    fn try_start(self) -> io::Result<Machine> {
        let scratch = places::scratch(&self.name);
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch)?;
        let initramfs = scratch.join("initramfs");
        let mut hardware = Hardware {
            kernel: places::dep("kernel/vmlinuz"),
            initramfs: initramfs.clone(),
            command_line: format!("{COMMAND_LINE}{}", self.words),
            disks: Vec::new(),
            ssh_port: self.ssh_port,
            memory: self.memory,
            options: self.options,
        };
        if self.root == Root::Initramfs {
            hardware.command_line = format!("rdinit=/sbin/init {}", hardware.command_line);
            write_initramfs(&self.tree, &initramfs)?;
        } else {
            write_initramfs(&image::disk_initramfs()?, &initramfs)?;
            let to = scratch.join("disk.img");
            disk::write(&self.tree, &to, 64, &scratch.join("root"))?;
            hardware.disks.push(to);
        }
        if self.data_disk {
            let to = scratch.join("data.img");
            disk::write(&Tree::new(), &to, 16, &scratch.join("data"))?;
            hardware.disks.push(to);
        }
        Machine::start(&self.name, &hardware, &scratch)
    }
}

/// Writes a tree as an initramfs file.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn write_initramfs(tree: &Tree, to: &Path) -> io::Result<PathBuf> {
    let mut file = BufWriter::new(fs::File::create(to)?);
    cpio::write(tree, &mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(to.to_path_buf())
}
