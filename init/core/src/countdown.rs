//! The time before a shutdown: who is told when, and from when on nobody may log in any more.
//!
//! It is asked again and again how much time is left, and answers what is to be done now and when
//! to ask next. Whatever the clocks do meanwhile (they are set, the machine sleeps), a mark that
//! was passed is told once, the way in is closed exactly in the last five minutes, and the end
//! comes when nothing is left, once.

/// Seconds before the end from which on logins are refused.
pub const NO_LOGIN: u64 = 300;

/// Minutes left at which people are told, apart from the full hours.
const MARKS: [u64; 8] = [1, 2, 3, 4, 5, 10, 15, 30];
const HOUR: u64 = 3600;

/// A shutdown that is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Countdown {
    /// Seconds that were left at the last look.
    last: Option<u64>,
    over: bool,
}

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Everybody is to be told that so many minutes are left, rounded up; 0 is the end.
    pub tell: Option<u64>,
    /// Logins are to be refused from now on, or not (any more).
    pub no_login: bool,
    /// It is time.
    pub go: bool,
    /// Seconds that will be left when it is to be asked next; less than are left now.
    pub next: u64,
}

impl Countdown {
    /// So many seconds are left.
    pub fn look(&mut self, left: u64) -> Due {
        let passed = match self.last {
            None => true,
            Some(last) => left < last && mark_below(last) >= left,
        };
        self.last = Some(left);
        let go = left == 0 && !self.over;
        self.over |= go;
        Due {
            tell: (passed && (go || left > 0)).then_some(left.div_ceil(60)),
            no_login: left <= NO_LOGIN,
            go,
            next: mark_below(left),
        }
    }
}

/// The next mark that is ahead when so many seconds are left.
fn mark_below(left: u64) -> u64 {
    let hour = left.saturating_sub(1) / HOUR * HOUR;
    let marks = MARKS.iter().map(|minutes| minutes * 60);
    marks
        .filter(|&mark| mark < left)
        .fold(hour, |most, mark| most.max(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn people_are_told_at_once_and_then_more_and_more_often() {
        let mut countdown = Countdown::default();
        let (mut left, mut told, mut refused) = (7_500, Vec::new(), None);
        loop {
            let due = countdown.look(left);
            told.extend(due.tell);
            if due.no_login && refused.is_none() {
                refused = Some(left);
            }
            if due.go {
                break;
            }
            left = due.next;
        }
        assert_eq!(told, [125, 120, 60, 30, 15, 10, 5, 4, 3, 2, 1, 0]);
        assert_eq!(refused, Some(300));
    }

    #[test]
    fn after_a_clock_that_was_set_back_the_way_in_is_open_again() {
        let mut countdown = Countdown::default();
        assert!(countdown.look(200).no_login);
        let due = countdown.look(3_000);
        assert!(!due.no_login && due.tell.is_none() && !due.go);
        assert_eq!(due.next, 1_800);
        // Several marks are passed at once: one message.
        assert_eq!(countdown.look(90).tell, Some(2));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn whatever_the_clocks_do(looks in prop::collection::vec(prop_oneof![0u64..400, 0u64..20_000, any::<u64>()], 1..40)) {
            let mut countdown = Countdown::default();
            let mut gone = 0;
            for (n, &left) in looks.iter().enumerate() {
                let due = countdown.look(left);
                gone += u32::from(due.go);
                prop_assert!(!due.go || left == 0);
                prop_assert_eq!(due.no_login, left <= NO_LOGIN);
                prop_assert!(due.next < left || left == 0);
                // A mark below is never skipped while asleep.
                prop_assert!(!MARKS.iter().any(|m| m * 60 < left && m * 60 > due.next));
                prop_assert!(n > 0 || due.tell.is_some());
                if let Some(minutes) = due.tell {
                    prop_assert_eq!(minutes, left.div_ceil(60));
                }
            }
            prop_assert_eq!(gone, u32::from(looks.contains(&0)));
        }

        #[test]
        fn one_that_runs_undisturbed_ends_and_tells_every_mark_once(start in 0u64..200_000, lag in 0u64..3) {
            let mut countdown = Countdown::default();
            let (mut left, mut told) = (start, Vec::new());
            for _ in 0..200 {
                let due = countdown.look(left);
                told.extend(due.tell);
                if due.go {
                    break;
                }
                // It may be woken a little late.
                left = due.next.saturating_sub(lag.min(due.next));
            }
            prop_assert_eq!(left, 0);
            prop_assert_eq!(told.first(), Some(&start.div_ceil(60)));
            prop_assert_eq!(told.last(), Some(&0));
            prop_assert!(told.windows(2).all(|pair| pair[0] >= pair[1]));
            let marks = MARKS.iter().filter(|m| *m * 60 < start).count();
            prop_assert!(told.len() > marks);
        }
    }
}
