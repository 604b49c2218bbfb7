//! The two clocks a supervisor reads, as one value handed into every state machine.
//!
//! Waiting is decided on the monotonic clock only; the wall clock only labels what happened
//! (`supervise/status`, log lines). No state machine may compare wall times to decide.

use crate::tai::Tai64n;

/// Milliseconds on the monotonic clock; only differences mean anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Mono(pub u64);

impl Mono {
    /// This moment and `ms` milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Mono {
        Mono(self.0.saturating_add(ms))
    }

    /// Milliseconds from `now` until this moment; zero when it has passed.
    #[must_use]
    pub const fn ms_after(self, now: Mono) -> u64 {
        self.0.saturating_sub(now.0)
    }
}

/// One reading of both clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Now {
    /// For deadlines.
    pub mono: Mono,
    /// For labels.
    pub wall: Tai64n,
}

impl Now {
    /// Before any reading.
    pub const NEVER: Now = Now {
        mono: Mono(0),
        wall: Tai64n { sec: 0, nano: 0 },
    };
}

/// The earlier of two optional deadlines.
#[must_use]
pub fn earlier(a: Option<Mono>, b: Option<Mono>) -> Option<Mono> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
