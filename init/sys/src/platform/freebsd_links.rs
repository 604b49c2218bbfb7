//! Network interfaces of FreeBSD that come and go: no file says so, and nobody asks. And where no watch is told of
//! files.

use crate::error::{Errno, Result};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};

/// There is none.
#[derive(Debug)]
pub struct Links(OwnedFd);

impl Links {
    /// Not here.
    pub fn new() -> Result<Links> {
        Err(Errno::NOSYS)
    }

    /// Never asked for.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Never asked for.
    pub fn drain(&self) {}
}

/// File systems that the kernel makes up.
#[must_use]
pub fn made_by_kernel(dir: impl AsFd) -> bool {
    const MADE_UP: [&[u8]; 5] = [b"devfs", b"fdescfs", b"linprocfs", b"linsysfs", b"procfs"];
    rustix::fs::fstatfs(dir).is_ok_and(|fs| {
        let kind = fs.f_fstypename.map(|c| c as u8);
        MADE_UP.contains(&kind.split(|&b| b == 0).next().unwrap_or_default())
    })
}
