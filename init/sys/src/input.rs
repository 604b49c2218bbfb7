//! Input devices as evdev shows them, on Linux and FreeBSD alike.

use crate::error::{Errno, Result};
use crate::signal::last_error;
use rustix::fd::{AsFd, AsRawFd};
use rustix::ioctl::opcode;

/// Bytes that hold a bit for every key there is.
pub const KEYS: usize = 96;
/// EV_KEY: keys and buttons.
const KEY: u8 = 1;

/// The keys that a device has, a bit each; an error when it is no input device.
pub fn keys(device: impl AsFd) -> Result<[u8; KEYS]> {
    let mut keys = [0; KEYS];
    let request = opcode::read::<[u8; KEYS]>(b'E', 0x20 + KEY);
    // SAFETY: the kernel writes at most the bytes that the number of the request names.
    let done = unsafe { libc::ioctl(device.as_fd().as_raw_fd(), request as _, keys.as_mut_ptr()) };
    match done {
        0.. => Ok(keys),
        _ => Err(last_error()),
    }
}

/// Reads events that are there; 0 when there are none, an error when the device is gone.
pub fn read(device: impl AsFd, events: &mut [u8]) -> Result<usize> {
    match crate::fd::read(device, events) {
        Err(Errno::AGAIN) => Ok(0),
        Ok(0) => Err(Errno::NODEV),
        read => read,
    }
}
