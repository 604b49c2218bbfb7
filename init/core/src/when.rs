//! When a shutdown is to be: what people type, and which moment that is.
//!
//! `now`, `+m` and `m` count from now on the clock that a step of the wall clock does not move;
//! `hh:mm` is the next time that the clock on the wall shows it. It never reads a clock or a time
//! zone: both are given.

use crate::decimal;
use nom::bytes::complete::take_while_m_n;
use nom::character::complete::char;
use nom::combinator::{all_consuming, map_opt};
use nom::sequence::separated_pair;
use nom::{IResult, Parser};

/// A day, in seconds.
const DAY: i64 = 86_400;
/// The longest wait, in minutes: a year.
pub const MOST_MINUTES: u32 = 366 * 24 * 60;

/// A moment as it is typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// In so many minutes; 0 is now.
    In(u32),
    /// The next time it is that late.
    At {
        /// 0 to 23.
        hour: u8,
        /// 0 to 59.
        minute: u8,
    },
}

/// Reads `now`, `+m`, `m` and `hh:mm` (one digit of the hour will do), and nothing else.
#[must_use]
pub fn parse(text: &[u8]) -> Option<When> {
    if text == b"now" {
        return Some(When::In(0));
    }
    if let Ok((_, (hour, minute))) = all_consuming(time_of_day).parse(text) {
        return Some(When::At { hour, minute });
    }
    let minutes = decimal::unsigned(text.strip_prefix(b"+").unwrap_or(text))?;
    let minutes = u32::try_from(minutes).ok()?;
    (minutes <= MOST_MINUTES).then_some(When::In(minutes))
}

fn time_of_day(text: &[u8]) -> IResult<&[u8], (u8, u8)> {
    separated_pair(number(1, 24), char(':'), number(2, 60)).parse(text)
}

/// One or two digits, at least so many, that say less than `below`.
fn number<'a>(
    least: usize,
    below: u64,
) -> impl Parser<&'a [u8], Output = u8, Error = nom::error::Error<&'a [u8]>> {
    map_opt(
        take_while_m_n(least, 2, |b: u8| b.is_ascii_digit()),
        move |digits: &[u8]| {
            let number = decimal::unsigned(digits).filter(|&n| n < below)?;
            u8::try_from(number).ok()
        },
    )
}

