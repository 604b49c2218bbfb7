//! Requests on the FIFO of sysvinit's init, which old tools write to: records of 384 bytes.
//!
//! It takes them out of a stream of bytes. Anybody may have written anything before: what does not
//! begin as a record does is passed over, and never makes it miss the record behind.

/// Bytes of a record.
pub const SIZE: usize = 384;
/// What each record begins with.
pub const MAGIC: u32 = 0x0309_1969;
const AT_COMMAND: usize = 4;
const AT_LEVEL: usize = 8;
const AT_PATIENCE: usize = 12;
const AT_DATA: usize = 16;
/// Seconds between TERM and KILL: what telinit(8) of sysvinit asks for. A zero would be taken at its word.
const PATIENCE: i32 = 3;

/// What a record asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request<'a> {
    /// Go to this runlevel, or what else one character says: `q`, `u`.
    Level(u8),
    /// The power fails.
    PowerFails,
    /// The power is back.
    PowerIsBack,
    /// Remember this for what init starts.
    Set {
        /// Name of a variable.
        name: &'a [u8],
        /// Its value; `None`: forget it.
        value: Option<&'a [u8]>,
    },
    /// Nothing that is known here; the number of the command.
    Unknown(i32),
}

/// A whole record.
pub type Record = [u8; SIZE];

/// Reads what a record asks for.
#[must_use]
pub fn decode(record: &Record) -> Request<'_> {
    let command = number(record, AT_COMMAND);
    let level = number(record, AT_LEVEL);
    match command {
        1 => match u8::try_from(level) {
            Ok(level) if level.is_ascii_graphic() => Request::Level(level),
            _ => Request::Unknown(command),
        },
        // With little time left, or with less.
        2 | 3 => Request::PowerFails,
        4 => Request::PowerIsBack,
        6 | 7 => {
            let data = &record[AT_DATA..];
            let end = data.iter().position(|&b| b == 0).unwrap_or(data.len());
            let mut parts = data[..end].splitn(2, |&b| b == b'=');
            let name = parts.next().unwrap_or_default();
            let value = parts.next().filter(|_| command == 6);
            Request::Set { name, value }
        }
        _ => Request::Unknown(command),
    }
}

/// The record that asks for a runlevel, given as its character, and for time to end between TERM and
/// KILL.
#[must_use]
pub fn level(level: u8) -> Record {
    let mut record = record(1, i32::from(level), &[]);
    record[AT_PATIENCE..AT_DATA].copy_from_slice(&PATIENCE.to_ne_bytes());
    record
}

/// The record that asks to remember `NAME=value`, as much of it as fits.
#[must_use]
pub fn set(assignment: &[u8]) -> Record {
    record(6, 0, assignment)
}

fn record(command: i32, level: i32, data: &[u8]) -> Record {
    let mut record = [0; SIZE];
    record[..AT_COMMAND].copy_from_slice(&MAGIC.to_ne_bytes());
    record[AT_COMMAND..AT_LEVEL].copy_from_slice(&command.to_ne_bytes());
    record[AT_LEVEL..AT_LEVEL + 4].copy_from_slice(&level.to_ne_bytes());
    let len = data.len().min(SIZE - AT_DATA);
    record[AT_DATA..AT_DATA + len].copy_from_slice(&data[..len]);
    record
}

fn number(record: &Record, at: usize) -> i32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&record[at..at + 4]);
    i32::from_ne_bytes(bytes)
}

/// The records in a stream.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    record: Record,
    len: usize,
}

impl Stream {
    /// Nothing was read yet.
    #[must_use]
    pub const fn new() -> Stream {
        Stream {
            record: [0; SIZE],
            len: 0,
        }
    }

    /// Takes the next byte; gives a record when it is whole.
    pub fn push(&mut self, byte: u8) -> Option<Record> {
        self.record[self.len] = byte;
        self.len += 1;
        while !self.begins_well() {
            self.record.copy_within(1..self.len, 0);
            self.len -= 1;
        }
        if self.len < SIZE {
            return None;
        }
        self.len = 0;
        Some(self.record)
    }

