//! The console: where process 1 and its stages read and write, and whose terminal it is.
//!
//! Process 1 itself never waits for a terminal that takes no more (flow control, a dead serial
//! line): its own messages go through a descriptor that does not block, its children get another.

use crate::error::{Errno, Result};
use crate::{platform, say};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use std::ffi::CStr;

const CONSOLE: &CStr = c"/dev/console";

/// Makes the console standard input, output and error; where it cannot be opened, all stay.
pub fn open() -> Result<()> {
    let flags = OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::APPEND;
    let both = match open_as(OFlags::RDWR | flags) {
        Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => open_as(OFlags::WRONLY | flags)?,
        opened => opened?,
    };
    let messages = open_as(OFlags::WRONLY | flags)?;
    // Opening must not wait for a carrier; reading and writing by children may.
    rustix::fs::fcntl_setfl(&both, OFlags::APPEND)?;
    put(&both, 0)?;
    put(&both, 1)?;
    put(&messages, 2)
}

fn open_as(flags: OFlags) -> Result<OwnedFd> {
    rustix::fs::open(CONSOLE, flags, Mode::empty())
}

fn put(fd: &OwnedFd, at: i32) -> Result<()> {
    // SAFETY: replaces a standard descriptor, which no owner in this program closes.
    if unsafe { libc::dup2(fd.as_raw_fd(), at) } < 0 {
        return Err(crate::signal::last_error());
    }
    Ok(())
}

/// Writes a message to standard error, unless that would have to wait.
pub fn tell(parts: &[&[u8]]) {
    let stderr = rustix::stdio::stderr();
    let mut polled = [PollFd::new(&stderr, PollFlags::OUT)];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    if matches!(rustix::event::poll(&mut polled, Some(&at_once)), Ok(n) if n > 0) {
        say::error(parts);
    }
}

/// Makes this process the leader of a session, where it is not yet.
pub fn lead_session() {
    let _ = rustix::process::setsid();
}

/// Makes standard input the terminal of this process's session, so that stage 1 can have job
/// control on it without a session of its own, whose end would hang up what it started.
///
/// `false` where it is no terminal, where it was the session's already, or where the system has no
/// way to release it again.
#[must_use]
pub fn take_as_terminal() -> bool {
    if !platform::TERMINAL_CAN_BE_RELEASED {
        return false;
    }
    let stdin = rustix::stdio::stdin();
    let ours = rustix::process::getsid(None).ok();
    if ours.is_some() && rustix::termios::tcgetsid(stdin).ok() == ours {
        return false;
    }
    rustix::process::ioctl_tiocsctty(stdin).is_ok()
}
