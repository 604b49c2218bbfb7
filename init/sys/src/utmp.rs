//! Who is logged in (utmp), and who was and when the system started and ended (wtmp).
//!
//! Where the files are and how they are locked is the platform's: plain files on Linux, the utmpx
//! calls on FreeBSD. Nothing here waits long for a lock: any user may hold one, and a shutdown
//! must not hang on that.

use crate::clock;
use crate::error::Errno;
pub use crate::platform::utmp::{
    MOST_LINE, NOTES_BY_ITSELF, each_line_in_use, log_out, note_log_out, runlevels, write,
};
use runit_core::utmp::Moment;

/// A moment in the life of the system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// It started.
    Boot,
    /// It goes from one runlevel to another, as characters (`2`, `S`); `N`: from none.
    RunLevel {
        /// The new one.
        now: u8,
        /// The one before.
        before: u8,
    },
    /// It is about to end.
    Shutdown,
}

/// What was being done when it failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Opening a file.
    Open,
    /// Locking it.
    Lock,
    /// Reading or writing it.
    Write,
}

/// Why a record was not written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// At which step.
    pub step: Step,
    /// Of which file.
    pub path: &'static str,
    /// The reason.
    pub error: Errno,
}

/// How long a lock is waited for, in milliseconds.
#[allow(dead_code)] // not on every platform
pub(crate) const LOCK_MS: u64 = 10_000;

/// Now, as records tell it.
#[allow(dead_code)] // not on every platform
pub(crate) fn now() -> Moment {
    let wall = clock::wall();
    Moment {
        seconds: wall.unix_sec(),
        micros: wall.nano / 1000,
    }
}
