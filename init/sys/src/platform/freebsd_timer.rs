//! FreeBSD: nothing here tells that a clock was set, so who waits has to look from time to time.

use crate::error::Result;
use crate::timer::Which;
use rustix::fd::BorrowedFd;

/// It goes on while the machine sleeps.
pub const BOOT_CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;

/// A timer that never rings.
#[derive(Debug)]
pub struct Timer;

impl Timer {
    /// The same for both clocks.
    pub fn new(_which: Which) -> Result<Timer> {
        Ok(Timer)
    }

    /// Nothing to be set.
    pub fn set(&self, _seconds: i64) -> Result<()> {
        Ok(())
    }

    /// Nothing tells.
    #[must_use]
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// Nothing to be forgotten.
    pub fn drain(&self) {}
}
