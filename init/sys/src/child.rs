//! Children that ended.

use crate::Pid;
use runit_core::exit::Exit;
use rustix::process::{WaitOptions, wait, waitpid};

/// Reaps one child that ended, if there is one; never waits.
#[must_use]
pub fn reap() -> Option<(u32, Exit)> {
    // Not `waitpid(None, ..)`: that is only for children in our own process group.
    let (pid, status) = wait(WaitOptions::NOHANG).ok()??;
    Some((number(pid), Exit(status.as_raw())))
}

/// Waits until this child ends.
#[must_use]
pub fn wait_for(pid: Pid) -> Option<Exit> {
    let (_, status) =
        rustix::io::retry_on_intr(|| waitpid(Some(pid), WaitOptions::empty())).ok()??;
    Some(Exit(status.as_raw()))
}

/// The process id of this process.
#[must_use]
pub fn own() -> u32 {
    number(rustix::process::getpid())
}

/// A process id as the machines in core know it.
#[must_use]
pub fn number(pid: Pid) -> u32 {
    pid.as_raw_nonzero().get().unsigned_abs()
}

/// The other way round; `None` for 0 and for numbers that are no process id.
#[must_use]
pub fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}
