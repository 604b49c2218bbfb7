//! FreeBSD: the C library keeps both tables, and notes in the log what it changes in the other.

use crate::error::Errno;
use crate::utmp::{Mark, Step, Trouble, now};
use std::mem::MaybeUninit;

/// Longest name of a line.
pub const MOST_LINE: usize = 16;
/// A logout is noted in the log with the change itself.
pub const NOTES_BY_ITSELF: bool = true;

const ACTIVE: &str = "/var/run/utx.active";

/// Clears who is on this line; `false` when nobody is.
pub fn log_out(line: &[u8]) -> Result<bool, Trouble> {
    let mut wanted = empty(libc::USER_PROCESS);
    let most = wanted.ut_line.len();
    if line.len() > most {
        return Ok(false);
    }
    for (to, &from) in wanted.ut_line.iter_mut().zip(line) {
        *to = from as _;
    }
    // SAFETY: one thread; the record is whole, and what is found is copied before the next call.
    let found = unsafe {
        libc::setutxent();
        let found = libc::getutxline(&wanted);
        let found = if found.is_null() { None } else { Some(*found) };
        libc::endutxent();
        found
    };
    let Some(mut record) = found else {
        return Ok(false);
    };
    record.ut_type = libc::DEAD_PROCESS;
    record.ut_tv = time();
    put(&record).map(|()| true)
}

/// Done by [`log_out`].
pub fn note_log_out(_line: &[u8]) -> Result<(), Trouble> {
    Ok(())
}

/// Writes a mark; there are no runlevels here.
pub fn write(mark: Mark) -> Result<(), Trouble> {
    let kind = match mark {
        Mark::Boot => libc::BOOT_TIME,
        Mark::Shutdown => libc::SHUTDOWN_TIME,
        Mark::RunLevel { .. } => return Err(trouble(Errno::NOSYS)),
    };
    let mut record = empty(kind);
    record.ut_tv = time();
    put(&record)
}

/// Shows each terminal that somebody is logged in on.
pub fn each_line_in_use(mut see: impl FnMut(&[u8])) -> crate::error::Result<()> {
    // SAFETY: one thread; each record is looked at before the next call.
    unsafe {
        libc::setutxent();
        loop {
            let record = libc::getutxent();
            if record.is_null() {
                break;
            }
            if (*record).ut_type == libc::USER_PROCESS {
                let line = (*record).ut_line.map(|byte| byte as u8);
                let end = line.iter().position(|&b| b == 0).unwrap_or(line.len());
                see(&line[..end]);
            }
        }
        libc::endutxent();
    }
    Ok(())
}

/// There are none here.
#[must_use]
pub fn runlevels() -> Option<(u8, u8)> {
    None
}

fn empty(kind: libc::c_short) -> libc::utmpx {
    // SAFETY: numbers and arrays of numbers, for which zero is a value.
    let mut record: libc::utmpx = unsafe { MaybeUninit::zeroed().assume_init() };
    record.ut_type = kind;
    record
}

fn put(record: &libc::utmpx) -> Result<(), Trouble> {
    // SAFETY: the record is whole; what is returned is only compared.
    if unsafe { libc::pututxline(record) }.is_null() {
        return Err(trouble(crate::signal::last_error()));
    }
    Ok(())
}

fn time() -> libc::timeval {
    let now = now();
    libc::timeval {
        tv_sec: now.seconds as _,
        tv_usec: now.micros as _,
    }
}

fn trouble(error: Errno) -> Trouble {
    Trouble {
        step: Step::Write,
        path: ACTIVE,
        error,
    }
}
