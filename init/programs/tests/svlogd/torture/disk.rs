//! The small file system: mounted for this thread and its children alone, filled, and freed.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Its size while it is small.
const SIZE: u64 = 2 << 20;

/// A file system in memory.
pub struct Disk {
    dir: PathBuf,
    full: bool,
}

/// A command of the system, which sees the mounts of the thread that calls it.
fn call(command: &str, arguments: &[&str], dir: &Path) {
    let words = arguments.iter().map(OsStr::new).chain([dir.as_os_str()]);
    let status = Command::new(command).args(words).status();
    let done = status.as_ref().is_ok_and(|status| status.success());
    assert!(done, "{command} {arguments:?}: {status:?}");
}

impl Disk {
    /// Mounts it. The thread has mounts of its own.
    pub fn mount(dir: &Path) -> Disk {
        fs::create_dir_all(dir).expect("mount point");
        call("mount", &["--make-rprivate"], Path::new("/"));
        let options = format!("size={SIZE}");
        call("mount", &["-t", "tmpfs", "-o", &options, "none"], dir);
        Disk {
            dir: dir.to_path_buf(),
            full: false,
        }
    }

    fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }

    /// Fills it up to some bytes.
    pub fn fill(&mut self, but: u64) {
        let space = rustix::fs::statvfs(&self.dir).expect("the file system");
        let free = (space.f_bavail * space.f_frsize).saturating_sub(but);
        let file = File::create(self.ballast()).expect("ballast");
        // Perhaps svlogd was faster.
        let _ = rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, free.max(1));
        self.full = true;
    }

    /// Gives that back.
    pub fn free(&mut self) {
        let _ = fs::remove_file(self.ballast());
        self.full = false;
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Room for everything that is still to come.
    pub fn grow(&mut self) {
        self.free();
        call("mount", &["-o", "remount,size=1g"], &self.dir);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.dir).status();
    }
}
