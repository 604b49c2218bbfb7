//! Linux: timerfd, which also tells when the wall clock is set.

use crate::error::Result;
use crate::timer::Which;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

/// CLOCK_BOOTTIME.
pub const BOOT_CLOCK: libc::clockid_t = libc::CLOCK_BOOTTIME;

/// One descriptor on one clock.
#[derive(Debug)]
pub struct Timer(OwnedFd, Which);

impl Timer {
    /// A timer that is not set.
    pub fn new(which: Which) -> Result<Timer> {
        let clock = match which {
            Which::Wall => TimerfdClockId::Realtime,
            Which::Boot => TimerfdClockId::Boottime,
        };
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        Ok(Timer(timerfd_create(clock, flags)?, which))
    }

    /// Rings when its clock shows so many seconds, and when that clock is set.
    pub fn set(&self, seconds: i64) -> Result<()> {
        let zero = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let at = Itimerspec {
            it_interval: zero,
            // All zero would stop it.
            it_value: Timespec {
                tv_sec: seconds.max(1),
                ..zero
            },
        };
        let flags = match self.1 {
            Which::Wall => TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET,
            Which::Boot => TimerfdTimerFlags::ABSTIME,
        };
        timerfd_settime(&self.0, flags, &at).map(drop)
    }

    /// Readable when it rang.
    #[must_use]
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }

    /// Forgets that it rang.
    pub fn drain(&self) {
        let mut count = [0; 8];
        let _ = rustix::io::read(&self.0, &mut count);
    }
}
