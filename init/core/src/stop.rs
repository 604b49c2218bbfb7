//! One service on its way down at the end of the system: when it is killed, when its logger is, and
//! when nobody waits for it any more.
//!
//! Its supervisor was told to leave, which asks the service to end and then waits for the logger.
//! Decides for `runsvstop`. It must never wait for ever: whatever the service does, `GiveUp` comes.

use crate::clock::{Mono, earlier};

/// Milliseconds a logger gets to write what it still has once its service is down.
pub const LOGGER_MS: u64 = 5000;
/// Milliseconds between two KILLs: a new process may have taken the place of the one before.
pub const AGAIN_MS: u64 = 1000;
/// How often KILL is sent before nobody waits any more: a process that is stuck in the kernel.
pub const KILLS: u32 = 5;

/// How it is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// Its supervisor is gone, and all with it.
    Gone,
    /// Its supervisor is there, and so is its process or `./finish`.
    Up,
    /// Its supervisor is there and waits for the logger.
    Down,
}

/// What to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Nothing yet.
    Wait,
    /// Kill the service; `first`: say so.
    Kill {
        /// Not a repetition.
        first: bool,
    },
    /// Kill its logger; `first`: say so.
    KillLogger {
        /// Not a repetition.
        first: bool,
    },
    /// It is left behind.
    GiveUp,
    /// It is gone.
    Done,
}

/// One service.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// When the service is killed, or killed again.
    limit: Mono,
    kills: u32,
    /// The same for the logger, once the service is down.
    logger: Option<Mono>,
    logger_kills: u32,
}

impl Stop {
    /// Told to leave now, with so many milliseconds for the service.
    #[must_use]
    pub const fn new(now: Mono, limit_ms: u64) -> Stop {
        Stop {
            limit: now.plus_ms(limit_ms),
            kills: 0,
            logger: None,
            logger_kills: 0,
        }
    }

    /// When KILL comes next, for whoever is waited for.
    #[must_use]
    pub const fn deadline(&self) -> Mono {
        match self.logger {
            Some(at) => at,
            None => self.limit,
        }
    }

    /// Waits for the logger only.
    #[must_use]
    pub const fn at_logger(&self) -> bool {
        self.logger.is_some()
    }

    /// It had to be killed, itself or its logger.
    #[must_use]
    pub const fn was_killed(&self) -> bool {
        self.kills > 0 || self.logger_kills > 0
    }

    /// Judges what is found.
    pub fn step(&mut self, now: Mono, seen: Seen) -> Step {
        match seen {
            Seen::Gone => Step::Done,
            Seen::Up => {
                // Started again for a moment before its supervisor read the order: not at the logger.
                self.logger = None;
                if now < self.limit {
                    return Step::Wait;
                }
                self.limit = now.plus_ms(AGAIN_MS);
                self.kills += 1;
                if self.kills > KILLS {
                    return Step::GiveUp;
                }
                Step::Kill {
                    first: self.kills == 1,
                }
            }
            Seen::Down => {
                let Some(at) = self.logger else {
                    self.logger = Some(now.plus_ms(LOGGER_MS));
                    return Step::Wait;
                };
                if now < at {
                    return Step::Wait;
                }
                self.logger = Some(now.plus_ms(AGAIN_MS));
                self.logger_kills += 1;
                if self.logger_kills > KILLS {
                    return Step::GiveUp;
                }
                Step::KillLogger {
                    first: self.logger_kills == 1,
                }
            }
        }
    }
}

/// The earliest deadline of all.
#[must_use]
pub fn earliest<'a>(all: impl Iterator<Item = &'a Stop>) -> Option<Mono> {
    all.fold(None, |at, stop| earlier(at, Some(stop.deadline())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_service_is_killed_at_its_limit_and_its_logger_later() {
        let mut stop = Stop::new(Mono(0), 3000);
        assert_eq!(stop.step(Mono(2999), Seen::Up), Step::Wait);
        assert!(!stop.was_killed());
        assert_eq!(stop.step(Mono(3000), Seen::Up), Step::Kill { first: true });
        assert_eq!(stop.step(Mono(3500), Seen::Up), Step::Wait);
        assert_eq!(stop.step(Mono(4000), Seen::Up), Step::Kill { first: false });
        assert_eq!(stop.step(Mono(4001), Seen::Down), Step::Wait);
        assert!(stop.at_logger());
        assert_eq!(stop.deadline(), Mono(4001 + LOGGER_MS));
        let at = Mono(4001 + LOGGER_MS);
        assert_eq!(stop.step(at, Seen::Down), Step::KillLogger { first: true });
        assert_eq!(stop.step(at, Seen::Gone), Step::Done);
        assert!(stop.was_killed());
    }

    #[test]
    fn no_time_at_all_is_a_limit_too() {
        let mut stop = Stop::new(Mono(7), 0);
        assert_eq!(stop.step(Mono(7), Seen::Up), Step::Kill { first: true });
    }

    proptest! {
        #![proptest_config(crate::cases(500))]
        /// Whatever is seen, and however seldom somebody looks, the waiting ends.
        #[test]
        fn it_ends(limit in 0..60_000u64, looks in prop::collection::vec((1..5000u64, prop_oneof![Just(Seen::Up), Just(Seen::Down)]), 0..400)) {
            let mut stop = Stop::new(Mono(0), limit);
            let (mut now, mut killed) = (0, 0);
            let mut over = false;
            let forever = core::iter::repeat_n((1000, Seen::Up), 100 + limit as usize / 1000);
            for (ms, seen) in looks.into_iter().chain(forever) {
                now += ms;
                match stop.step(Mono(now), seen) {
                    Step::Kill { first } => {
                        prop_assert!(now >= limit, "not before its time");
                        prop_assert_eq!(first, killed == 0);
                        killed += 1;
                    }
                    Step::GiveUp => {
                        over = true;
                        break;
                    }
                    Step::Done => prop_assert!(false, "it is not gone"),
                    _ => {}
                }
            }
            prop_assert!(over);
        }
    }
}
