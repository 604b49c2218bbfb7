//! Waiting for a moment on a clock that may be set, or that goes on while the machine sleeps.
//!
//! Made by the platform. It only wakes up whoever waits; what time it is then, they look.

pub use crate::platform::Timer;

/// A clock to wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// That on the wall, seconds since 1970.
    Wall,
    /// Seconds since the machine started, sleep included.
    Boot,
}