    fn begins_well(&self) -> bool {
        let magic = MAGIC.to_ne_bytes();
        let known = self.len.min(magic.len());
        self.record[..known] == magic[..known]
    }
}

impl Default for Stream {
    fn default() -> Self {
        Stream::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn records(stream: &mut Stream, bytes: &[u8]) -> Vec<Record> {
        bytes.iter().filter_map(|&b| stream.push(b)).collect()
    }

    #[test]
    fn every_command_is_known_by_its_number() {
        let set = |name, value| Request::Set { name, value };
        for (command, level, data, request) in [
            (1, i32::from(b'6'), &b""[..], Request::Level(b'6')),
            (1, i32::from(b'q'), b"", Request::Level(b'q')),
            (1, 0, b"", Request::Unknown(1)),
            (1, 0x1_0036, b"", Request::Unknown(1)),
            (1, -1, b"", Request::Unknown(1)),
            (2, 0, b"", Request::PowerFails),
            (3, 0, b"", Request::PowerFails),
            (4, 0, b"", Request::PowerIsBack),
            (5, 0, b"", Request::Unknown(5)),
            (6, 0, b"INIT_HALT=HALT", set(b"INIT_HALT", Some(b"HALT"))),
            (6, 0, b"A=b=c", set(b"A", Some(b"b=c"))),
            (6, 0, b"A", set(b"A", None)),
            (7, 0, b"INIT_HALT", set(b"INIT_HALT", None)),
            (7, 0, b"A=b", set(b"A", None)),
            (0, 0, b"", Request::Unknown(0)),
        ] {
            assert_eq!(decode(&record(command, level, data)), request);
        }
        assert_eq!(decode(&level(b'6')), Request::Level(b'6'));
        assert_eq!(decode(&super::set(b"A=b")), set(b"A", Some(b"b")));
        // Without a NUL the data ends with the record.
        let full = record(6, 0, &[b'x'; SIZE - AT_DATA]);
        let Request::Set { name, value: None } = decode(&full) else {
            panic!("a name");
        };
        assert_eq!(name.len(), SIZE - AT_DATA);
    }

    #[test]
    fn who_asks_for_a_level_asks_for_three_seconds_between_term_and_kill() {
        let numbers = [0x0309_1969, 1, u32::from(b'0'), 3].map(u32::to_ne_bytes);
        let asked = level(b'0');
        assert_eq!(asked[..16], *numbers.as_flattened());
        assert!(asked[16..].iter().all(|&byte| byte == 0));
    }

    #[test]
    fn what_somebody_echoed_into_it_is_passed_over() {
        let mut stream = Stream::new();
        let wanted = record(1, 54, b"");
        let bytes = [b"hello\n", &wanted[..], &[0x69], &wanted[..]].concat();
        assert_eq!(records(&mut stream, &bytes), [wanted, wanted]);
    }

    proptest! {
        #![proptest_config(crate::cases(500))]
        #[test]
        fn no_record_is_lost_behind_anything_shorter_than_one(
            garbage in prop::collection::vec(prop_oneof![any::<u8>(), Just(0x69u8), Just(0x19), Just(9)], 0..64),
            level in 48i32..55, count in 1usize..4
        ) {
            // Garbage that begins like a record swallows its length; without the magic it does not.
            let magic = MAGIC.to_ne_bytes();
            prop_assume!(!garbage.windows(4).any(|part| part == magic));
            let wanted = record(1, level, b"");
            let mut bytes = garbage.clone();
            for _ in 0..count {
                bytes.extend(wanted);
            }
            let got = records(&mut Stream::new(), &bytes);
            prop_assert_eq!(got.len(), count);
            prop_assert!(got.iter().all(|record| *record == wanted));
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            for record in records(&mut Stream::new(), &bytes) {
                let _ = decode(&record);
            }
            let mut record = [0; SIZE];
            let len = bytes.len().min(SIZE);
            record[..len].copy_from_slice(&bytes[..len]);
            let _ = decode(&record);
        }
    }
}
