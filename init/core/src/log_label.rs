//! Labels of log lines: the time in front of each line, in one of three styles.
//!
//! A label is made for a batch of lines, not for each; within one second only the digits of the
//! fraction are written anew. It never reads a clock or a time zone: both are given.

use crate::tai::Tai64n;

/// Length of every label, the space behind it included.
pub const LABEL: usize = 26;

/// How a label looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// `-t`: `@` and 24 hexadecimal digits.
    Tai64n,
    /// `-tt`: `2026-02-28_23:59:59.12345`.
    Underscore,
    /// `-ttt`: `2026-02-28T23:59:59.12345`.
    LetterT,
}

/// A date and time of day, by the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Civil {
    /// Year; negative and beyond 9999 where the clock says so.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

/// The date and time of day that many seconds after 1970 began.
#[must_use]
pub fn civil(unix: i64) -> Civil {
    let (days, rest) = (unix.div_euclid(86_400), unix.rem_euclid(86_400));
    // Eras of 400 years, which all have as many days, counted from a 1st of March: leap days are
    // then the last of their year.
    let from_march = days + 719_468;
    let (era, day) = (
        from_march.div_euclid(146_097),
        from_march.rem_euclid(146_097),
    );
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let january_on = month >= 10;
    Civil {
        year: era * 400 + year + i64::from(january_on),
        month: (if january_on { month - 9 } else { month + 3 }) as u8,
        day: (of_year - (153 * month + 2) / 5 + 1) as u8,
        hour: (rest / 3600) as u8,
        minute: (rest / 60 % 60) as u8,
        second: (rest % 60) as u8,
    }
}

/// A label that is kept up to date.
#[derive(Clone, Debug)]
pub struct Label {
    style: Style,
    bytes: [u8; LABEL],
    /// Second and offset that the bytes stand for.
    of: Option<(u64, i64)>,
}

impl Label {
    /// A label that has no time yet.
    #[must_use]
    pub const fn new(style: Style) -> Label {
        Label {
            style,
            bytes: [b' '; LABEL],
            of: None,
        }
    }

    /// Makes it say `now`, in a time zone that many seconds east of UTC (TAI64N has none).
    pub fn set(&mut self, now: Tai64n, east: i64) {
        let same_second = self.of == Some((now.sec, east));
        self.of = Some((now.sec, east));
        match self.style {
            Style::Tai64n if same_second => {
                let nano = now.nano.to_be_bytes();
                hexadecimal(&mut self.bytes[17..25], &nano);
            }
            Style::Tai64n => self.bytes[..25].copy_from_slice(&now.label()),
            Style::Underscore | Style::LetterT => {
                if !same_second {
                    let between = if self.style == Style::LetterT {
                        b'T'
                    } else {
                        b'_'
                    };
                    self.date(civil(now.unix_sec().wrapping_add(east)), between);
                }
                decimal(&mut self.bytes[20..25], u64::from(now.nano / 10_000));
            }
        }
    }

    /// The label with a space behind it.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; LABEL] {
        &self.bytes
    }

    fn date(&mut self, c: Civil, between: u8) {
        let b = &mut self.bytes;
        b.copy_from_slice(b"0000-00-00_00:00:00.00000 ");
        b[10] = between;
        decimal(&mut b[0..4], c.year.unsigned_abs());
        decimal(&mut b[5..7], c.month.into());
        decimal(&mut b[8..10], c.day.into());
        decimal(&mut b[11..13], c.hour.into());
        decimal(&mut b[14..16], c.minute.into());
        decimal(&mut b[17..19], c.second.into());
    }
}

/// Writes the last digits of a number, as many as there is room for.
fn decimal(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn hexadecimal(place: &mut [u8], bytes: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in place.chunks_exact_mut(2).zip(bytes) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(style: Style, sec: i64, nano: u32, east: i64) -> std::string::String {
        let mut label = Label::new(style);
        label.set(Tai64n::from_unix(sec, nano), east);
        std::string::String::from_utf8_lossy(label.bytes()).into_owned()
    }

    #[test]
    fn the_three_styles() {
        assert_eq!(text(Style::Tai64n, 0, 1, 0), "@400000000000000a00000001 ");
        let sec = 1_772_323_199; // 2026-02-28 23:59:59 UTC
        assert_eq!(
            text(Style::Underscore, sec, 123_456_789, 0),
            "2026-02-28_23:59:59.12345 "
        );
        assert_eq!(
            text(Style::LetterT, sec, 9_999, 0),
            "2026-02-28T23:59:59.00000 "
        );
        assert_eq!(
            text(Style::LetterT, sec, 0, 3600),
            "2026-03-01T00:59:59.00000 "
        );
        assert_eq!(
            text(Style::Underscore, sec + 1, 0, -7200),
            "2026-02-28_22:00:00.00000 "
        );
    }

    #[test]
    fn leap_days_and_the_ends_of_centuries() {
        let date = |unix| {
            let c = civil(unix);
            (c.year, c.month, c.day)
        };
        assert_eq!(date(951_782_400), (2000, 2, 29));
        assert_eq!(date(4_107_456_000), (2100, 2, 28));
        assert_eq!(date(4_107_542_400), (2100, 3, 1));
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(-62_167_219_200), (0, 1, 1));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn each_day_is_one_after_the_day_before(day in -4_000_000i64..4_000_000) {
            let (a, b) = (civil(day * 86_400), civil((day + 1) * 86_400));
            let next_day = b.day == a.day + 1 && (b.month, b.year) == (a.month, a.year);
            let next_month = b.day == 1 && b.month == a.month + 1 && b.year == a.year && a.day >= 28;
            let next_year = (b.day, b.month, b.year) == (1, 1, a.year + 1) && (a.day, a.month) == (31, 12);
            prop_assert!(next_day || next_month || next_year);
        }

        #[test]
        fn a_label_kept_up_to_date_is_the_same_as_a_new_one(
            style in prop_oneof![Just(Style::Tai64n), Just(Style::Underscore), Just(Style::LetterT)],
            times in proptest::collection::vec((0i64..3, 0u32..1_000_000_000, -1i64..1), 1..20),
        ) {
            let mut kept = Label::new(style);
            for (sec, nano, east) in times {
                let (now, east) = (Tai64n::from_unix(1_772_323_198 + sec, nano), east * 3600);
                kept.set(now, east);
                let mut new = Label::new(style);
                new.set(now, east);
                prop_assert_eq!(kept.bytes(), new.bytes());
            }
        }

        #[test]
        fn no_clock_makes_a_label_panic(sec in any::<u64>(), nano in any::<u32>(), east in -100_000i64..100_000) {
            for style in [Style::Tai64n, Style::Underscore, Style::LetterT] {
                Label::new(style).set(Tai64n { sec, nano }, east);
            }
        }
    }
}
