//! The config file of a log directory: one setting a line, the first byte says which.
//!
//! Reads one line at a time and never fails as a whole: what is understood is used, and what is
//! not is told, since a line that is silently lost may be the one that kept a log from growing.

use crate::log_pattern::Verdict;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::str::FromStr;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{digit1, one_of, u8 as number_u8, u16 as number_u16};
use nom::combinator::{all_consuming, map_opt, opt};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// The port of syslog.
const SYSLOG: u16 = 514;

/// What to do with lines while the disk is full.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WhenFull {
    /// `fblock`: stop reading and try again.
    #[default]
    Block,
    /// `fdrop`: keep reading, count what is lost, and write the number down afterwards.
    Drop,
}

/// Where lines are sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Send {
    /// The other side.
    pub to: SocketAddr,
    /// Priority in front of each packet (`<13>`), where one was asked for.
    pub priority: Option<u8>,
    /// Nothing is written to the log itself.
    pub only: bool,
}

/// One line of a config file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting<'a> {
    /// `s`: most bytes in `current`; 0 for no limit.
    Size(u64),
    /// `n`: most old files; 0 for no limit.
    Files(u64),
    /// `N`: old files that stay when the disk is full.
    LeastFiles(u64),
    /// `S`: most bytes in all old files; 0 for no limit.
    AllBytes(u64),
    /// `t`: age in seconds at which `current` is rotated; 0 for never.
    Age(u64),
    /// `!`: command for the shell; empty for none.
    Processor(&'a [u8]),
    /// `u` and `U`.
    Send(Send),
    /// `p`: text in front of each line.
    Prefix(&'a [u8]),
    /// `+ - e E`: a pattern.
    Pattern(Verdict, &'a [u8]),
    /// `f`.
    WhenFull(WhenFull),
    /// `T`: labels in local time.
    LocalTime,
}

/// Why a line was not understood, wholly or in part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem<'a> {
    /// No setting begins with this letter.
    UnknownLetter,
    /// There should be a number.
    NoNumber,
    /// Something follows the number (which was used).
    AfterNumber,
    /// Not an address.
    BadAddress(&'a [u8]),
    /// Not a port.
    BadPort(&'a [u8]),
    /// Not a word that this setting knows.
    UnknownWord,
}

/// What a line says, and what is wrong with it; neither for empty lines and comments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Line<'a> {
    /// What it says.
    pub setting: Option<Setting<'a>>,
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
}

/// Reads one line, given without its end.
#[must_use]
pub fn line(text: &[u8]) -> Line<'_> {
    let Some((&letter, rest)) = text.split_first() else {
        return Line::default();
    };
    match letter {
        b'#' => Line::default(),
        b's' => number(rest, BYTES, Setting::Size),
        b'S' => number(rest, BYTES, Setting::AllBytes),
        b'n' => number(rest, &[], Setting::Files),
        b'N' => number(rest, &[], Setting::LeastFiles),
        b't' => number(rest, &[(b'm', 60), (b'h', 3600)], Setting::Age),
        b'!' => says(Setting::Processor(rest)),
        b'p' => says(Setting::Prefix(rest)),
        b'+' => says(Setting::Pattern(Verdict::Keep, rest)),
        b'-' => says(Setting::Pattern(Verdict::Leave, rest)),
        b'e' => says(Setting::Pattern(Verdict::Alert, rest)),
        b'E' => says(Setting::Pattern(Verdict::Hush, rest)),
        b'u' | b'U' => match send(rest, letter == b'U') {
            Ok(send) => says(Setting::Send(send)),
            Err(problem) => wrong(problem),
        },
        b'f' => match rest {
            b"block" => says(Setting::WhenFull(WhenFull::Block)),
            b"drop" => says(Setting::WhenFull(WhenFull::Drop)),
            _ => wrong(Problem::UnknownWord),
        },
        b'T' if rest.is_empty() => says(Setting::LocalTime),
        b'T' => wrong(Problem::UnknownWord),
        _ => wrong(Problem::UnknownLetter),
    }
}

const BYTES: &[(u8, u64)] = &[(b'k', 1 << 10), (b'm', 1 << 20), (b'g', 1 << 30)];

const fn says(setting: Setting<'_>) -> Line<'_> {
    Line {
        setting: Some(setting),
        problem: None,
    }
}

const fn wrong(problem: Problem<'_>) -> Line<'_> {
    Line {
        setting: None,
        problem: Some(problem),
    }
}

/// A number with an optional unit; one that is too large for us is the largest we have.
fn number<'a>(text: &'a [u8], units: &[(u8, u64)], setting: fn(u64) -> Setting<'a>) -> Line<'a> {
    let digits: IResult<&[u8], &[u8]> = digit1(text);
    let Ok((rest, digits)) = digits else {
        return wrong(Problem::NoNumber);
    };
    let number = digits.iter().fold(0u64, |n, digit| {
        n.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    let unit = rest.split_first().and_then(|(letter, rest)| {
        let &(_, factor) = units.iter().find(|(unit, _)| unit == letter)?;
        Some((factor, rest))
    });
    let (factor, rest) = unit.unwrap_or((1, rest));
    let blank = rest.iter().all(|b| b" \t\r".contains(b));
    Line {
        setting: Some(setting(number.saturating_mul(factor))),
        problem: (!blank).then_some(Problem::AfterNumber),
    }
}

/// `[<priority>]address[:port]`, where an address with a port after it may stand in brackets.
fn send(text: &[u8], only: bool) -> Result<Send, Problem<'_>> {
    let (rest, priority) = opt(delimited(tag("<"), number_u8, tag(">")))
        .parse(text)
        .map_err(|_: nom::Err<nom::error::Error<&[u8]>>| Problem::BadAddress(text))?;
    let (rest, ip) = alt((bracketed, bare_v4, bare_v6))
        .parse(rest)
        .map_err(|_| Problem::BadAddress(text))?;
    let rest = rest.trim_ascii_end();
    let port = if rest.is_empty() {
        SYSLOG
    } else {
        port(rest).map_err(|_| Problem::BadPort(rest.strip_prefix(b":").unwrap_or(rest)))?
    };
    Ok(Send {
        to: SocketAddr::new(ip, port),
        priority,
        only,
    })
}

fn port(text: &[u8]) -> Result<u16, nom::Err<nom::error::Error<&[u8]>>> {
    let (_, port) = all_consuming(preceded(one_of(":"), number_u16)).parse(text)?;
    Ok(port)
}

fn bracketed(text: &[u8]) -> IResult<&[u8], IpAddr> {
    let inside = take_while1(|b: u8| b != b']' && b != b'[');
    map_opt(delimited(tag("["), inside, tag("]")), parse).parse(text)
}

fn bare_v4(text: &[u8]) -> IResult<&[u8], IpAddr> {
    map_opt(take_while(|b: u8| b.is_ascii_digit() || b == b'.'), |ip| {
        parse::<Ipv4Addr>(ip).map(IpAddr::V4)
    })
    .parse(text)
}

fn bare_v6(text: &[u8]) -> IResult<&[u8], IpAddr> {
    let digits = take_while(|b: u8| b.is_ascii_hexdigit() || b == b'.' || b == b':');
    map_opt(digits, |ip| parse::<Ipv6Addr>(ip).map(IpAddr::V6)).parse(text)
}

fn parse<T: FromStr>(text: &[u8]) -> Option<T> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn understood(text: &[u8]) -> Setting<'_> {
        let line = line(text);
        assert_eq!(line.problem, None, "{text:?}");
        line.setting.unwrap()
    }

    #[test]
    fn numbers_have_units_where_they_make_sense() {
        assert_eq!(understood(b"s1000000"), Setting::Size(1_000_000));
        assert_eq!(understood(b"s2k"), Setting::Size(2048));
        assert_eq!(understood(b"S3g"), Setting::AllBytes(3 << 30));
        assert_eq!(understood(b"n0"), Setting::Files(0));
        assert_eq!(understood(b"N5 "), Setting::LeastFiles(5));
        assert_eq!(understood(b"t2h"), Setting::Age(7200));
        assert_eq!(
            understood(b"s99999999999999999999999"),
            Setting::Size(u64::MAX)
        );
        assert_eq!(line(b"n2k").problem, Some(Problem::AfterNumber));
        assert_eq!(line(b"s10mb").setting, Some(Setting::Size(10 << 20)));
        assert_eq!(line(b"s10mb").problem, Some(Problem::AfterNumber));
        assert_eq!(line(b"s").problem, Some(Problem::NoNumber));
        assert_eq!(line(b"n-1").setting, None);
    }

    #[test]
    fn addresses_of_both_kinds_with_and_without_a_port() {
        let to = |text| match understood(text) {
            Setting::Send(send) => std::format!("{} {:?} {}", send.to, send.priority, send.only),
            other => panic!("{other:?}"),
        };
        assert_eq!(to(b"u10.0.0.1"), "10.0.0.1:514 None false");
        assert_eq!(to(b"U10.0.0.1:99"), "10.0.0.1:99 None true");
        assert_eq!(to(b"u[10.0.0.1]:99"), "10.0.0.1:99 None false");
        assert_eq!(to(b"u::1"), "[::1]:514 None false");
        assert_eq!(to(b"u[fe80::1]"), "[fe80::1]:514 None false");
        assert_eq!(to(b"u<13>[fe80::1]:5"), "[fe80::1]:5 Some(13) false");
        assert_eq!(line(b"ufoo").problem, Some(Problem::BadAddress(b"foo")));
        assert_eq!(
            line(b"u1.2.3.4:foo").problem,
            Some(Problem::BadPort(b"foo"))
        );
        assert_eq!(
            line(b"u1.2.3.4:99999").problem,
            Some(Problem::BadPort(b"99999"))
        );
        assert_eq!(line(b"u1.2.3.4x").problem, Some(Problem::BadPort(b"x")));
        assert_eq!(line(b"u1.2.3").problem, Some(Problem::BadAddress(b"1.2.3")));
        assert_eq!(line(b"u").problem, Some(Problem::BadAddress(b"")));
    }

    #[test]
    fn texts_are_taken_as_they_are() {
        assert_eq!(understood(b"!gzip -9 "), Setting::Processor(b"gzip -9 "));
        assert_eq!(understood(b"phost: "), Setting::Prefix(b"host: "));
        assert_eq!(understood(b"-*"), Setting::Pattern(Verdict::Leave, b"*"));
        assert_eq!(understood(b"E"), Setting::Pattern(Verdict::Hush, b""));
        assert_eq!(understood(b"fdrop"), Setting::WhenFull(WhenFull::Drop));
        assert_eq!(understood(b"T"), Setting::LocalTime);
        assert_eq!(line(b"fwait").problem, Some(Problem::UnknownWord));
        assert_eq!(line(b"xyz").problem, Some(Problem::UnknownLetter));
        assert_eq!(line(b" s10").problem, Some(Problem::UnknownLetter));
        assert_eq!((line(b""), line(b"#x")), (Line::default(), Line::default()));
    }

    /// Mostly a letter that means something, and then what numbers, units, addresses and words are
    /// made of; sometimes any bytes.
    fn likely() -> impl Strategy<Value = std::vec::Vec<u8>> {
        let letter = prop::sample::select(b"snNStuUpfT!+-eE#x".to_vec());
        let part = prop::sample::select(std::vec![
            "0",
            "1",
            "25",
            "255",
            "256",
            "65535",
            "65536",
            "99999999999999999999",
            ".",
            ":",
            "::",
            "[",
            "]",
            "<",
            ">",
            "<13>",
            "k",
            "m",
            "g",
            "h",
            "a",
            "ffff",
            "%eth0",
            "block",
            "drop",
            " ",
            "\t",
            "\r",
            "-",
            "+",
            "\0",
            "\u{fc}",
            "10.0.0.1",
            "fe80::1",
        ]);
        let typed = (letter, proptest::collection::vec(part, 0..8)).prop_map(|(letter, parts)| {
            let mut text = std::vec![letter];
            text.extend(parts.concat().into_bytes());
            text
        });
        prop_oneof![4 => typed, 1 => proptest::collection::vec(any::<u8>(), 0..60)]
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn no_line_panics_and_each_says_something_or_is_a_comment(text in likely()) {
            let line = line(&text);
            let silent = text.is_empty() || text[0] == b'#';
            prop_assert_eq!(line == Line::default(), silent);
            // What is understood only in part is so for what follows a number, and nothing else.
            let partly = line.setting.is_some() && line.problem.is_some();
            prop_assert!(!partly || line.problem == Some(Problem::AfterNumber));
        }

        #[test]
        fn addresses_read_as_rust_prints_them(ip in any::<[u8; 16]>(), v6 in any::<bool>(), port in any::<u16>()) {
            let ip = if v6 { IpAddr::from(ip) } else { IpAddr::from([ip[0], ip[1], ip[2], ip[3]]) };
            let to = SocketAddr::new(ip, port);
            let text = std::format!("u{to}");
            let expected = Setting::Send(Send { to, priority: None, only: false });
            prop_assert_eq!(line(text.as_bytes()).setting, Some(expected));
        }
    }
}
