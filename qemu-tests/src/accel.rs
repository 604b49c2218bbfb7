//! Whether guests run on the processor itself (KVM) or are emulated (TCG). A device file is no
//! proof: there are machines whose /dev/kvm opens and whose guests then hang. KVM is used only
//! after it has booted a tiny guest to its first word within a few seconds; the answer is kept
//! until our machine boots anew. `RUNIT_VM_ACCEL=tcg` or `=kvm` says it without asking.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::machine::Hardware;
use crate::tree::Tree;
use crate::{cpio, places};

/// How long the tiny guest may take. KVM needs under two seconds for it.
const PROOF_LIMIT: Duration = Duration::from_secs(8);

/// What runs the guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accel {
    /// The processor.
    Kvm,
    /// QEMU's emulation.
    Tcg,
}

impl Accel {
    /// QEMU's word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Accel::Kvm => "kvm",
            Accel::Tcg => "tcg",
        }
    }

    /// What this machine can do; found out once.
    #[must_use]
    pub fn best() -> Accel {
        static BEST: OnceLock<Accel> = OnceLock::new();
        *BEST.get_or_init(|| match std::env::var("RUNIT_VM_ACCEL").as_deref() {
            Ok("kvm") => Accel::Kvm,
            Ok("tcg") => Accel::Tcg,
            _ if remembered_proof() => Accel::Kvm,
            _ => Accel::Tcg,
        })
    }
}

/// Has KVM proved itself since our machine booted? Asked once for all tests.
fn remembered_proof() -> bool {
    let device = OpenOptions::new().read(true).write(true).open("/dev/kvm");
    if device.is_err() {
        return false;
    }
    drop(device);
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let answer = places::cache().join("kvm-works");
    let known = fs::read_to_string(&answer).unwrap_or_default();
    match known.strip_prefix(&boot) {
        Some("yes") => return true,
        Some("no") => return false,
        _ => {}
    }
    eprintln!(
        "vm: trying whether KVM works here (up to {} s)",
        PROOF_LIMIT.as_secs()
    );
    let works = proof().unwrap_or(false);
    eprintln!(
        "vm: {}",
        if works {
            "it does"
        } else {
            "it does not; guests are emulated"
        }
    );
    // Two tests may write it at once: both write the same.
    let _ = fs::create_dir_all(places::cache());
    let _ = fs::write(
        &answer,
        format!("{boot}{}", if works { "yes" } else { "no" }),
    );
    works
}

/// Boots a guest of one word under KVM.
fn proof() -> io::Result<bool> {
    let directory = places::scratch(&format!("kvm-proof-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let initramfs = directory.join("initramfs");
    let mut tree = Tree::new();
    tree.device("/dev/console", 0o600, 5, 1)
        .copy("/bin/busybox", 0o755, &places::dep("busybox/busybox"))
        .file(
            "/init",
            0o755,
            "#!/bin/busybox sh\necho hel''lo\nexec /bin/busybox poweroff -f\n",
        );
    let mut archive = Vec::new();
    cpio::write(&tree, &mut archive)?;
    fs::File::create(&initramfs)?.write_all(&archive)?;
    let hardware = Hardware {
        kernel: places::dep("kernel/vmlinuz"),
        initramfs,
        command_line: "console=ttyS0 quiet".to_owned(),
        disks: Vec::new(),
        ssh_port: None,
        memory: 128,
        options: Vec::new(),
    };
    let (mut ours, serial) = UnixStream::pair()?;
    let mut qemu = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", places::QEMU])
        .args(hardware.arguments(Accel::Kvm))
        .args(["-display", "none", "-no-reboot"])
        .args([
            "-chardev",
            "socket,id=serial,fd=1",
            "-serial",
            "chardev:serial",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::os::fd::OwnedFd::from(serial)))
        .stderr(Stdio::null())
        .spawn()?;
    let said = hears(&mut ours, b"hello");
    let _ = qemu.kill();
    let _ = qemu.wait();
    let _ = fs::remove_dir_all(&directory);
    Ok(said)
}

/// Does `word` come over the line before the limit?
fn hears(line: &mut UnixStream, word: &[u8]) -> bool {
    let deadline = std::time::Instant::now() + PROOF_LIMIT;
    let mut heard = Vec::new();
    let mut piece = [0; 512];
    loop {
        let left = deadline.saturating_duration_since(std::time::Instant::now());
        if left.is_zero() || line.set_read_timeout(Some(left)).is_err() {
            return false;
        }
        match line.read(&mut piece) {
            Ok(0) | Err(_) => return false,
            Ok(n) => heard.extend_from_slice(&piece[..n]),
        }
        if heard.windows(word.len()).any(|window| window == word) {
            return true;
        }
    }
}
