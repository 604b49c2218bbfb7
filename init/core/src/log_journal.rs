//! What svlogd notes about its input journal, so that a killed one loses and repeats nothing.
//!
//! A journal is a file: one head, a record for each log, and from [`DATA`] on the input itself.
//! Positions count bytes of input since the journal was begun, and never step back. Anything that
//! does not add up is no journal: a foreign file must never be taken for one.

use crate::log_render::Place;

/// Bytes of the head, and of each record.
pub const BLOCK: usize = 64;
/// Most logs that a journal can serve.
pub const MOST_LOGS: usize = 15;
/// Where the input begins. Less than a block of any file system: the rest of that block is there
/// for input on a disk that is full, too.
pub const DATA: u64 = (BLOCK * (1 + MOST_LOGS)) as u64;

const MAGIC: u64 = u64::from_le_bytes(*b"runitLJ1");
const NO_CUT: u64 = u64::MAX;

/// What holds for the journal as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// Which start of the system it belongs to; all zero: not known.
    pub boot: [u8; 16],
    /// The position of the first byte of input in the file.
    pub base: u64,
    /// The file is being cut to so many bytes of input, whatever size it has now.
    pub cut: Option<u64>,
    /// All of it was on the disk, and holds over a restart of the system.
    pub settled: bool,
    /// How many records follow.
    pub logs: usize,
}

/// A moment of one log at which its files and its position in the input agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// Device and inode of the log directory.
    pub dir: (u64, u64),
    /// Inode of `current`.
    pub file: u64,
    /// Bytes in it.
    pub size: u64,
    /// Bytes up to the line that is not finished.
    pub line_at: u64,
    /// Everything before this position is dealt with.
    pub at: u64,
    /// Where that is within its line.
    pub place: Place,
    /// `current` ends inside a line.
    pub mid_line: bool,
    /// That line began in an older file.
    pub continued: bool,
    /// Lines dropped so far, and whether the input is inside one of them.
    pub dropping: Option<(u64, bool)>,
}

impl Record {
    /// `current` may hold more than this says, which has to go: it comes again.
    #[must_use]
    pub fn may_repeat(&self, end: u64) -> bool {
        self.at < end || self.dropping.is_some()
    }

    /// As it stands in the file.
    #[must_use]
    pub fn encode(&self) -> [u8; BLOCK] {
        let place = match self.place {
            Place::Start => 0,
            Place::Kept => 1,
            Place::Left => 2,
        };
        let (dropped, inside) = self.dropping.unwrap_or_default();
        let flags = place
            | u64::from(self.mid_line) << 2
            | u64::from(self.dropping.is_some()) << 3
            | u64::from(inside) << 4
            | u64::from(self.continued) << 5;
        seal([
            self.dir.0,
            self.dir.1,
            self.file,
            self.size,
            self.line_at,
            self.at,
            dropped,
            flags,
        ])
    }

    /// Reads it; `None` where it is something else.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Record> {
        let [d0, d1, file, size, line_at, at, dropped, flags] = unseal(bytes)?;
        Some(Record {
            dir: (d0, d1),
            file,
            size,
            line_at,
            at,
            place: match flags & 3 {
                0 => Place::Start,
                1 => Place::Kept,
                2 => Place::Left,
                _ => return None,
            },
            mid_line: flags & 4 != 0,
            continued: flags & 32 != 0,
            dropping: (flags & 8 != 0).then_some((dropped, flags & 16 != 0)),
        })
    }
}

impl Head {
    /// As it stands in the file.
    #[must_use]
    pub fn encode(&self) -> [u8; BLOCK] {
        let half = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&self.boot[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        let flags = u64::from(self.settled) << 8 | self.logs as u64;
        let cut = self.cut.unwrap_or(NO_CUT);
        seal([MAGIC, half(0), half(8), self.base, cut, 0, 0, flags])
    }

    /// Reads it; `None` where it is something else.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Head> {
        let [magic, b0, b1, base, cut, _, _, flags] = unseal(bytes)?;
        let mut boot = [0; 16];
        boot[..8].copy_from_slice(&b0.to_le_bytes());
        boot[8..].copy_from_slice(&b1.to_le_bytes());
        let logs = (flags & 0xff) as usize;
        (magic == MAGIC && logs <= MOST_LOGS).then_some(Head {
            boot,
            base,
            cut: (cut != NO_CUT).then_some(cut),
            settled: flags & 0x100 != 0,
            logs,
        })
    }

