//! The small file system: mounted for this thread and its children alone, filled, and freed.

use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use std::ffi::CString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Its size while it is small.
const SIZE: u64 = 2 << 20;

/// A file system in memory.
pub struct Disk {
    dir: PathBuf,
    full: bool,
}

fn mount(dir: &Path, flags: MountFlags, options: &str) {
    let dir = CString::new(dir.as_os_str().as_bytes()).expect("no NUL");
    let options = CString::new(options).expect("no NUL");
    rustix::mount::mount(c"none", &dir, c"tmpfs", flags, options.as_c_str()).expect("mount tmpfs");
}

impl Disk {
    /// Mounts it. The thread has mounts of its own.
    pub fn mount(dir: &Path) -> Disk {
        fs::create_dir_all(dir).expect("mount point");
        let deep = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
        rustix::mount::mount_change(c"/", deep).expect("private mounts");
        mount(dir, MountFlags::empty(), &format!("size={SIZE}"));
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
        let dir = CString::new(self.dir.as_os_str().as_bytes()).expect("no NUL");
        rustix::mount::mount_remount(&dir, MountFlags::empty(), c"size=1g").expect("remount");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let dir = CString::new(self.dir.as_os_str().as_bytes()).expect("no NUL");
        let _ = rustix::mount::unmount(&dir, UnmountFlags::DETACH);
    }
}
