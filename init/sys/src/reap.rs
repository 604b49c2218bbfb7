//! Ended children in two steps: look, then take away.
//!
//! Process 1 notes how a child ended before the kernel forgets it, so that a crash of its own in
//! between loses nothing: the next image finds the same child again.

use crate::error::{Errno, Result};
use crate::{clock, poll, signal};
use runit_core::clock::Mono;
use runit_core::exit::Exit;
use std::mem::MaybeUninit;

/// An ended child that is still there, if there is one; never waits.
#[must_use]
pub fn peek() -> Option<(u32, Exit)> {
    wait(libc::P_ALL, 0, libc::WNOWAIT).ok()?
}

/// Takes an ended child away.
pub fn collect(pid: u32) {
    let _ = wait(libc::P_PID, pid, 0);
}

/// Whether this process is a child of ours, ended or not.
#[must_use]
pub fn is_child(pid: u32) -> bool {
    !matches!(wait(libc::P_PID, pid, libc::WNOWAIT), Err(Errno::CHILD))
}

/// Reaps until no child is left or the time has come. SIGCHLD must be listened to.
pub fn all_until(until: Mono) {
    loop {
        match wait(libc::P_ALL, 0, 0) {
            Ok(Some(_)) => {}
            Ok(None) if clock::mono() < until => {
                let _ = poll::wait(&[], Some(until));
            }
            Ok(None) | Err(_) => return,
        }
    }
}

/// Reaps until there is nothing left to do at all, and then stays.
pub fn for_ever() -> ! {
    loop {
        let mut status = 0;
        // SAFETY: waitpid writes the status only, pause takes nothing; both only wait.
        unsafe {
            if libc::waitpid(-1, &mut status, 0) < 0 && signal::last_error() == Errno::CHILD {
                libc::pause();
            }
        }
    }
}

fn wait(which: libc::idtype_t, pid: u32, option: libc::c_int) -> Result<Option<(u32, Exit)>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let options = libc::WEXITED | libc::WNOHANG | option;
    // SAFETY: `info` is writable and large enough; all-zero is a valid siginfo.
    let (result, info) = unsafe {
        (
            libc::waitid(which, pid as _, info.as_mut_ptr(), options),
            info.assume_init(),
        )
    };
    if result != 0 {
        return Err(signal::last_error());
    }
    // SAFETY: waitid filled in a child's end, or left the zeros, in which all fields are readable.
    let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
    if pid <= 0 {
        return Ok(None);
    }
    let raw = match info.si_code {
        libc::CLD_EXITED => (status & 0xff) << 8,
        libc::CLD_DUMPED => status | 0x80,
        _ => status,
    };
    Ok(Some((pid.unsigned_abs(), Exit(raw))))
}