/// The first moment after `now` (seconds since 1970) at which clocks on the wall show that time of
/// day; `east` gives how many seconds they are ahead of UTC at a moment.
///
/// Where that time is left out on a day, since the clocks are put forward, it is the moment that is
/// as long after midnight.
pub fn next(now: i64, hour: u8, minute: u8, east: impl Fn(i64) -> i64) -> i64 {
    let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60;
    let today = now.saturating_add(east(now)).div_euclid(DAY) * DAY;
    for days in 0..3 {
        let shown = today.saturating_add(days * DAY + of_day);
        // Where clocks are put back the same time is shown twice: both are tried, the earlier first.
        let before = shown.saturating_sub(east(shown.saturating_sub(DAY)));
        let after = shown.saturating_sub(east(shown.saturating_add(DAY)));
        let candidates = [before.min(after), before.max(after)];
        let is_shown = |at: &i64| at.saturating_add(east(*at)) == shown;
        let exact = candidates.into_iter().filter(is_shown).find(|&at| at > now);
        let any = || {
            let skipped = !candidates.iter().any(is_shown);
            (skipped && before > now).then_some(before)
        };
        if let Some(at) = exact.or_else(any) {
            return at;
        }
    }
    now.saturating_add(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_forms_are_times() {
        let at = |hour, minute| Some(When::At { hour, minute });
        for (text, when) in [
            ("now", Some(When::In(0))),
            ("+0", Some(When::In(0))),
            ("+5", Some(When::In(5))),
            ("5", Some(When::In(5))),
            ("+005", Some(When::In(5))),
            ("527040", Some(When::In(MOST_MINUTES))),
            ("0:00", at(0, 0)),
            ("8:05", at(8, 5)),
            ("08:05", at(8, 5)),
            ("23:59", at(23, 59)),
        ] {
            assert_eq!(parse(text.as_bytes()), when, "{text}");
        }
        for bad in [
            "",
            "+",
            "-1",
            "++1",
            "Now",
            "now ",
            "24:00",
            "12:60",
            "12:5",
            "1:2:3",
            ":30",
            "12:",
            "123:00",
            "12:300",
            "+12:00",
            "527041",
            "99999999999999999999",
            "1h",
            "8pm",
            "1 ",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    /// Midnight UTC of some day, and two offsets: clocks change at `change`.
    const MIDNIGHT: i64 = 20_000 * DAY;

    #[test]
    fn the_same_minute_is_tomorrows() {
        let noon = MIDNIGHT + 12 * 3600;
        assert_eq!(next(noon - 1, 12, 0, |_| 0), noon);
        assert_eq!(next(noon, 12, 0, |_| 0), noon + DAY);
        assert_eq!(next(noon + 30, 12, 0, |_| 0), noon + DAY);
        // In a zone ahead of UTC it is the next day already.
        assert_eq!(next(noon, 1, 0, |_| 13 * 3600), MIDNIGHT + 12 * 3600 + DAY);
        assert_eq!(next(noon - 1, 1, 0, |_| 13 * 3600), noon);
    }

    #[test]
    fn clocks_that_are_put_on_and_back_show_it_all_the_same() {
        // Put forward at 01:00 UTC, from 02:00 to 03:00 on the wall.
        let forward = |at| if at < MIDNIGHT + 3600 { 3600 } else { 7200 };
        assert_eq!(next(MIDNIGHT, 3, 0, forward), MIDNIGHT + 3600);
        // 02:30 is left out.
        assert_eq!(next(MIDNIGHT, 2, 30, forward), MIDNIGHT + 5400);
        // Put back at 01:00 UTC, from 03:00 to 02:00: 02:30 is shown twice.
        let back = |at| if at < MIDNIGHT + 3600 { 7200 } else { 3600 };
        assert_eq!(next(MIDNIGHT, 2, 30, back), MIDNIGHT + 1800);
        assert_eq!(next(MIDNIGHT + 1800, 2, 30, back), MIDNIGHT + 5400);
        assert_eq!(next(MIDNIGHT + 5400, 2, 30, back), MIDNIGHT + 5400 + DAY);
    }

    proptest! {
        #![proptest_config(crate::cases(3_000))]
        #[test]
        fn it_comes_within_a_day_and_shows_that_time(
            now in -DAY..40_000 * DAY, hour in 0u8..24, minute in 0u8..60,
            zone in -14i64..15, step in prop::sample::select(std::vec![-3600i64, -1800, 0, 1800, 3600]),
            ahead in -2 * DAY..2 * DAY
        ) {
            let change = now + ahead;
            let east = |at: i64| zone * 3600 + if at < change { 0 } else { step };
            let at = next(now, hour, minute, east);
            prop_assert!(at > now && at <= now + DAY + 3600 + 3600, "{}", at - now);
            let shown = (at + east(at)).rem_euclid(DAY);
            let wanted = i64::from(hour) * 3600 + i64::from(minute) * 60;
            // Only near a change may the clock show something else, and never by more than it moves.
            let off = (shown - wanted).rem_euclid(DAY);
            let off = off.min(DAY - off);
            prop_assert!(off == 0 || (step > 0 && off <= step && (at - change).abs() <= step), "{off}");
        }

        #[test]
        fn any_bytes_are_answered(text in prop::collection::vec(prop_oneof![Just(b'+'), Just(b':'), b'0'..=b'9', any::<u8>()], 0..9)) {
            if let Some(When::At { hour, minute }) = parse(&text) {
                prop_assert!(hour < 24 && minute < 60);
            }
        }
    }
}
