//! Other words for levels: what `init 3`, `telinit 1` or `runsvchdir S` mean, as one file says it.
//!
//! The file `aliases` among the levels has a line `WORD LEVEL` for each word, `#` begins a comment.
//! In the place of a level `@poweroff`, `@reboot`, `@halt` and `@kexec` are ways for the machine to
//! end. It decides what a word stands for, not whether there is such a level. A line that is none
//! never hides another.

use crate::power::Ending;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{space0, space1};
use nom::combinator::{all_consuming, eof, rest, value};
use nom::sequence::{delimited, preceded, separated_pair};
use nom::{IResult, Parser};

/// Name of the file, among the levels.
pub const FILE: &core::ffi::CStr = c"aliases";

/// The file as it is installed, for a machine that has none.
pub const STANDARD: &[u8] = include_bytes!("../../../runsvdir-levels/aliases");

/// What a word stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target<'a> {
    /// The level of this name.
    Level(&'a [u8]),
    /// Not a level: the machine ends like this.
    End(Ending),
}

/// What `word` stands for in the text of the file; the last line about it counts.
#[must_use]
pub fn resolve<'a>(file: &'a [u8], word: &[u8]) -> Option<Target<'a>> {
    let mine = entries(file).filter(|&(alias, _)| alias == word);
    mine.last().map(|(_, target)| target)
}

/// The word of one character for a level, the first that still means it: what tools that only know
/// the runlevels of System V are told.
#[must_use]
pub fn runlevel(file: &[u8], level: &[u8]) -> Option<u8> {
    let mut all = entries(file);
    all.find_map(|(alias, _)| match alias {
        [one] if resolve(file, alias) == Some(Target::Level(level)) => Some(*one),
        _ => None,
    })
}

/// The lines of the file that are some, in their order: word and meaning.
pub fn entries(file: &[u8]) -> impl Iterator<Item = (&[u8], Target<'_>)> {
    file.split(|&b| b == b'\n').filter_map(|line| {
        all_consuming(entry)
            .parse(line)
            .ok()
            .map(|(_, found)| found)
    })
}

/// Can this be a level's name? It is a directory among the levels, and not one of the links that
/// say which is in use.
#[must_use]
pub fn is_name(name: &[u8]) -> bool {
    let reserved: [&[u8]; 5] = [
        b"current",
        b"previous",
        b"current.new",
        b"previous.new",
        b"aliases",
    ];
    !name.is_empty()
        && !name.starts_with(b".")
        && !name.starts_with(b"-")
        && !name.starts_with(b"@")
        && !name.contains(&b'/')
        && !name.contains(&0)
        && !reserved.contains(&name)
}

fn entry(line: &[u8]) -> IResult<&[u8], (&[u8], Target<'_>)> {
    let pair = separated_pair(word, space1, target);
    delimited(space0, pair, (space0, comment)).parse(line)
}

fn target(text: &[u8]) -> IResult<&[u8], Target<'_>> {
    let ending = alt((
        value(Ending::PowerOff, tag("poweroff")),
        value(Ending::Restart, tag("reboot")),
        value(Ending::Halt, tag("halt")),
        value(Ending::Kexec, tag("kexec")),
    ));
    alt((
        preceded(tag("@"), ending).map(Target::End),
        word.map(Target::Level),
    ))
    .parse(text)
}

/// A word that can be typed as an argument and found as a name.
fn word(text: &[u8]) -> IResult<&[u8], &[u8]> {
    let part = take_while1(|b: u8| !matches!(b, b' ' | b'\t' | b'\r' | b'#' | 0));
    nom::combinator::verify(part, is_name).parse(text)
}

