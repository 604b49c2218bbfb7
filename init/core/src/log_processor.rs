//! When a processor is to run: retries with growing delays, and the end of svlogd.
//!
//! Decides only when; which file is next is for the caller to find (the oldest `.u`), so that no
//! list has to be kept. A processor that fails must never hold up the log or the end of svlogd.

use crate::clock::Mono;

/// Delay before the first retry.
const FIRST_DELAY_MS: u64 = 1_000;
/// Longest delay between two.
const LONGEST_DELAY_MS: u64 = 60_000;

/// Whether files may wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Work {
    /// None waits.
    None,
    /// Perhaps there are some.
    Waiting,
    /// One is being processed.
    Running,
}

/// The schedule of one log's processor.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    work: Work,
    failures: u32,
    not_before: Mono,
}

impl Schedule {
    /// Nothing to do.
    #[must_use]
    pub const fn new() -> Schedule {
        Schedule {
            work: Work::None,
            failures: 0,
            not_before: Mono(0),
        }
    }

    /// A file may be waiting: found at start, or just rotated.
    pub fn found(&mut self) {
        if self.work == Work::None {
            self.work = Work::Waiting;
        }
    }

    /// The configuration was read again: what failed may work now.
    pub fn forgive(&mut self) {
        self.failures = 0;
        self.not_before = Mono(0);
    }

    /// A processor runs.
    pub fn started(&mut self) {
        self.work = Work::Running;
    }

    /// It did what it should, or the file it failed on is no more.
    pub fn succeeded(&mut self) {
        *self = Schedule {
            work: Work::Waiting,
            ..Schedule::new()
        };
    }

    /// It failed, or could not be started.
    pub fn failed(&mut self, now: Mono) {
        let delay = FIRST_DELAY_MS << self.failures.min(6);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.plus_ms(delay.min(LONGEST_DELAY_MS));
        self.work = Work::Waiting;
    }

    /// The caller looked, and no file waits.
    pub fn nothing_left(&mut self) {
        self.work = Work::None;
    }

    /// Whether files wait although one was tried: at the end they are left.
    #[must_use]
    pub const fn stuck(&self) -> bool {
        self.failures > 0 && matches!(self.work, Work::Waiting)
    }

    /// Whether one runs.
    #[must_use]
    pub const fn running(&self) -> bool {
        matches!(self.work, Work::Running)
    }

    /// Whether one is to be started now. At the `end`, only where none has failed.
    #[must_use]
    pub fn due(&self, now: Mono, end: bool) -> bool {
        self.work == Work::Waiting
            && if end {
                self.failures == 0
            } else {
                now >= self.not_before
            }
    }

    /// When to ask again, if time alone can change the answer.
    #[must_use]
    pub fn deadline(&self) -> Option<Mono> {
        (self.work == Work::Waiting).then_some(self.not_before)
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Schedule::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_retried_with_a_growing_delay_and_a_success_forgets_them() {
        let mut s = Schedule::new();
        assert!(!s.due(Mono(0), false) && s.deadline().is_none());
        s.found();
        assert!(s.due(Mono(0), false));
        let mut now = Mono(0);
        let mut delays = std::vec::Vec::new();
        for _ in 0..9 {
            s.started();
            assert!(!s.due(now, false) && s.deadline().is_none());
            s.failed(now);
            let at = s.deadline().unwrap();
            assert!(!s.due(now, false) && s.due(at, false));
            delays.push(at.ms_after(now) / 1000);
            now = at;
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        s.started();
        s.succeeded();
        assert!(s.due(Mono(0), false));
        s.nothing_left();
        assert!(!s.due(now, false));
    }

    #[test]
    fn at_the_end_one_that_failed_is_not_tried_again() {
        let mut s = Schedule::new();
        s.found();
        assert!(s.due(Mono(0), true));
        s.started();
        s.failed(Mono(0));
        assert!(!s.due(Mono(1_000_000), true) && s.due(Mono(1_000_000), false));
        s.forgive();
        assert!(s.due(Mono(0), false));
    }
}
