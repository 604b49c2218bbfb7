//! Lines of /etc/passwd and /etc/group, and nothing but these two files.
//!
//! It decides which account a name is. It never asks the name service (a static binary cannot),
//! and a line that is garbage is as if it were not there: the rest of the file still counts.

use crate::decimal;
use nom::bytes::complete::{tag, take_till, take_till1};
use nom::combinator::{map_opt, opt, rest};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

/// What of a user's line matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account<'a> {
    /// Login name.
    pub name: &'a [u8],
    /// User id.
    pub uid: u32,
    /// Primary group.
    pub gid: u32,
}

/// A group's line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Group id.
    pub gid: u32,
    /// Login names, separated by commas.
    pub members: &'a [u8],
}

impl Group<'_> {
    /// Whether the line lists this user.
    #[must_use]
    pub fn has(&self, user: &[u8]) -> bool {
        self.members.split(|&b| b == b',').any(|name| name == user)
    }
}

const fn ends_field(byte: u8) -> bool {
    byte == b':'
}

fn field(line: &[u8]) -> IResult<&[u8], &[u8]> {
    terminated(take_till(ends_field), tag(&b":"[..])).parse(line)
}

fn name(line: &[u8]) -> IResult<&[u8], &[u8]> {
    terminated(take_till1(ends_field), tag(&b":"[..])).parse(line)
}

fn id(line: &[u8]) -> IResult<&[u8], u32> {
    map_opt(take_till1(ends_field), decimal::id).parse(line)
}

/// `name:password:uid:gid:...`
#[must_use]
pub fn account(line: &[u8]) -> Option<Account<'_>> {
    let uid = terminated(id, tag(&b":"[..]));
    let read: IResult<&[u8], _> = (name, field, uid, id).parse(line);
    let (_, (name, _, uid, gid)) = read.ok()?;
    Some(Account { name, uid, gid })
}

/// `name:password:gid:members`
#[must_use]
pub fn group(line: &[u8]) -> Option<Group<'_>> {
    let members = opt(preceded(tag(&b":"[..]), rest));
    let read: IResult<&[u8], _> = (name, field, id, members).parse(line);
    let (_, (name, _, gid, members)) = read.ok()?;
    Some(Group {
        name,
        gid,
        members: members.unwrap_or(b""),
    })
}

/// The user of this name in the text of a passwd file; the first line that makes sense counts.
#[must_use]
pub fn find_account<'a>(file: &'a [u8], name: &[u8]) -> Option<Account<'a>> {
    of_name(file, name)
        .filter_map(account)
        .find(|found| found.name == name)
}

/// The group of this name in the text of a group file; the first line that makes sense counts.
#[must_use]
pub fn find_group<'a>(file: &'a [u8], name: &[u8]) -> Option<Group<'a>> {
    of_name(file, name)
        .filter_map(group)
        .find(|found| found.name == name)
}

/// The groups that list this user, in the order of the file.
pub fn groups_of<'a>(file: &'a [u8], user: &'a [u8]) -> impl Iterator<Item = u32> + use<'a> {
    lines(file)
        .filter_map(group)
        .filter(move |group| group.has(user))
        .map(|group| group.gid)
}

/// Blanks before a line are no part of it, and a line after `#` is a remark.
fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    file.split(|&b| b == b'\n')
        .map(<[u8]>::trim_ascii_start)
        .filter(|line| !line.starts_with(b"#"))
}

/// The lines that begin with this name: nearly all are told apart by their first bytes.
fn of_name<'a>(file: &'a [u8], name: &[u8]) -> impl Iterator<Item = &'a [u8]> {
    lines(file).filter(move |line| {
        line.get(name.len()) == Some(&b':') && line.starts_with(name) && !name.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    const PASSWD: &[u8] = b"root:x:0:0:root:/root:/bin/sh\n\
        joe:x:garbage:1::/:\n\
        joe:x:1000:1001:Joe:/home/joe:/bin/sh\n\
        joe:x:7:7::/:\n\
        #off:x:9:9::/:\n\
        \x20 blank:x:10:11::/:\n\
        short:x:8:9";

    #[test]
    fn the_first_line_that_makes_sense_is_the_account() {
        let found = |name: &[u8]| find_account(PASSWD, name).map(|a| (a.uid, a.gid));
        assert_eq!(found(b"root"), Some((0, 0)));
        assert_eq!(found(b"joe"), Some((1000, 1001)));
        assert_eq!(found(b"short"), Some((8, 9)));
        assert_eq!(found(b"blank"), Some((10, 11)));
        for unknown in [
            "", "jo", "joes", "x", "joe:x", "Joe", "off", "#off", " blank",
        ] {
            assert_eq!(found(unknown.as_bytes()), None, "{unknown:?}");
        }
    }

    #[test]
    fn garbage_is_no_account() {
        for line in [
            "",
            "a",
            "a:",
            "a:x",
            "a:x:",
            "a:x:1",
            "a:x:1:",
            "a:x::1:",
            "a:x:1::",
            ":x:1:1:",
            "a:x:-1:1:",
            "a:x: 1:1:",
            "a:x:1:1 :",
            "a:x:4294967295:1:",
            "a:x:4294967296:1:",
            "a:x:0x1:1:",
            "+a:x:::::",
            "a:x:1:1x",
        ] {
            assert_eq!(account(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn a_group_lists_its_members() {
        let file = b"root:x:0:\naudio:x:29:joe,ann\nvideo:x:44:ann\nbare:*:50\nx:x:y:joe\nlast:x:60:bob,joe";
        assert_eq!(find_group(file, b"audio").map(|g| g.gid), Some(29));
        assert_eq!(find_group(file, b"bare").map(|g| g.gid), Some(50));
        assert_eq!(find_group(file, b"x"), None);
        let of = |user: &'static [u8]| groups_of(file, user).collect::<Vec<_>>();
        assert_eq!(of(b"joe"), [29, 60]);
        assert_eq!(of(b"ann"), [29, 44]);
        assert_eq!(of(b"jo"), []);
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn any_bytes_are_answered(
            file in prop::collection::vec(prop_oneof![Just(b':'), Just(b'\n'), Just(b'a'), b'0'..=b'9', any::<u8>()], 0..80),
            name in "[a:]{0,3}",
        ) {
            if let Some(account) = find_account(&file, name.as_bytes()) {
                prop_assert_eq!(account.name, name.as_bytes());
            }
            if let Some(group) = find_group(&file, name.as_bytes()) {
                prop_assert_eq!(group.name, name.as_bytes());
            }
            let _ = groups_of(&file, name.as_bytes()).count();
        }

        /// A well-formed file is read as it was written, whatever stands in the fields not used.
        #[test]
        fn an_account_is_found_among_others(
            before in prop::collection::vec("[a-z:0-9\\x00-\\x09]{0,20}", 0..6),
            name in "[A-Z][a-z0-9_-]{0,8}",
            uid in 0..u32::MAX, gid in 0..u32::MAX,
            password in "[^:\n]{0,6}", tail in "(:[^:\n]{0,6}){0,3}",
        ) {
            let mut file = String::new();
            for line in &before {
                file.push_str(line);
                file.push('\n');
            }
            file.push_str(&std::format!("{name}:{password}:{uid}:{gid}{tail}\n"));
            let found = find_account(file.as_bytes(), name.as_bytes());
            prop_assert_eq!(found, Some(Account { name: name.as_bytes(), uid, gid }));
        }
    }
}
