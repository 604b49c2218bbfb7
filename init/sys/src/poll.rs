//! The one place where a program sleeps: until a descriptor, a signal or a deadline.

use crate::clock;
use crate::error::{Errno, Result};
use crate::signal;
use runit_core::clock::Mono;
use rustix::fd::{AsRawFd, BorrowedFd};

/// Most descriptors one call can watch.
const MOST: usize = 8;

/// Which of the descriptors given to [`wait`] have something: bit per position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ready(u8);

impl Ready {
    /// Whether the descriptor at this position can be read (or has reached its end).
    #[must_use]
    pub const fn has(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }

    /// Nothing: a signal or the deadline ended the wait.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Sleeps until one of `fds` is readable, a listened signal arrives, or `until` has come.
///
/// `None` among `fds` keeps its position. Without a deadline nothing wakes an idle program.
pub fn wait(fds: &[Option<BorrowedFd<'_>>], until: Option<Mono>) -> Result<Ready> {
    let mut polled = [libc::pollfd {
        fd: -1,
        events: libc::POLLIN,
        revents: 0,
    }; MOST];
    let count = fds.len().min(MOST);
    for (slot, fd) in polled.iter_mut().zip(fds) {
        slot.fd = fd.map_or(-1, |fd| fd.as_raw_fd());
    }
    if sleep(&mut polled[..count], until)? == 0 {
        return Ok(Ready(0));
    }
    let bits = polled[..count]
        .iter()
        .enumerate()
        .filter(|(_, p)| p.revents != 0);
    Ok(Ready(bits.fold(0, |bits, (i, _)| bits | 1 << i)))
}

/// The same for any number of descriptors; gives the positions of those that are ready. Allocates.
///
/// A writing end counts as ready when its last reader is gone.
pub fn wait_for_any(fds: &[BorrowedFd<'_>], until: Option<Mono>) -> Result<Vec<usize>> {
    let polled = |fd: &BorrowedFd<'_>| libc::pollfd {
        fd: fd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let mut polled: Vec<_> = fds.iter().map(polled).collect();
    if sleep(&mut polled, until)? == 0 {
        return Ok(Vec::new());
    }
    let ready = polled.iter().enumerate().filter(|(_, p)| p.revents != 0);
    Ok(ready.map(|(position, _)| position).collect())
}

/// Sleeps for so many microseconds, or until a listened signal arrives.
pub fn nap(us: u32) {
    let time = libc::timespec {
        tv_sec: (us / 1_000_000) as _,
        tv_nsec: (us % 1_000_000 * 1000) as _,
    };
    let mask = signal::mask_while_waiting();
    // SAFETY: no descriptors; time and mask live through the call.
    unsafe { libc::ppoll(std::ptr::null_mut(), 0, &time, &mask) };
}

/// Gives how many entries are ready; 0 when a signal or the deadline came first.
fn sleep(polled: &mut [libc::pollfd], until: Option<Mono>) -> Result<usize> {
    let timeout = until.map(|at| {
        let ms = at.ms_after(clock::mono());
        // One millisecond more where there is a wait: waking early would mean waking twice.
        let ms = if ms == 0 { 0 } else { ms + 1 };
        libc::timespec {
            tv_sec: (ms / 1000) as _,
            tv_nsec: ((ms % 1000) * 1_000_000) as _,
        }
    });
    let timeout = timeout
        .as_ref()
        .map_or(std::ptr::null(), std::ptr::from_ref);
    let mask = signal::mask_while_waiting();
    // SAFETY: `polled` is a slice of that length; timeout and mask live through the call.
    let ready = unsafe { libc::ppoll(polled.as_mut_ptr(), polled.len() as _, timeout, &mask) };
    match usize::try_from(ready) {
        Ok(ready) => {
            // Where a descriptor is ready the kernel delivers no signal: one that is always ready
            // would keep them all away.
            signal::deliver_pending();
            Ok(ready)
        }
        Err(_) => match signal::last_error() {
            Errno::INTR => Ok(0),
            error => Err(error),
        },
    }
}
