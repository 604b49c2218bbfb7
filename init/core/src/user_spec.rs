//! The argument of `chpst -u` and `-U`: who to become, in names or in numbers.
//!
//! It decides what was meant, not whether such a user exists. Numbers only count after a leading
//! colon, as ever: a name that looks like a number is still a name.

use crate::decimal;

/// Who to become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserSpec<'a> {
    /// `:uid:gid[:gid...]`
    Ids {
        /// User id.
        uid: u32,
        /// One or more group ids, checked.
        gids: Gids<'a>,
    },
    /// `[+]user[:group...]`
    Names {
        /// Login name.
        user: &'a [u8],
        /// Group names instead of the user's primary group.
        groups: Option<Names<'a>>,
        /// With a leading plus: the groups that list the user, too.
        supplementary: bool,
    },
}

/// Group names, one or more, none empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Names<'a>(&'a [u8]);

/// Group ids in digits, one or more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gids<'a>(&'a [u8]);

impl<'a> Names<'a> {
    /// In the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.0.split(|&b| b == b':')
    }
}

impl<'a> Gids<'a> {
    /// In the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.0.split(|&b| b == b':').filter_map(decimal::id)
    }
}

/// Reads the argument; `None` when it cannot mean anyone.
#[must_use]
pub fn parse(text: &[u8]) -> Option<UserSpec<'_>> {
    match text {
        [b':', ids @ ..] => numbers(ids),
        // A lone plus, or a plus before numbers, names nobody.
        [b'+', b':', ..] | [b'+'] => None,
        [b'+', names @ ..] => self::names(names, true),
        names => self::names(names, false),
    }
}

fn numbers(text: &[u8]) -> Option<UserSpec<'_>> {
    let (uid, gids) = split(text);
    let gids = gids?;
    let valid = gids
        .split(|&b| b == b':')
        .all(|id| decimal::id(id).is_some());
    Some(UserSpec::Ids {
        uid: decimal::id(uid)?,
        gids: valid.then_some(Gids(gids))?,
    })
}

fn names(text: &[u8], supplementary: bool) -> Option<UserSpec<'_>> {
    let (user, groups) = split(text);
    let none_empty = groups.is_none_or(|g| g.split(|&b| b == b':').all(|name| !name.is_empty()));
    (!user.is_empty() && none_empty).then_some(UserSpec::Names {
        user,
        groups: groups.map(Names),
        supplementary,
    })
}

/// At the first colon.
fn split(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&b| b == b':') {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn ids(text: &[u8]) -> Option<(u32, Vec<u32>)> {
        match parse(text)? {
            UserSpec::Ids { uid, gids } => Some((uid, gids.iter().collect())),
            UserSpec::Names { .. } => None,
        }
    }

    #[test]
    fn numbers_after_a_colon_are_ids() {
        assert_eq!(ids(b":1:2"), Some((1, [2].to_vec())));
        assert_eq!(ids(b":0:1:2:3"), Some((0, [1, 2, 3].to_vec())));
        for bad in [
            ":",
            "::",
            ":1",
            ":1:",
            ":1::2",
            ":1:2:",
            ":x:1",
            ":1:x",
            ":-1:1",
            ":4294967296:1",
            ":1:4294967295",
            ":1:2x",
            "+:1:2",
            "+",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn names_may_list_groups_and_ask_for_all_of_them() {
        let Some(UserSpec::Names {
            user,
            groups,
            supplementary,
        }) = parse(b"+joe:a:b")
        else {
            panic!("names");
        };
        let groups: Vec<_> = groups.expect("groups").iter().collect();
        assert_eq!((user, supplementary), (&b"joe"[..], true));
        assert_eq!(groups, [&b"a"[..], &b"b"[..]]);
        let alone = UserSpec::Names {
            user: b"joe",
            groups: None,
            supplementary: false,
        };
        assert_eq!(parse(b"joe"), Some(alone));
        for bad in ["", "joe:", "joe::a", "joe:a:", "joe:a::b"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn what_is_written_is_read_back(uid in 0..u32::MAX, gids in prop::collection::vec(0..u32::MAX, 1..5)) {
            let mut text = std::format!(":{uid}");
            for gid in &gids {
                text.push_str(&std::format!(":{gid}"));
            }
            prop_assert_eq!(ids(text.as_bytes()), Some((uid, gids)));
        }

        #[test]
        fn any_bytes_are_answered(text in prop::collection::vec(prop_oneof![Just(b':'), Just(b'+'), Just(b'1'), any::<u8>()], 0..12)) {
            match parse(&text) {
                Some(UserSpec::Ids { gids, .. }) => prop_assert!(gids.iter().count() > 0),
                Some(UserSpec::Names { user, groups, .. }) => {
                    prop_assert!(!user.is_empty() && !user.contains(&b':'));
                    prop_assert!(groups.is_none_or(|g| g.iter().all(|n| !n.is_empty())));
                }
                None => {}
            }
        }
    }
}
