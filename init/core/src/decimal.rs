//! Decimal numbers as they are typed and as they stand in files: digits and nothing else.
//!
//! A number that does not fit is none: wrapping round is how a wrong value passes for a right one.

use nom::character::complete::u64 as digits;
use nom::combinator::all_consuming;
use nom::{IResult, Parser};

/// Reads one or more digits and nothing else.
#[must_use]
pub fn unsigned(text: &[u8]) -> Option<u64> {
    let read: IResult<&[u8], u64> = all_consuming(digits).parse(text);
    read.ok().map(|(_, number)| number)
}

/// The same for a number of at most 32 bits: user and group ids.
///
/// All ones is no id: the kernel reads it as "leave as it is".
#[must_use]
pub fn id(text: &[u8]) -> Option<u32> {
    let id = u32::try_from(unsigned(text)?).ok()?;
    (id != u32::MAX).then_some(id)
}

/// A step up or down: digits with an optional plus or minus; too far is as far as possible.
#[must_use]
pub fn step(text: &[u8]) -> Option<i32> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if rest.is_empty() || !rest.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = unsigned(rest)
        .and_then(|n| i32::try_from(n).ok())
        .unwrap_or(i32::MAX);
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn only_digits_that_fit_are_a_number() {
        assert_eq!(unsigned(b"0"), Some(0));
        assert_eq!(unsigned(b"010"), Some(10));
        assert_eq!(unsigned(b"18446744073709551615"), Some(u64::MAX));
        for bad in [
            "",
            "18446744073709551616",
            "1x",
            " 1",
            "1 ",
            "+1",
            "-1",
            "0x1",
        ] {
            assert_eq!(unsigned(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(id(b"4294967294"), Some(4_294_967_294));
        assert_eq!((id(b"4294967295"), id(b"4294967296")), (None, None));
    }

    #[test]
    fn a_step_has_one_sign_at_most() {
        assert_eq!(step(b"5"), Some(5));
        assert_eq!(step(b"+5"), Some(5));
        assert_eq!(step(b"-5"), Some(-5));
        assert_eq!(step(b"99999999999999999999"), Some(i32::MAX));
        assert_eq!(step(b"-99999999999"), Some(-i32::MAX));
        for bad in ["", "-", "+", "+-5", "--5", "5x", " 5"] {
            assert_eq!(step(bad.as_bytes()), None, "{bad:?}");
        }
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn what_is_printed_is_read_back(n in any::<u64>(), s in -i32::MAX..i32::MAX) {
            prop_assert_eq!(unsigned(n.to_string().as_bytes()), Some(n));
            prop_assert_eq!(step(s.to_string().as_bytes()), Some(s));
        }

        #[test]
        fn any_bytes_are_answered(text in prop::collection::vec(any::<u8>(), 0..24)) {
            let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
            prop_assert!(digits || unsigned(&text).is_none());
            let _ = (id(&text), step(&text));
        }
    }
}
