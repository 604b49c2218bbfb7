//! Random numbers on FreeBSD: random(4), getrandom(2). Its kernel counts by itself what it was fed.

use crate::error::{Errno, Result};
use crate::signal::last_error;
use rustix::fd::AsFd;

/// Nobody's word is taken for it.
pub fn feed_counted(_generator: impl AsFd, _seed: &[u8]) -> Result<()> {
    Err(Errno::NOSYS)
}

/// It does that by itself.
pub fn stir_random(_generator: impl AsFd) {}

/// Fills `buffer` without waiting; `true`: by a generator that was ready.
pub fn random_bytes(buffer: &mut [u8]) -> Result<bool> {
    // SAFETY: the kernel writes at most as many bytes as the buffer has.
    let got = unsafe {
        libc::getrandom(
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            libc::GRND_NONBLOCK,
        )
    };
    match usize::try_from(got) {
        Ok(got) if got == buffer.len() => Ok(true),
        Ok(_) => Err(Errno::INTR),
        Err(_) => Err(last_error()),
    }
}
