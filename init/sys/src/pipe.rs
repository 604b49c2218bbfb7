//! Pipes whose ends are not inherited by accident.

use crate::error::Result;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::OFlags;
use rustix::pipe::{PipeFlags, pipe_with};

/// The reading and the writing end, both close-on-exec.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC)
}

/// The same, both ends non-blocking.
pub fn pipe_nonblocking() -> Result<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)
}

/// Lets one end block again: for writers that know nothing of non-blocking descriptors.
pub fn make_blocking(end: impl AsFd) -> Result<()> {
    let flags = rustix::fs::fcntl_getfl(&end)?;
    rustix::fs::fcntl_setfl(end, flags - OFlags::NONBLOCK)
}
