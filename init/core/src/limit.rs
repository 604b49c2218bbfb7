//! Resource limits as they are typed, and what they make of the limits a process has.
//!
//! It decides values only. A plain number never exceeds the hard limit (as ever, it is cut to
//! it), and only a number with a plus changes the hard limit.

use crate::decimal;

/// A limited resource; the order is the one in which limits are set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Resource {
    Data,
    Stack,
    Locked,
    AddressSpace,
    OpenFiles,
    Processes,
    FileSize,
    Core,
    Resident,
    CpuSeconds,
}

/// How many resources there are; `Resource as usize` is below it.
pub const RESOURCES: usize = 10;

impl Resource {
    /// All of them; `ALL[resource as usize] == resource`.
    pub const ALL: [Resource; RESOURCES] = [
        Resource::Data,
        Resource::Stack,
        Resource::Locked,
        Resource::AddressSpace,
        Resource::OpenFiles,
        Resource::Processes,
        Resource::FileSize,
        Resource::Core,
        Resource::Resident,
        Resource::CpuSeconds,
    ];

    /// What messages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Resource::Data => "data segment",
            Resource::Stack => "stack segment",
            Resource::Locked => "locked memory",
            Resource::AddressSpace => "memory",
            Resource::OpenFiles => "open files",
            Resource::Processes => "processes",
            Resource::FileSize => "output size",
            Resource::Core => "core size",
            Resource::Resident => "resident memory",
            Resource::CpuSeconds => "cpu seconds",
        }
    }
}

/// A limit as it was typed: bytes, seconds or a count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// `N`: the soft limit.
    Soft(u64),
    /// `+N`: the soft and the hard limit.
    Both(u64),
    /// `=`: the soft limit as high as the hard one (softlimit's).
    Highest,
}

/// Reads `N` or `+N`.
#[must_use]
pub fn parse(text: &[u8]) -> Option<Limit> {
    match text {
        [b'+', number @ ..] => decimal::unsigned(number).map(Limit::Both),
        number => decimal::unsigned(number).map(Limit::Soft),
    }
}

/// The same and `=`.
#[must_use]
pub fn parse_or_highest(text: &[u8]) -> Option<Limit> {
    match text {
        b"=" => Some(Limit::Highest),
        text => parse(text),
    }
}

/// A soft and a hard limit; `None` is no limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    /// What counts.
    pub soft: Option<u64>,
    /// What it may be raised to.
    pub hard: Option<u64>,
}

impl Limit {
    /// What becomes of the limits a process has.
    #[must_use]
    pub fn applied_to(self, now: Pair) -> Pair {
        match self {
            Limit::Soft(number) => Pair {
                soft: Some(now.hard.map_or(number, |hard| hard.min(number))),
                hard: now.hard,
            },
            Limit::Both(number) => Pair {
                soft: Some(number),
                hard: Some(number),
            },
            Limit::Highest => Pair {
                soft: now.hard,
                hard: now.hard,
            },
        }
    }

    /// The number was more than the hard limit allows.
    #[must_use]
    pub fn is_cut(self, now: Pair) -> bool {
        matches!((self, now.hard), (Limit::Soft(number), Some(hard)) if number > hard)
    }

    /// Whether it may raise the hard limit, so that it must be looked at while the process may.
    #[must_use]
    pub const fn may_raise(self) -> bool {
        matches!(self, Limit::Both(_))
    }

    /// The hard limit that must be raised; `None` where none must.
    #[must_use]
    pub fn raises(self, now: Pair) -> Option<u64> {
        match (self, now.hard) {
            (Limit::Both(number), Some(hard)) if number > hard => Some(number),
            _ => None,
        }
    }
}

/// The limits asked for, by resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits([Option<Limit>; RESOURCES]);

impl Limits {
    /// None.
    #[must_use]
    pub const fn none() -> Limits {
        Limits([None; RESOURCES])
    }

    /// Asks for one; the last word about a resource counts.
    pub const fn set(&mut self, resource: Resource, limit: Limit) {
        self.0[resource as usize] = Some(limit);
    }

    /// chpst's and softlimit's `-m`: data, stack, locked and total memory alike.
    pub const fn set_memory(&mut self, limit: Limit) {
        self.set(Resource::Data, limit);
        self.set(Resource::Stack, limit);
        self.set(Resource::Locked, limit);
        self.set(Resource::AddressSpace, limit);
    }

    /// Those asked for, in the order in which they are set.
    pub fn iter(&self) -> impl Iterator<Item = (Resource, Limit)> + use<> {
        let asked = self.0.into_iter().zip(Resource::ALL);
        asked.filter_map(|(limit, resource)| Some((resource, limit?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn a_number_a_plus_and_an_equals_sign_are_limits() {
        assert_eq!(parse(b"10"), Some(Limit::Soft(10)));
        assert_eq!(parse(b"+10"), Some(Limit::Both(10)));
        assert_eq!(parse_or_highest(b"="), Some(Limit::Highest));
        for bad in [
            "",
            "+",
            "-1",
            "12x",
            "++1",
            "=1",
            "==",
            "18446744073709551616",
        ] {
            assert_eq!(parse_or_highest(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(parse(b"="), None);
    }

    #[test]
    fn the_last_word_counts_and_memory_means_four() {
        let mut limits = Limits::none();
        limits.set(Resource::Data, Limit::Soft(1));
        limits.set_memory(Limit::Soft(2));
        limits.set(Resource::Stack, Limit::Soft(3));
        let all: Vec<_> = limits.iter().collect();
        assert_eq!(
            all,
            [
                (Resource::Data, Limit::Soft(2)),
                (Resource::Stack, Limit::Soft(3)),
                (Resource::Locked, Limit::Soft(2)),
                (Resource::AddressSpace, Limit::Soft(2)),
            ]
        );
        for (n, resource) in Resource::ALL.into_iter().enumerate() {
            assert_eq!(resource as usize, n);
        }
    }

    fn limit() -> impl Strategy<Value = Limit> {
        prop_oneof![
            any::<u64>().prop_map(Limit::Soft),
            any::<u64>().prop_map(Limit::Both),
            Just(Limit::Highest),
        ]
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn soft_never_exceeds_hard_and_only_a_plus_moves_it(
            limit in limit(), soft in any::<Option<u64>>(), hard in any::<Option<u64>>()
        ) {
            let now = Pair { soft, hard };
            let new = limit.applied_to(now);
            let within = match (new.soft, new.hard) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(soft), Some(hard)) => soft <= hard,
            };
            prop_assert!(within, "{:?} of {:?}", new, now);
            prop_assert!(matches!(limit, Limit::Both(_)) || new.hard == now.hard);
            if let Some(raised) = limit.raises(now) {
                prop_assert_eq!(new.hard, Some(raised));
            }
        }
    }
}
