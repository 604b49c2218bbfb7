//! Whom to follow: a program that puts itself into the background leaves its work to a child.
//!
//! It decides which process stands for the service and when it is over. A process that exits with
//! code 0 while children of it are left has handed over to them; one that fails, or is killed, or
//! leaves nobody, was the last one, and its end is the end of the service.

use crate::exit::Exit;

/// What is to be done next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Go on waiting.
    Wait,
    /// Tell [`Follow::left`] which children there are.
    Look,
    /// Signals go to this process from now on.
    Adopted(u32),
    /// It is over; children that are left are nobody's.
    Over(Exit),
}

/// The process that is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Follow {
    leader: Option<u32>,
    /// How the last leader ended.
    last: Exit,
    hands_over: bool,
}

impl Follow {
    /// Begins with the program itself. `hands_over`: it may go into the background.
    #[must_use]
    pub const fn new(program: u32, hands_over: bool) -> Follow {
        Follow {
            leader: Some(program),
            last: Exit(0),
            hands_over,
        }
    }

    /// Who gets signals; nobody in the moment of handing over.
    #[must_use]
    pub const fn leader(&self) -> Option<u32> {
        self.leader
    }

    /// A child ended.
    pub fn ended(&mut self, pid: u32, exit: Exit) -> Next {
        if self.leader != Some(pid) {
            // While there is no leader, each end may leave somebody new.
            return if self.leader.is_none() {
                Next::Look
            } else {
                Next::Wait
            };
        }
        self.last = exit;
        self.leader = None;
        if exit.success() && self.hands_over {
            Next::Look
        } else {
            Next::Over(exit)
        }
    }

    /// The oldest child there is.
    pub fn left(&mut self, child: Option<u32>) -> Next {
        if self.leader.is_some() {
            return Next::Wait;
        }
        match child {
            Some(pid) => {
                self.leader = Some(pid);
                Next::Adopted(pid)
            }
            None => Next::Over(self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_daemon_that_forks_twice_is_followed_to_its_end() {
        let mut f = Follow::new(10, true);
        assert_eq!(f.ended(10, Exit::with_code(0)), Next::Look);
        assert_eq!(f.left(Some(11)), Next::Adopted(11));
        assert_eq!(f.ended(11, Exit::with_code(0)), Next::Look);
        assert_eq!(f.left(Some(12)), Next::Adopted(12));
        // A worker of its own is not the service.
        assert_eq!(f.ended(13, Exit::by_signal(11)), Next::Wait);
        let end = Exit::by_signal(15);
        assert_eq!(f.ended(12, end), Next::Over(end));
    }

    #[test]
    fn failing_is_the_end_whoever_is_left() {
        let end = Exit::with_code(3);
        assert_eq!(Follow::new(10, true).ended(10, end), Next::Over(end));
    }

    #[test]
    fn without_anybody_left_the_exit_of_the_last_counts() {
        let mut f = Follow::new(10, true);
        assert_eq!(f.ended(10, Exit::with_code(0)), Next::Look);
        assert_eq!(f.left(None), Next::Over(Exit::with_code(0)));
    }

    #[test]
    fn one_that_stays_in_the_foreground_is_over_with_its_exit() {
        let end = Exit::with_code(0);
        assert_eq!(Follow::new(10, false).ended(10, end), Next::Over(end));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        /// Whatever ends in whatever order: it is over exactly when the leader failed or nobody
        /// is left, and never while the leader lives.
        #[test]
        fn it_is_never_over_while_the_leader_lives(
            ends in prop::collection::vec((0u32..4, 0u8..3), 1..40)
        ) {
            let mut f = Follow::new(0, true);
            let mut alive: std::vec::Vec<u32> = (0..4).collect();
            for (pid, code) in ends {
                if !alive.contains(&pid) {
                    continue;
                }
                alive.retain(|p| *p != pid);
                let was_leader = f.leader() == Some(pid);
                let mut next = f.ended(pid, Exit::with_code(code));
                if next == Next::Look {
                    next = f.left(alive.first().copied());
                }
                match next {
                    Next::Over(exit) => {
                        prop_assert!(was_leader && exit == Exit::with_code(code));
                        prop_assert!(code != 0 || alive.is_empty());
                        return Ok(());
                    }
                    Next::Adopted(new) => prop_assert!(was_leader && alive.contains(&new)),
                    Next::Wait => prop_assert!(!was_leader),
                    Next::Look => prop_assert!(false, "looked already"),
                }
                prop_assert!(f.leader().is_some_and(|l| alive.contains(&l)));
            }
        }
    }
}
