//! Lock files as runit uses them: flock(2) on a file that stays.

use crate::error::{Errno, Result};
use crate::folder::Folder;
use crate::{clock, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{FlockOperation, Mode, OFlags};
use std::ffi::CStr;

/// Opens a lock file, creating it with mode 0600.
pub fn open(path: &CStr) -> Result<OwnedFd> {
    let flags =
        OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))
}

/// Opens the lock file of an open directory, creating it with mode 0600.
pub fn open_in(folder: &Folder, name: &CStr) -> Result<OwnedFd> {
    folder.append(name, 0o600)
}

/// Opens a lock file that stays open, and locked, in the program that replaces this one.
pub fn open_for_program(path: &CStr) -> Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::NONBLOCK;
    rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))
}

/// Waits until no other process holds the lock, and takes it.
pub fn exclusive(file: impl AsFd) -> Result<()> {
    rustix::io::retry_on_intr(|| rustix::fs::flock(file.as_fd(), FlockOperation::LockExclusive))
}

/// Takes the lock, flock(2) and fcntl(2) both (programs differ in which they look at), or gives up
/// with `AGAIN` after so many milliseconds: anybody who may read a file may lock it for ever.
pub fn exclusive_within(file: impl AsFd, ms: u64) -> Result<()> {
    let until = clock::mono().plus_ms(ms);
    let file = file.as_fd();
    loop {
        let both = try_exclusive(file)?
            && match rustix::fs::fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => true,
                Err(Errno::ACCESS | Errno::AGAIN) => false,
                Err(error) => return Err(error),
            };
        if both {
            return Ok(());
        }
        let now = clock::mono();
        if until.ms_after(now) == 0 {
            return Err(Errno::AGAIN);
        }
        poll::wait(&[], Some(now.plus_ms(20).min(until)))?;
    }
}

/// Gives the lock back, also for every process that has inherited it.
pub fn release(file: impl AsFd) -> Result<()> {
    rustix::fs::flock(file, FlockOperation::Unlock)
}

/// Takes the lock if it is free; `false` when another process holds it.
pub fn try_exclusive(file: impl AsFd) -> Result<bool> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error),
    }
}
