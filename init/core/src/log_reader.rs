//! TAI64N labels in text, made readable: what `svtai` does.
//!
//! Only what stands at the beginning of a line and is a label to its last digit is touched; any
//! other line passes as it is.

use crate::log_label::civil;
use crate::tai::Tai64n;
use memchr::memchr;

/// Length of a label.
const LABEL: usize = 25;
/// Most bytes that stand for a label.
pub const READABLE: usize = 35;

/// How times are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// `2026-02-28 23:59:59.123456789`.
    Plain,
    /// `2026-02-28T23:59:59.123456789+01:00`, with a `Z` for UTC.
    Iso,
}

/// Writes a time, in a zone that many seconds east of UTC; gives how many bytes that are, or `None`
/// where it has no date of four digits.
#[must_use]
pub fn readable(
    at: Tai64n,
    look: Look,
    east: Option<i64>,
    out: &mut [u8; READABLE],
) -> Option<usize> {
    let offset = east.unwrap_or(0);
    let c = civil(at.unix_sec().checked_add(offset)?);
    if at.nano > 999_999_999 || !(0..=9999).contains(&c.year) {
        return None;
    }
    out.copy_from_slice(b"0000-00-00 00:00:00.000000000+00:00");
    let mut put = |place: core::ops::Range<usize>, mut number: u64| {
        for digit in out[place].iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(0..4, c.year.unsigned_abs());
    put(5..7, c.month.into());
    put(8..10, c.day.into());
    put(11..13, c.hour.into());
    put(14..16, c.minute.into());
    put(17..19, c.second.into());
    put(20..29, at.nano.into());
    put(30..32, offset.unsigned_abs() / 3600 % 100);
    put(33..35, offset.unsigned_abs() / 60 % 60);
    if look == Look::Plain {
        return Some(29);
    }
    out[10] = b'T';
    if east.is_none() {
        out[29] = b'Z';
        return Some(30);
    }
    if offset < 0 {
        out[29] = b'-';
    }
    Some(READABLE)
}

/// How far one call came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Done {
    /// Bytes of input that are dealt with.
    pub read: usize,
    /// Bytes of output.
    pub wrote: usize,
}

/// Goes over text that comes in pieces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reader {
    inside: bool,
}

impl Reader {
    /// Goes over `input` until it ends or the output is full; what may be the beginning of a label
    /// stays unread until more comes, or until it is the `last`. `write` makes a label readable.
    pub fn pass(
        &mut self,
        input: &[u8],
        last: bool,
        output: &mut [u8],
        mut write: impl FnMut(Tai64n, &mut [u8; READABLE]) -> Option<usize>,
    ) -> Done {
        let (mut read, mut wrote) = (0, 0);
        while read < input.len() && output.len() - wrote >= READABLE {
            let rest = &input[read..];
            if !self.inside {
                let most = rest.len().min(LABEL);
                let may_be = rest[0] == b'@' && rest[1..most].iter().all(u8::is_ascii_hexdigit);
                if may_be && most < LABEL && !last {
                    break;
                }
                self.inside = true;
                if let Some(stamp) = Tai64n::from_label(&rest[..most]) {
                    let mut text = [0; READABLE];
                    if let Some(len) = write(stamp, &mut text) {
                        output[wrote..wrote + len].copy_from_slice(&text[..len]);
                        (read, wrote) = (read + LABEL, wrote + len);
                        continue;
                    }
                }
            }
            let end = memchr(b'\n', rest).map(|at| at + 1);
            let len = end.unwrap_or(rest.len());
            let take = len.min(output.len() - wrote);
            output[wrote..wrote + take].copy_from_slice(&rest[..take]);
            (read, wrote) = (read + take, wrote + take);
            self.inside = take < len || end.is_none();
        }
        Done { read, wrote }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    fn text(at: Tai64n, look: Look, east: Option<i64>) -> Option<String> {
        let mut out = [0; READABLE];
        let len = readable(at, look, east, &mut out)?;
        Some(String::from_utf8_lossy(&out[..len]).into_owned())
    }

    #[test]
    fn times_in_both_looks() {
        let at = Tai64n::from_unix(1_772_323_199, 123_456_789);
        let plain = text(at, Look::Plain, None).unwrap();
        assert_eq!(plain, "2026-02-28 23:59:59.123456789");
        let iso = |east| text(at, Look::Iso, east).unwrap();
        assert_eq!(iso(None), "2026-02-28T23:59:59.123456789Z");
        assert_eq!(iso(Some(3600)), "2026-03-01T00:59:59.123456789+01:00");
        assert_eq!(iso(Some(-12_600)), "2026-02-28T20:29:59.123456789-03:30");
        assert_eq!(
            text(
                Tai64n {
                    sec: u64::MAX,
                    nano: 0
                },
                Look::Plain,
                None
            ),
            None
        );
        assert_eq!(
            text(
                Tai64n {
                    nano: 1_000_000_000,
                    ..at
                },
                Look::Plain,
                None
            ),
            None
        );
    }

    /// Passes text that comes in these pieces, with an output of so many bytes.
    fn all(pieces: &[&[u8]], room: usize) -> Vec<u8> {
        let (mut reader, mut held, mut written) = (Reader::default(), Vec::new(), Vec::new());
        let write = |at, out: &mut _| readable(at, Look::Plain, None, out);
        for (i, piece) in pieces.iter().enumerate() {
            held.extend_from_slice(piece);
            loop {
                let mut out = std::vec![0; room];
                let done = reader.pass(&held, i + 1 == pieces.len(), &mut out, write);
                written.extend_from_slice(&out[..done.wrote]);
                held.drain(..done.read);
                if done.read == 0 {
                    break;
                }
            }
            assert!(held.len() < LABEL);
        }
        assert!(held.is_empty());
        written
    }

    #[test]
    fn only_labels_at_the_beginning_of_a_line_are_touched() {
        let at = "@400000000000000a00000001";
        let input = std::format!("{at} x {at}\n@4000 y\n{at}\n\n @{at}\nx{at}{at}\n{at}");
        let now = "1970-01-01 00:00:00.000000001";
        let expected = std::format!("{now} x {at}\n@4000 y\n{now}\n\n @{at}\nx{at}{at}\n{now}");
        assert_eq!(
            String::from_utf8_lossy(&all(&[input.as_bytes()], 1000)),
            expected
        );
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn how_the_input_is_cut_and_how_large_the_output_is_change_nothing(
            words in proptest::collection::vec(prop_oneof![
                Just("@400000000000000a00000001"), Just("@4000"), Just("\n"), Just("x"), Just("@"),
            ], 0..30),
            cuts in proptest::collection::vec(0usize..300, 0..6),
            room in READABLE..80,
        ) {
            let text = words.concat();
            let mut cuts: Vec<_> = cuts.into_iter().map(|c| c.min(text.len())).collect();
            cuts.push(text.len());
            cuts.sort_unstable();
            let mut from = 0;
            let mut pieces = Vec::new();
            for cut in cuts {
                pieces.push(&text.as_bytes()[from..cut]);
                from = cut;
            }
            prop_assert_eq!(all(&pieces, room), all(&[text.as_bytes()], 4000));
        }
    }
}
