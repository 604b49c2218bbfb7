//! Waiting for conditions, with a deadline far beyond what even a busy machine needs.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a condition may take before the test fails. Never part of what a test asserts.
pub const LONG: Duration = Duration::from_secs(30);

/// Waits until `holds` is true; fails the test naming `what` if it never is.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_for(what, || holds().then_some(()));
}

/// Waits until `get` has a value and returns it; fails the test naming `what` if it never has.
#[track_caller]
pub fn wait_for<T>(what: &str, get: impl FnMut() -> Option<T>) -> T {
    wait_for_or(get, || what.to_string())
}

/// Like `wait_until`, with the description made only when it is needed.
#[track_caller]
pub(super) fn wait_until_or(mut holds: impl FnMut() -> bool, what: impl Fn() -> String) {
    wait_for_or(|| holds().then_some(()), what);
}

/// Like `wait_for`, with the description made only when it is needed.
#[track_caller]
pub(super) fn wait_for_or<T>(mut get: impl FnMut() -> Option<T>, what: impl Fn() -> String) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = get() {
            return value;
        }
        assert!(
            start.elapsed() < LONG,
            "waited {LONG:?} in vain: {}",
            what()
        );
        sleep(Duration::from_millis(3));
    }
}
