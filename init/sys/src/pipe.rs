//! Pipes whose ends are not inherited by accident.

use crate::error::Result;
use rustix::fd::OwnedFd;
use rustix::pipe::{PipeFlags, pipe_with};

/// The reading and the writing end, both close-on-exec.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC)
}

/// The same, both ends non-blocking.
pub fn pipe_nonblocking() -> Result<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)
}
