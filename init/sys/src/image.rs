//! The program of this process as a file: by which path it was started, and the file itself, held
//! open so that it can be executed again without any path.

use crate::entry::Args;
use crate::error::{Errno, Result};
use crate::{fd, platform};
use rustix::fd::{FromRawFd, OwnedFd};
use rustix::fs::FileType;
use std::ffi::CStr;

/// The absolute path the program was started by, as the kernel or the caller tells it.
#[must_use]
pub fn started_by(args: &Args) -> Option<&'static CStr> {
    let told = [platform::executed_path(), args.get(0)];
    told.into_iter().flatten().find(|path| {
        let path = path.to_bytes();
        path.starts_with(b"/") && !path.starts_with(b"/dev/fd/")
    })
}

/// The program file at this path, to be executed through the descriptor.
pub fn open(path: &CStr) -> Result<OwnedFd> {
    let file = fd::open_read(path)?;
    match FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) {
        FileType::RegularFile => Ok(file),
        _ => Err(Errno::ACCESS),
    }
}

/// The file this process was executed from, whatever is at its path by now.
pub fn own(path: &CStr) -> Result<OwnedFd> {
    open(platform::OWN_IMAGE).or_else(|_| open(path))
}

/// Takes over a descriptor that an earlier image left open; `None` when it is no program file.
#[must_use]
pub fn adopt(number: u32) -> Option<OwnedFd> {
    let number = i32::try_from(number).ok().filter(|&n| n > 2)?;
    // SAFETY: an image hands over one open descriptor, which nothing else in this one knows of; a
    // number that is not open is refused by the next call, and then given up without closing it.
    let file = std::mem::ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(number) });
    let stat = rustix::fs::fstat(&*file).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return None;
    }
    let _ = rustix::io::fcntl_setfd(&*file, rustix::io::FdFlags::CLOEXEC);
    Some(std::mem::ManuallyDrop::into_inner(file))
}