    /// Whether it was a head once: a crash of the system may have torn it, or left nothing but zeros.
    #[must_use]
    pub fn is_like(bytes: &[u8]) -> bool {
        let zeros = bytes.len() >= BLOCK && bytes.iter().all(|&byte| byte == 0);
        zeros || bytes.starts_with(&MAGIC.to_le_bytes())
    }

    /// Whether it can be believed, in this start of the system.
    #[must_use]
    pub fn holds(&self, boot: [u8; 16]) -> bool {
        self.settled || (self.boot == boot && boot != [0; 16])
    }
}

/// Words to bytes, with a sum in the upper half of the last word.
fn seal(mut words: [u64; 8]) -> [u8; BLOCK] {
    words[7] = words[7] & 0xffff_ffff | u64::from(sum(&words)) << 32;
    let mut bytes = [0; BLOCK];
    for (to, word) in bytes.chunks_exact_mut(8).zip(words) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Bytes to words, if their sum is right.
fn unseal(bytes: &[u8]) -> Option<[u64; 8]> {
    let bytes = bytes.first_chunk::<BLOCK>()?;
    let mut words = [0; 8];
    for (word, from) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_le_bytes(from.try_into().ok()?);
    }
    let found = (words[7] >> 32) as u32;
    words[7] &= 0xffff_ffff;
    (found == sum(&words)).then_some(words)
}

/// A sum that any change of a single word changes.
fn sum(words: &[u64; 8]) -> u32 {
    let mixed = words.iter().enumerate().fold(MAGIC, |sum, (i, &word)| {
        let word = if i == 7 { word & 0xffff_ffff } else { word };
        let sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^ sum >> 29
    });
    (mixed >> 32) as u32 ^ mixed as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = Place> {
        prop_oneof![Just(Place::Start), Just(Place::Kept), Just(Place::Left)]
    }

    prop_compose! {
        fn record()(
            dir in any::<(u64, u64)>(), file in any::<u64>(), size in any::<u64>(),
            line_at in any::<u64>(), at in any::<u64>(), place in place(),
            (mid_line, continued) in any::<(bool, bool)>(),
            dropping in any::<Option<(u64, bool)>>(),
        ) -> Record {
            Record { dir, file, size, line_at, at, place, mid_line, continued, dropping }
        }
    }

    prop_compose! {
        fn head()(
            boot in any::<[u8; 16]>(), base in any::<u64>(), cut in any::<Option<u32>>(),
            settled in any::<bool>(), logs in 0..=MOST_LOGS,
        ) -> Head {
            Head { boot, base, cut: cut.map(u64::from), settled, logs }
        }
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn what_is_noted_is_read_again(record in record(), head in head()) {
            prop_assert_eq!(Record::decode(&record.encode()), Some(record));
            prop_assert_eq!(Head::decode(&head.encode()), Some(head));
        }

        #[test]
        fn a_changed_byte_is_noticed(record in record(), head in head(), at in 0..BLOCK, by in 1u8..) {
            let mut bytes = record.encode();
            bytes[at] ^= by;
            prop_assert_eq!(Record::decode(&bytes), None);
            let mut bytes = head.encode();
            bytes[at] ^= by;
            prop_assert_eq!(Head::decode(&bytes), None);
        }

        #[test]
        fn foreign_bytes_are_no_journal(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(Head::decode(&bytes), None);
        }
    }

    #[test]
    fn only_this_start_of_the_system_is_believed_or_what_is_settled() {
        let head = Head {
            boot: [1; 16],
            ..Head::default()
        };
        assert!(head.holds([1; 16]) && !head.holds([2; 16]));
        assert!(!Head::default().holds([0; 16]), "an unknown one is none");
        let settled = Head {
            settled: true,
            ..head
        };
        assert!(settled.holds([2; 16]) && settled.holds([0; 16]));
        assert_eq!(Head::decode(&[0; BLOCK]), None);
    }
}
