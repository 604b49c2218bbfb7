//! Small files: read whole, replaced whole, and asked about.

use crate::error::{Errno, Result};
use crate::fd;
use runit_core::tai::Tai64n;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Timespec, Timestamps};
use std::ffi::CStr;

/// Reads a file of at most `buffer.len()` bytes; gives how many there were.
pub fn read(path: &CStr, buffer: &mut [u8]) -> Result<usize> {
    let file = fd::open_read(path)?;
    let mut len = 0;
    while len < buffer.len() {
        match fd::read(&file, &mut buffer[len..])? {
            0 => break,
            n => len += n,
        }
    }
    Ok(len)
}

/// Reads a whole file of at most `most` bytes; `FBIG` when it is larger.
pub fn read_all(path: &CStr, most: usize) -> Result<Vec<u8>> {
    read_on(&fd::open_read(path)?, Vec::with_capacity(4 << 10), most)
}

/// Reads an open file to its end, behind what `content` holds already; `FBIG` beyond `most` bytes.
pub fn read_on(file: &OwnedFd, mut content: Vec<u8>, most: usize) -> Result<Vec<u8>> {
    loop {
        let len = content.len();
        if len > most {
            return Err(Errno::FBIG);
        }
        if content.capacity() == len {
            content.reserve(len.max(4 << 10));
        }
        content.resize(content.capacity(), 0);
        let more = fd::read(file, &mut content[len..])?;
        content.truncate(len + more);
        if more == 0 {
            return Ok(content);
        }
    }
}

/// Creates or truncates, mode 0644 less the umask.
pub fn create(path: &CStr) -> Result<OwnedFd> {
    let flags =
        OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::from_raw_mode(0o644))
}

/// Opens a file that is there for writing, close-on-exec, as it is: nothing is cut.
pub fn open_write(path: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())
}

/// What went wrong while replacing a file.
#[derive(Debug)]
pub enum ReplaceError {
    /// The new file could not be made.
    Open(Errno),
    /// Nor written.
    Write(Errno),
    /// Nor given its name.
    Rename(Errno),
}

/// Writes `content` into `new` and renames it to `path`, so that readers see all or nothing.
///
/// `mtime`: the time of last modification to give it, instead of now.
pub fn replace(
    path: &CStr,
    new: &CStr,
    content: &[u8],
    mtime: Option<Tai64n>,
) -> core::result::Result<(), ReplaceError> {
    let file = create(new).map_err(ReplaceError::Open)?;
    fd::write_all(&file, content).map_err(ReplaceError::Write)?;
    if let Some(at) = mtime {
        let at = Timespec {
            tv_sec: at.unix_sec(),
            tv_nsec: i64::from(at.nano),
        };
        // A file system that cannot store it still has the content right.
        let _ = rustix::fs::futimens(
            &file,
            &Timestamps {
                last_access: at,
                last_modification: at,
            },
        );
    }
    drop(file);
    rustix::fs::rename(new, path).map_err(ReplaceError::Rename)
}

/// Writes `content` into `new` and gives it the name `path`, which nobody may have yet, not even a
/// link: whoever sees the file sees all of it, and who is killed on the way leaves none of that name.
pub fn put_new(path: &CStr, new: &CStr, content: &[u8]) -> Result<()> {
    remove(new)?;
    fd::write_all(&create(new)?, content)?;
    let put = rustix::fs::link(new, path);
    remove(new)?;
    put
}

/// Whether the file is there; any other trouble is an error.
pub fn exists(path: &CStr) -> Result<bool> {
    match rustix::fs::stat(path) {
        Ok(_) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a directory is there; `Some(false)` is something else, `None` nothing.
pub fn is_dir(path: &CStr) -> Result<Option<bool>> {
    match rustix::fs::stat(path) {
        Ok(stat) => Ok(Some(
            FileType::from_raw_mode(stat.st_mode) == FileType::Directory,
        )),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether it is a regular file that its owner may execute: runit's test for hooks and flag files.
#[must_use]
pub fn owner_may_execute(path: &CStr) -> bool {
    rustix::fs::stat(path).is_ok_and(|stat| {
        FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && stat.st_mode & 0o100 != 0
    })
}

/// The permission bits of the file a path names. Follows links.
pub fn mode(path: &CStr) -> Result<u32> {
    #[allow(clippy::unnecessary_cast)] // the width differs between systems
    rustix::fs::stat(path).map(|stat| stat.st_mode as u32 & 0o7777)
}

/// Which file a path names: device and inode. Follows links.
pub fn identity(path: &CStr) -> Result<(u64, u64)> {
    #[allow(clippy::unnecessary_cast)] // the widths differ between systems
    rustix::fs::stat(path).map(|stat| (stat.st_dev as u64, stat.st_ino as u64))
}

/// Whether a directory has an entry of this name, wherever it may lead.
#[must_use]
pub fn entry_exists(path: &CStr) -> bool {
    rustix::fs::lstat(path).is_ok()
}

/// Which directory a path leads to (device and inode); `None` when it is something else.
pub fn identity_of_dir(path: &CStr) -> Result<Option<(u64, u64)>> {
    let stat = rustix::fs::stat(path)?;
    #[allow(clippy::unnecessary_cast)] // the widths differ between systems
    let id = (stat.st_dev as u64, stat.st_ino as u64);
    Ok((FileType::from_raw_mode(stat.st_mode) == FileType::Directory).then_some(id))
}

/// Sets the permission bits.
pub fn chmod(path: &CStr, mode: u32) -> Result<()> {
    rustix::fs::chmodat(CWD, path, Mode::from_raw_mode(mode as _), AtFlags::empty())
}

/// The working directory, without links.
pub fn working_directory() -> Result<std::ffi::CString> {
    rustix::process::getcwd(Vec::new())
}

/// Changes the working directory.
pub fn chdir(path: &CStr) -> Result<()> {
    rustix::process::chdir(path)
}

/// Removes a name; it is no error when there is none.
pub fn remove(path: &CStr) -> Result<()> {
    match rustix::fs::unlink(path) {
        Err(Errno::NOENT) => Ok(()),
        done => done,
    }
}

/// Gives a file another name; what had it before is replaced.
pub fn rename(from: &CStr, to: &CStr) -> Result<()> {
    rustix::fs::rename(from, to)
}

/// Changes the working directory to one that is open.
pub fn fchdir(dir: impl AsFd) -> Result<()> {
    rustix::process::fchdir(dir)
}

/// Whether this process may enter the directory.
#[must_use]
pub fn may_enter(dir: &CStr) -> bool {
    rustix::fs::access(dir, rustix::fs::Access::EXEC_OK).is_ok()
}
