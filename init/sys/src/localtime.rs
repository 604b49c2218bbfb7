//! How far local time is from UTC, as $TZ or /etc/localtime say.

use std::mem::MaybeUninit;

// SAFETY: the C library defines it, and POSIX says that it takes and gives nothing.
// SAFETY: the function as POSIX declares it.
unsafe extern "C" {
    fn tzset();
}

/// Reads the rules of the time zone, again where they were read before.
pub fn read_rules() {
    // SAFETY: reads the environment and files; nothing else runs in this process.
    unsafe { tzset() };
}

/// Seconds that local time was, is or will be east of UTC at a moment; 0 where there is no telling.
#[must_use]
pub fn seconds_east(unix: i64) -> i64 {
    let mut local = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: a number in, a structure out; all-zero is a valid `tm` where the call fails.
    let local = unsafe {
        libc::localtime_r(&unix, local.as_mut_ptr());
        local.assume_init()
    };
    local.tm_gmtoff
}
