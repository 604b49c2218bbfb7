//! When a command to a service has taken effect: the question `sv` asks until it is answered.
//!
//! Judges by two status records alone, the one from before the command and the present one. A
//! process is the same only if pid and start are: whole seconds tell nothing after a restart.

use crate::status::{State, Status, Want};

/// What the caller waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// The command was sent; there is nothing to see.
    Sent,
    /// `up`, `start`: it runs, and is wanted.
    Up,
    /// `down`, `stop`: it is down, and is to stay so.
    Down,
    /// `exit`, `shutdown`: its runsv is gone, which no record can tell.
    Gone,
    /// `restart`, `force-restart`: another process runs than before.
    Restarted,
    /// `term`, `kill`, `try-restart`: the process of before is gone, and another runs where the
    /// service is wanted up.
    Ended,
    /// `once`: it runs without being wanted up, or did so and has ended.
    Once,
    /// `pause`.
    Paused,
    /// `cont`.
    Continued,
    /// `check`: it is as it was last asked to be.
    AsRequested,
}

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It has taken effect.
    Reached,
    /// It has if `./check` agrees.
    IfCheckAgrees,
    /// It has not.
    NotYet,
}

impl Goal {
    /// Judges the present record.
    #[must_use]
    pub fn judge(self, before: &Status, now: &Status) -> Verdict {
        let runs = now.state == State::Run && now.pid.is_some();
        let down = now.state == State::Down && now.pid.is_none();
        let wanted_up = now.want == Want::Up;
        match self {
            Goal::Sent => Verdict::Reached,
            Goal::Up => if_check(runs && wanted_up),
            Goal::Down => plainly(down && !wanted_up),
            Goal::Gone => Verdict::NotYet,
            Goal::Ended if down && !wanted_up => Verdict::Reached,
            Goal::Restarted | Goal::Ended => {
                let same_process = now.pid == before.pid && now.since == before.since;
                if_check(runs && !same_process && !now.got_term)
            }
            Goal::Once => {
                plainly(!wanted_up && (now.pid.is_some() || (down && now.since != before.since)))
            }
            Goal::Paused => plainly(now.pid.is_none() || now.paused),
            Goal::Continued => plainly(now.pid.is_none() || !now.paused),
            Goal::AsRequested if wanted_up => if_check(runs),
            Goal::AsRequested => plainly(down),
        }
    }
}

const fn plainly(reached: bool) -> Verdict {
    if reached {
        Verdict::Reached
    } else {
        Verdict::NotYet
    }
}

const fn if_check(reached: bool) -> Verdict {
    if reached {
        Verdict::IfCheckAgrees
    } else {
        Verdict::NotYet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tai::Tai64n;

    fn run(pid: u32, nano: u32) -> Status {
        Status {
            since: Tai64n { sec: 1 << 62, nano },
            pid: Some(pid),
            paused: false,
            want: Want::Up,
            got_term: false,
            state: State::Run,
        }
    }

    #[test]
    fn a_restart_within_the_same_second_is_seen_and_the_old_process_is_not_taken_for_it() {
        let before = run(7, 100);
        assert_eq!(Goal::Restarted.judge(&before, &before), Verdict::NotYet);
        assert_eq!(
            Goal::Restarted.judge(
                &before,
                &Status {
                    got_term: true,
                    ..before
                }
            ),
            Verdict::NotYet
        );
        assert_eq!(
            Goal::Restarted.judge(&before, &run(8, 200)),
            Verdict::IfCheckAgrees
        );
        // The kernel may hand out the same pid again.
        assert_eq!(
            Goal::Restarted.judge(&before, &run(7, 200)),
            Verdict::IfCheckAgrees
        );
    }

    #[test]
    fn a_stopped_service_is_not_restarted_until_it_runs() {
        let down = Status {
            pid: None,
            state: State::Down,
            want: Want::Down,
            ..run(0, 1)
        };
        assert_eq!(Goal::Restarted.judge(&down, &down), Verdict::NotYet);
        assert_eq!(Goal::Ended.judge(&down, &down), Verdict::Reached);
        assert_eq!(
            Goal::Restarted.judge(&down, &run(8, 2)),
            Verdict::IfCheckAgrees
        );
    }

    #[test]
    fn a_stop_is_not_done_while_the_service_is_only_between_two_starts() {
        let between = Status {
            pid: None,
            state: State::Down,
            ..run(0, 1)
        };
        assert_eq!(Goal::Down.judge(&between, &between), Verdict::NotYet);
        assert_eq!(
            Goal::Down.judge(
                &between,
                &Status {
                    want: Want::Down,
                    ..between
                }
            ),
            Verdict::Reached
        );
    }

    #[test]
    fn an_end_from_before_the_command_is_not_taken_for_that_of_once() {
        let between = Status {
            pid: None,
            state: State::Down,
            ..run(0, 2)
        };
        assert_eq!(Goal::Once.judge(&run(7, 1), &between), Verdict::NotYet);
        let ended = Status {
            want: Want::Down,
            ..between
        };
        assert_eq!(Goal::Once.judge(&run(7, 1), &ended), Verdict::Reached);
    }

    #[test]
    fn check_asks_for_what_was_requested() {
        let once = Status {
            want: Want::Down,
            ..run(7, 1)
        };
        assert_eq!(Goal::AsRequested.judge(&once, &once), Verdict::NotYet);
        assert_eq!(
            Goal::AsRequested.judge(&once, &run(7, 1)),
            Verdict::IfCheckAgrees
        );
    }
}
