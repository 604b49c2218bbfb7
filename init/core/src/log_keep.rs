//! Old log files: their names, their order, and which of them have to go.
//!
//! A name is a TAI64N label and a suffix, so names sort by age. New names never collide with one
//! that exists and never sort before it, whatever the clock does.

use crate::tai::Tai64n;
use core::ffi::CStr;

/// What an old file is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// `.s`: complete and safe.
    Done,
    /// `.u`: to be processed, or left behind by a svlogd that was killed.
    Raw,
    /// `.t`: what a processor has written so far.
    Half,
}

impl Kind {
    const fn suffix(self) -> u8 {
        match self {
            Kind::Done => b's',
            Kind::Raw => b'u',
            Kind::Half => b't',
        }
    }
}

/// Length of a name.
const NAME: usize = 27;

/// The name of an old file, as a C string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name([u8; NAME + 1]);

impl Name {
    /// The name for this stamp and kind.
    #[must_use]
    pub fn new(stamp: Tai64n, kind: Kind) -> Name {
        let mut name = [0; NAME + 1];
        name[..25].copy_from_slice(&stamp.label());
        name[25] = b'.';
        name[26] = kind.suffix();
        Name(name)
    }

    /// As a path.
    #[must_use]
    pub fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }

    /// Without its end.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0[..NAME]
    }
}

/// Stamp and kind of an old file; `None` for every other name.
#[must_use]
pub fn parse(name: &[u8]) -> Option<(Tai64n, Kind)> {
    if name.len() != NAME || name[25] != b'.' {
        return None;
    }
    let kind = match name[26] {
        b's' => Kind::Done,
        b'u' => Kind::Raw,
        b't' => Kind::Half,
        _ => return None,
    };
    // Upper-case digits would sort elsewhere; no svlogd writes them.
    if name.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    Some((Tai64n::from_label(&name[..25])?, kind))
}

/// The stamp of the next old file: now, or just behind the newest where the clock is not ahead.
#[must_use]
pub fn next_stamp(now: Tai64n, newest: Option<Tai64n>) -> Tai64n {
    match newest {
        Some(newest) if newest >= now => {
            if newest.nano < 999_999_999 {
                Tai64n {
                    nano: newest.nano + 1,
                    ..newest
                }
            } else {
                Tai64n {
                    sec: newest.sec.wrapping_add(1),
                    nano: 0,
                }
            }
        }
        _ => now,
    }
}

/// How many old files may stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quota {
    /// Most files; 0 for no limit (svlogd's `n`).
    pub files: u64,
    /// Most bytes in all of them; 0 for no limit (svlogd's `S`).
    pub bytes: u64,
}

impl Quota {
    /// Whether the oldest file has to go, of so many with so many bytes.
    #[must_use]
    pub const fn exceeded(self, files: u64, bytes: u64) -> bool {
        files > 0
            && ((self.files > 0 && files > self.files) || (self.bytes > 0 && bytes > self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stamp() -> impl Strategy<Value = Tai64n> {
        (any::<u64>(), 0u32..1_000_000_000).prop_map(|(sec, nano)| Tai64n { sec, nano })
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn names_survive_a_round_trip_and_sort_by_age(a in stamp(), b in stamp()) {
            for kind in [Kind::Done, Kind::Raw, Kind::Half] {
                let name = Name::new(a, kind);
                prop_assert_eq!(parse(name.as_bytes()), Some((a, kind)));
                prop_assert_eq!(name.as_c_str().to_bytes(), name.as_bytes());
                prop_assert_eq!(name.as_bytes().cmp(Name::new(b, kind).as_bytes()), a.cmp(&b));
            }
        }

        #[test]
        fn no_bytes_make_the_reader_of_names_panic(name in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some((stamp, kind)) = parse(&name) {
                let again = Name::new(stamp, kind);
                prop_assert_eq!(again.as_bytes(), &name[..]);
            }
        }

        #[test]
        fn a_new_name_is_behind_all_others(now in stamp(), newest in stamp()) {
            prop_assume!(newest.sec < u64::MAX);
            let next = next_stamp(now, Some(newest));
            prop_assert!(next > newest && next >= now && next.nano < 1_000_000_000);
            prop_assert_eq!(next_stamp(now, None), now);
        }
    }

    #[test]
    fn only_what_exceeds_the_quota_goes() {
        let by_count = Quota { files: 3, bytes: 0 };
        assert!(by_count.exceeded(4, 1) && !by_count.exceeded(3, u64::MAX));
        let by_size = Quota {
            files: 0,
            bytes: 100,
        };
        assert!(
            by_size.exceeded(1, 101) && !by_size.exceeded(1000, 100) && !by_size.exceeded(0, 101)
        );
        assert!(!Quota { files: 0, bytes: 0 }.exceeded(u64::MAX, u64::MAX));
    }
}
