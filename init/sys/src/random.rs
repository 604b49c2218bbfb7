//! The kernel's random numbers, and what a saved seed is worth to them.

use crate::error::Result;
use crate::{fd, platform};
use rustix::fd::{AsFd, OwnedFd};

/// Opens the generator, to feed it.
///
/// # Errors
///
/// There is no such device.
pub fn open() -> Result<OwnedFd> {
    crate::file::open_write(c"/dev/urandom")
}

/// Feeds `seed`. With `counted` the kernel also takes each of its bits for one that nobody can
/// guess: a generator that had nothing to begin with is ready at once.
///
/// # Errors
///
/// Not root, or a system that takes no word for it (`NOSYS`).
pub fn feed(generator: impl AsFd, seed: &[u8], counted: bool) -> Result<()> {
    if counted {
        platform::feed_counted(generator, seed)
    } else {
        fd::write_all(generator, seed)
    }
}

/// Has what was fed show in the numbers from now on.
pub fn stir(generator: impl AsFd) {
    platform::stir_random(generator);
}

/// Fills `buffer` without waiting; `true` when the generator was ready, so that nobody can guess it.
///
/// # Errors
///
/// The system has none to give.
pub fn fill(buffer: &mut [u8]) -> Result<bool> {
    platform::random_bytes(buffer)
}