fn comment(text: &[u8]) -> IResult<&[u8], ()> {
    let carriage = nom::combinator::opt(tag("\r"));
    let end = alt((eof, preceded(tag("#"), rest)));
    value((), preceded(carriage, end)).parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn level(name: &str) -> Option<Target<'_>> {
        Some(Target::Level(name.as_bytes()))
    }

    #[test]
    fn the_installed_file_says_what_people_expect() {
        let means = |word: &str| resolve(STANDARD, word.as_bytes());
        assert_eq!(means("0"), Some(Target::End(Ending::PowerOff)));
        assert_eq!(means("6"), Some(Target::End(Ending::Restart)));
        for word in ["1", "S", "s"] {
            assert_eq!(means(word), level("single"), "{word}");
        }
        for word in ["2", "3", "4", "5"] {
            assert_eq!(means(word), level("default"), "{word}");
        }
        assert_eq!(means("7"), None);
        assert_eq!(runlevel(STANDARD, b"default"), Some(b'2'));
        assert_eq!(runlevel(STANDARD, b"single"), Some(b'1'));
        assert_eq!(runlevel(STANDARD, b"rescue"), None);
        // Every line of it is either one or a comment.
        let lines = STANDARD
            .split(|&b| b == b'\n')
            .filter(|line| !line.is_empty() && line[0] != b'#');
        assert_eq!(lines.count(), entries(STANDARD).count());
    }

    #[test]
    fn the_last_line_about_a_word_counts() {
        let file = b"3 a\n3 b # later\nx a";
        assert_eq!(resolve(file, b"3"), level("b"));
        assert_eq!(runlevel(file, b"a"), Some(b'x'));
        assert_eq!(runlevel(b"xy a\n3 a\n3 b\n", b"a"), None);
    }

    #[test]
    fn lines_that_are_none_are_passed_over() {
        for bad in [
            "3",
            "3 ",
            "3 a b",
            "3 ../etc",
            "3 a/b",
            "3 .x",
            "3 -x",
            "3 @sleep",
            "3 @",
            "3 current",
            "3 previous",
            "3 aliases",
            "#3 a",
            "3#a",
            "3 a\0",
            ".3 a",
            "current a",
            "3 @poweroffx",
        ] {
            let file = std::format!("{bad}\n4 b");
            assert_eq!(resolve(file.as_bytes(), b"3"), None, "{bad:?}");
            assert_eq!(resolve(file.as_bytes(), b"4"), level("b"), "{bad:?}");
            assert_eq!(entries(file.as_bytes()).count(), 1, "{bad:?}");
        }
        assert_eq!(resolve(b"\t 3\ta\t#x\r\n", b"3"), level("a"));
        assert_eq!(resolve(b"3 a\r\n4 b\r\n", b"3"), level("a"));
        assert_eq!(resolve(b"3 a#x", b"3"), level("a"));
        let end = Some(Target::End(Ending::Kexec));
        assert_eq!(resolve(b"k @kexec#", b"k"), end);
    }

    #[test]
    fn what_names_a_place_or_a_link_is_no_level() {
        for name in ["default", "0", "multi-user", "a b", "x.y"] {
            assert!(is_name(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "-x",
            "@reboot",
            "current",
            "previous",
            "current.new",
        ] {
            assert!(!is_name(name.as_bytes()), "{name}");
        }
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn what_is_written_is_read_back(pairs in prop::collection::vec(("[a-zA-Z0-9][a-z0-9._+-]{0,9}", "[a-zA-Z0-9][a-z0-9._+-]{0,9}", "[ \t]{1,3}", "([ \t]*#[ -~]{0,9})?"), 0..8)) {
            let mut file = std::string::String::new();
            let mut wanted: Vec<(&str, &str)> = Vec::new();
            for (word, name, gap, note) in &pairs {
                file.push_str(&std::format!("{gap}{word}{gap}{name}{note}\n"));
                if is_name(word.as_bytes()) && is_name(name.as_bytes()) {
                    wanted.push((word, name));
                }
            }
            let got: Vec<_> = entries(file.as_bytes()).collect();
            prop_assert_eq!(got.len(), wanted.len());
            for (word, _) in &wanted {
                let last = wanted.iter().rev().find(|(w, _)| w == word).map(|(_, n)| *n);
                prop_assert_eq!(resolve(file.as_bytes(), word.as_bytes()), level(last.expect("it is in")));
            }
        }

        #[test]
        fn any_bytes_are_answered(file in prop::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), Just(b'#'), Just(b'@'), Just(b'3'), any::<u8>()], 0..60)) {
            for (word, target) in entries(&file) {
                prop_assert!(is_name(word));
                if let Target::Level(name) = target {
                    prop_assert!(is_name(name));
                }
                prop_assert!(resolve(&file, word).is_some());
            }
        }
    }
}
