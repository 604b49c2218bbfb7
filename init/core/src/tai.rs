//! TAI64N: the timestamps of status records and log lines.
//!
//! The one home of the format: 8 bytes seconds since 1970 TAI plus 2^62, 4 bytes nanoseconds, both
//! big-endian; as a label, `@` and the same 12 bytes in hexadecimal. As in every daemontools
//! descendant the offset of TAI to UTC is the constant 10 s: leap seconds are not counted.

/// Seconds between a Unix time and the number in the record.
const OFFSET: u64 = (1 << 62) + 10;

/// A moment on the wall clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Tai64n {
    /// The raw TAI64 second count.
    pub sec: u64,
    /// Nanoseconds, below 1,000,000,000 in a well-formed stamp.
    pub nano: u32,
}

impl Tai64n {
    /// From seconds and nanoseconds since the Unix epoch (negative before 1970).
    #[must_use]
    pub const fn from_unix(sec: i64, nano: u32) -> Tai64n {
        Tai64n {
            sec: OFFSET.wrapping_add(sec as u64),
            nano,
        }
    }

    /// Seconds since the Unix epoch; what lies out of range wraps, as the format itself does.
    #[must_use]
    pub const fn unix_sec(self) -> i64 {
        self.sec.wrapping_sub(OFFSET) as i64
    }

    /// The 12 bytes of the record.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 12] {
        let s = self.sec.to_be_bytes();
        let n = self.nano.to_be_bytes();
        [
            s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], n[0], n[1], n[2], n[3],
        ]
    }

    /// Reads the 12 bytes of a record; any value is accepted.
    #[must_use]
    pub const fn from_bytes(b: &[u8; 12]) -> Tai64n {
        Tai64n {
            sec: u64::from_be_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]),
            nano: u32::from_be_bytes([b[8], b[9], b[10], b[11]]),
        }
    }

    /// The label: `@` and 24 lower-case hexadecimal digits.
    #[must_use]
    pub fn label(self) -> [u8; 25] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut out = [b'@'; 25];
        for (i, byte) in self.to_bytes().iter().enumerate() {
            out[1 + 2 * i] = HEX[usize::from(byte >> 4)];
            out[2 + 2 * i] = HEX[usize::from(byte & 15)];
        }
        out
    }

    /// Reads a label (25 bytes, digits of either case); `None` when it is not one.
    #[must_use]
    pub fn from_label(label: &[u8]) -> Option<Tai64n> {
        let (&at, digits) = label.split_first()?;
        if at != b'@' || digits.len() != 24 {
            return None;
        }
        let mut bytes = [0u8; 12];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let hi = char::from(pair[0]).to_digit(16)?;
            let lo = char::from(pair[1]).to_digit(16)?;
            *byte = (hi * 16 + lo) as u8;
        }
        Some(Tai64n::from_bytes(&bytes))
    }

    /// Whole seconds from `self` to `now`; zero when the clock stepped back.
    #[must_use]
    pub const fn seconds_until(self, now: Tai64n) -> u64 {
        now.sec.saturating_sub(self.sec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_epoch_is_two_to_the_62_plus_ten() {
        assert_eq!(
            &Tai64n::from_unix(0, 1).label(),
            b"@400000000000000a00000001"
        );
    }

    proptest! {
        #[test]
        fn records_and_labels_survive_a_round_trip(sec in any::<u64>(), nano in any::<u32>()) {
            let t = Tai64n { sec, nano };
            prop_assert_eq!(Tai64n::from_bytes(&t.to_bytes()), t);
            prop_assert_eq!(Tai64n::from_label(&t.label()), Some(t));
        }

        #[test]
        fn no_bytes_make_the_label_reader_panic(b in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(t) = Tai64n::from_label(&b) {
                let again = t.label();
                prop_assert!(again.eq_ignore_ascii_case(&b));
            }
        }
    }
}
