//! Reading both clocks.

use runit_core::clock::{Mono, Now};
use runit_core::tai::Tai64n;
use std::mem::MaybeUninit;

/// The monotonic clock, in milliseconds.
#[must_use]
pub fn mono() -> Mono {
    let t = read(libc::CLOCK_MONOTONIC);
    Mono((t.tv_sec as u64) * 1000 + (t.tv_nsec as u64) / 1_000_000)
}

/// The wall clock.
#[must_use]
pub fn wall() -> Tai64n {
    let t = read(libc::CLOCK_REALTIME);
    Tai64n::from_unix(t.tv_sec, t.tv_nsec as u32)
}

/// Seconds since the machine started, those included in which it slept.
#[must_use]
pub fn since_boot() -> u64 {
    u64::try_from(read(crate::platform::BOOT_CLOCK).tv_sec).unwrap_or(0)
}

/// Through the C library, which knows the kernel's clock page from its own start.
fn read(clock: libc::clockid_t) -> libc::timespec {
    let mut time = MaybeUninit::zeroed();
    // SAFETY: writes the time given; all-zero is one, should a clock not be there.
    unsafe {
        libc::clock_gettime(clock, time.as_mut_ptr());
        time.assume_init()
    }
}

/// Both.
#[must_use]
pub fn now() -> Now {
    Now {
        mono: mono(),
        wall: wall(),
    }
}

/// Stands still for so many milliseconds; only for where there is nothing to listen to any more.
pub fn pause_ms(ms: u64) {
    let time = libc::timespec {
        tv_sec: (ms / 1000) as _,
        tv_nsec: ((ms % 1000) * 1_000_000) as _,
    };
    // SAFETY: reads the time given and writes nothing.
    unsafe { libc::nanosleep(&time, std::ptr::null_mut()) };
}
