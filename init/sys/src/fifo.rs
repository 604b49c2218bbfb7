//! FIFOs: made where missing, read without ever blocking, and probed for a reader.

use crate::error::{Errno, Result};
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, FileType, Mode, OFlags};
use std::ffi::CStr;

/// The FIFO is something else.
#[derive(Debug)]
pub enum MakeError {
    /// A file of another type is in its place.
    NotAFifo,
    /// It could not be made or looked at.
    Sys(Errno),
}

/// Makes a FIFO with mode 0600, unless it is there.
pub fn make(path: &CStr) -> core::result::Result<(), MakeError> {
    match rustix::fs::mkfifoat(CWD, path, Mode::from_raw_mode(0o600)) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => {
            let stat = rustix::fs::stat(path).map_err(MakeError::Sys)?;
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Fifo => Ok(()),
                _ => Err(MakeError::NotAFifo),
            }
        }
        Err(error) => Err(MakeError::Sys(error)),
    }
}

/// The reading end; never blocks.
pub fn open_reader(path: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// The writing end; `NXIO` when nobody reads.
pub fn open_writer(path: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(
        path,
        OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    )
}
