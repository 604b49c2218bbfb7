//! A directory held open, and the regular files in it: what a log directory needs.
//!
//! Every name is looked up in the directory that was opened, not in the working directory, so one
//! process serves many directories without ever changing its own.

use crate::error::{Errno, Result};
use crate::{fd, platform};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use std::ffi::CStr;

/// An open directory.
#[derive(Debug)]
pub struct Folder(OwnedFd);

/// What is known of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Permission bits.
    pub mode: u32,
    /// Bytes.
    pub size: u64,
    /// It is a regular file.
    pub regular: bool,
    /// Device and inode.
    pub identity: (u64, u64),
}

#[allow(clippy::unnecessary_cast)] // the widths differ between systems
fn about(stat: &rustix::fs::Stat) -> About {
    About {
        mode: stat.st_mode as u32 & 0o7777,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        regular: FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile,
        identity: (stat.st_dev as u64, stat.st_ino as u64),
    }
}

impl Folder {
    /// Opens whatever the path names for reading, close-on-exec; it may turn out to be no directory.
    pub fn open(path: &CStr) -> Result<Folder> {
        fd::open_read(path).map(Folder)
    }

    /// Opens a directory that is not reached by a link: the last name of the path is its own.
    pub fn open_no_link(path: &CStr) -> Result<Folder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        rustix::fs::open(path, flags, Mode::empty()).map(Folder)
    }

    /// Opens a directory in this one; does not follow a link.
    pub fn enter(&self, name: &CStr) -> Result<Folder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        rustix::fs::openat(&self.0, name, flags, Mode::empty()).map(Folder)
    }

    /// Whether it is a directory that this process may enter.
    pub fn check(&self) -> Result<()> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(&self.0, c".", flags, Mode::empty()).map(drop)
    }

    /// The directory itself.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// The same directory, opened once more.
    pub fn again(&self) -> Result<Folder> {
        rustix::io::fcntl_dupfd_cloexec(&self.0, 0).map(Folder)
    }

    /// Which directory it is: device and inode.
    pub fn identity(&self) -> Result<(u64, u64)> {
        rustix::fs::fstat(&self.0).map(|stat| about(&stat).identity)
    }

    /// Opens a file for reading.
    pub fn read(&self, name: &CStr) -> Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::openat(&self.0, name, flags, Mode::empty())
    }

    /// Opens a file for appending; it is made where missing, with this mode less the umask.
    pub fn append(&self, name: &CStr, mode: u32) -> Result<OwnedFd> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::openat(&self.0, name, flags, Mode::from_raw_mode(mode as _))
    }

    /// Makes a new file, mode 0644 less the umask, in the place of one of that name: whoever still
    /// writes to the old one writes to a file without a name.
    pub fn create_anew(&self, name: &CStr) -> Result<OwnedFd> {
        self.remove_if_there(name)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        rustix::fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o644))
    }

    /// Opens a file that is there for reading and writing anywhere in it; does not follow a link.
    pub fn edit(&self, name: &CStr) -> Result<OwnedFd> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        rustix::fs::openat(&self.0, name, flags, Mode::empty())
    }

    /// Opens a file that is there for writing, as it is; does not follow a link.
    pub fn write(&self, name: &CStr) -> Result<OwnedFd> {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        rustix::fs::openat(&self.0, name, flags, Mode::empty())
    }

    /// What is known of the file a name stands for; follows links.
    pub fn about(&self, name: &CStr) -> Result<About> {
        rustix::fs::statat(&self.0, name, AtFlags::empty()).map(|stat| about(&stat))
    }

    /// Gives a file another name.
    pub fn rename(&self, from: &CStr, to: &CStr) -> Result<()> {
        rustix::fs::renameat(&self.0, from, &self.0, to)
    }

    /// Removes a file.
    pub fn remove(&self, name: &CStr) -> Result<()> {
        rustix::fs::unlinkat(&self.0, name, AtFlags::empty())
    }

    /// Removes a file; it is no error when there is none.
    pub fn remove_if_there(&self, name: &CStr) -> Result<()> {
        match self.remove(name) {
            Err(Errno::NOENT) => Ok(()),
            other => other,
        }
    }

    /// Hands out every name, and whether it is known to be that of a directory.
    pub fn each_name(&self, see: impl FnMut(&CStr, bool)) -> Result<()> {
        platform::each_name(&self.0, see)
    }
}

/// What is known of an open file.
pub fn about_file(file: impl AsFd) -> Result<About> {
    rustix::fs::fstat(file).map(|stat| about(&stat))
}

/// Sets the permission bits of an open file.
pub fn set_mode(file: impl AsFd, mode: u32) -> Result<()> {
    rustix::fs::fchmod(file, Mode::from_raw_mode(mode as _))
}

/// Cuts an open file to that many bytes.
pub fn truncate(file: impl AsFd, size: u64) -> Result<()> {
    rustix::fs::ftruncate(file, size)
}

/// Waits until an open file is on the disk.
pub fn to_disk(file: impl AsFd) -> Result<()> {
    rustix::io::retry_on_intr(|| rustix::fs::fsync(file.as_fd()))
}

/// Writes once, as much as the file takes.
pub fn write_once(file: impl AsFd, bytes: &[u8]) -> Result<usize> {
    rustix::io::retry_on_intr(|| rustix::io::write(file.as_fd(), bytes))
}

/// Reads once at a place.
pub fn read_at(file: impl AsFd, bytes: &mut [u8], at: u64) -> Result<usize> {
    rustix::io::retry_on_intr(|| rustix::io::pread(file.as_fd(), &mut *bytes, at))
}

/// Writes all of it at a place. Bytes within one block of the file come whole or not at all, even
/// where the process is killed.
pub fn write_at(file: impl AsFd, mut bytes: &[u8], mut at: u64) -> Result<()> {
    while !bytes.is_empty() {
        let wrote = rustix::io::retry_on_intr(|| rustix::io::pwrite(file.as_fd(), bytes, at))?;
        bytes = &bytes[wrote..];
        at += wrote as u64;
    }
    Ok(())
}

/// How many bytes the file system holds, full or not.
pub fn space(file: impl AsFd) -> Result<u64> {
    let space = rustix::fs::fstatvfs(file)?;
    Ok(space.f_blocks.saturating_mul(space.f_frsize))
}

/// Whether it is a pipe or a FIFO.
#[must_use]
pub fn is_pipe(file: impl AsFd) -> bool {
    rustix::fs::fstat(file)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
}
