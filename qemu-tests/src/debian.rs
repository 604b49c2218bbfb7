//! Guests with a real Debian on their disk, whatever its init: made by `images/debian.sh` (debootstrap, minutes,
//! once), each test on a copy. The second disk holds Debian's packages and ours as a source for apt, so that a
//! guest installs without a network. Only `make test-debian-vm` runs these tests, since they need root and time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::guest::{COMMAND_LINE, write_initramfs};
use crate::image;
use crate::machine::{Hardware, Machine};
use crate::places;

/// What is done to each root: a login on the serial line under every init, nothing that wants the network.
const SETUP: &str = "\
if [ -d /etc/systemd/system ]; then systemctl enable serial-getty@ttyS0.service || :; fi
if [ -e /etc/inittab ]; then echo 'T0:23:respawn:/sbin/agetty -L 115200 ttyS0 vt100' >>/etc/inittab; fi
if [ -d /etc/sv/getty-ttyS0 ] && [ -d /etc/runit/runsvdir/default ]; then
    ln -sf /etc/sv/getty-ttyS0 /etc/runit/runsvdir/default/getty-ttyS0
fi
printf 'PS1=\"# \"\\n' >/root/.bashrc
";

/// A Debian that is not started yet.
pub struct Debian {
    name: String,
    suite: String,
    init: String,
    ssh_port: Option<u16>,
}

impl Debian {
    /// Debian with this init of its own: `sysvinit`, `systemd`, `runit-init`. `name` is the test's.
    #[must_use]
    pub fn with(init: &str, name: &str) -> Debian {
        Debian {
            name: name.to_owned(),
            suite: std::env::var("RUNIT_SUITE").unwrap_or_else(|_| "bookworm".to_owned()),
            init: init.to_owned(),
            ssh_port: None,
        }
    }

    /// With a network whose ssh port is this port of our machine.
    #[must_use]
    pub fn ssh_port(mut self, port: u16) -> Debian {
        self.ssh_port = Some(port);
        self
    }

    /// Makes its image where it is not there yet, and starts a copy of it.
    ///
    /// # Panics
    ///
    /// The image cannot be made, `make deb` was not run, or QEMU cannot be started.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> Machine {
        match self.try_start() {
            Ok(machine) => machine,
            Err(e) => panic!("{}: cannot start: {e}", self.name),
        }
    }

    fn try_start(&self) -> io::Result<Machine> {
        let scratch = places::scratch(&self.name);
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch)?;
        let initramfs = scratch.join("initramfs");
        write_initramfs(&image::disk_initramfs()?, &initramfs)?;
        let root = scratch.join("disk.img");
        sparse_copy(&self.image()?, &root)?;
        let packages = scratch.join("packages.img");
        sparse_copy(&places::debian_packages(), &packages)?;
        let hardware = Hardware {
            kernel: places::dep("kernel/vmlinuz"),
            initramfs,
            command_line: COMMAND_LINE.to_owned(),
            disks: vec![root, packages],
            ssh_port: self.ssh_port,
            memory: 512,
            options: Vec::new(),
        };
        Machine::start(&self.name, &hardware, &scratch)
    }

    /// The image of this init, written if it is not there or is older than what makes it.
    fn image(&self) -> io::Result<PathBuf> {
        let directory = places::dep("images").join(&self.suite).join("test");
        fs::create_dir_all(&directory)?;
        let image = directory.join(format!("{}.ext4", self.init));
        let script = directory.join(format!("{}.sh", self.init));
        let builder = places::debian_builder();
        let same = fs::read_to_string(&script).ok().as_deref() == Some(SETUP);
        if same && is_newer(&image, &builder)? {
            return Ok(image);
        }
        fs::write(&script, SETUP)?;
        let status = Command::new(&builder)
            .args(["image", &self.suite, &self.init])
            .args([&image, &script])
            .status()?;
        if status.success() {
            Ok(image)
        } else {
            Err(io::Error::other(format!("{}: {status}", builder.display())))
        }
    }
}

fn is_newer(file: &Path, than: &Path) -> io::Result<bool> {
    match fs::metadata(file) {
        Ok(made) => Ok(made.modified()? >= fs::metadata(than)?.modified()?),
        Err(_) => Ok(false),
    }
}

/// A copy whose empty parts take no room.
fn sparse_copy(from: &Path, to: &Path) -> io::Result<()> {
    let status = Command::new("cp")
        .arg("--sparse=always")
        .args([from, to])
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("cp {}: {status}", from.display())))
    }
}
