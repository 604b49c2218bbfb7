//! Random numbers on Linux: random(4), getrandom(2).

use crate::error::{Errno, Result};
use crate::signal::last_error;
use rustix::fd::{AsFd, AsRawFd};
use rustix::ioctl::opcode;

/// Most bytes of a seed that can be counted.
const MOST: usize = 512;
/// `GRND_INSECURE`: what there is, ready or not.
const WHATEVER: u32 = 4;

/// What `RNDADDENTROPY` takes.
#[repr(C)]
struct Pool {
    bits: i32,
    bytes: i32,
    seed: [u8; MOST],
}

/// Feeds a seed and counts its bits.
pub fn feed_counted(generator: impl AsFd, seed: &[u8]) -> Result<()> {
    let mut pool = Pool {
        bits: 0,
        bytes: 0,
        seed: [0; MOST],
    };
    let bytes = i32::try_from(seed.len()).map_err(|_| Errno::INVAL)?;
    pool.seed
        .get_mut(..seed.len())
        .ok_or(Errno::INVAL)?
        .copy_from_slice(seed);
    (pool.bits, pool.bytes) = (bytes * 8, bytes);
    // Its number is made with the size of the two numbers at the beginning.
    let request = opcode::write::<[i32; 2]>(b'R', 3);
    // SAFETY: the kernel reads the two numbers and as many bytes behind them as the second says, which are there.
    let done = unsafe { libc::ioctl(generator.as_fd().as_raw_fd(), request as _, &raw const pool) };
    if done < 0 { Err(last_error()) } else { Ok(()) }
}

/// Makes the generator begin anew with all it was fed. One that is not ready does so by itself.
pub fn stir_random(generator: impl AsFd) {
    let request = opcode::none(b'R', 7);
    // SAFETY: a request without an argument.
    let _ = unsafe { libc::ioctl(generator.as_fd().as_raw_fd(), request as _) };
}

/// Fills `buffer` without waiting; `true`: by a generator that was ready.
pub fn random_bytes(buffer: &mut [u8]) -> Result<bool> {
    match take(buffer, libc::GRND_NONBLOCK) {
        Err(Errno::AGAIN) => take(buffer, WHATEVER).map(|()| false),
        done => done.map(|()| true),
    }
}

fn take(buffer: &mut [u8], how: u32) -> Result<()> {
    // SAFETY: the kernel writes at most as many bytes as the buffer has.
    let got = unsafe { libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), how) };
    match usize::try_from(got) {
        Ok(got) if got == buffer.len() => Ok(()),
        Ok(_) => Err(Errno::INTR),
        Err(_) => Err(last_error()),
    }
}
