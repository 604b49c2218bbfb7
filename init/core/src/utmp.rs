//! One record of utmp(5) and wtmp(5), as Linux with glibc lays it out.
//!
//! Written out here because not every C library has it (musl keeps none), and every program that
//! reads these files (who, last, login) expects exactly this. It codes records only; which of them
//! are written where is decided above.

/// On these the C library counts time and sessions in 64 bits; all others keep 32 here.
const WIDE: bool = cfg!(any(target_arch = "aarch64", target_arch = "loongarch64"));

/// Bytes of a record.
pub const SIZE: usize = if WIDE { 400 } else { 384 };
/// Longest name of a terminal line.
pub const LINE: usize = 32;

const AT_PID: usize = 4;
const AT_LINE: usize = 8;
const AT_ID: usize = 40;
const AT_USER: usize = 44;
const USER: usize = 32;
const AT_HOST: usize = 76;
const HOST: usize = 256;
const AT_TIME: usize = if WIDE { 344 } else { 340 };
const AT_MICRO: usize = if WIDE { 352 } else { 344 };

/// What a record tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Empty = 0,
    RunLevel = 1,
    Boot = 2,
    NewTime = 3,
    OldTime = 4,
    Init = 5,
    Login = 6,
    User = 7,
    Dead = 8,
}

/// The moment of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Moment {
    /// Since 1970; after 2038 the 32-bit field is to be read without its sign.
    pub seconds: i64,
    /// Microseconds.
    pub micros: u32,
}

/// A record to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    /// What it tells.
    pub kind: Kind,
    /// Process, or for a runlevel: the new one in the low byte, the old one above it.
    pub pid: i32,
    /// Terminal without /dev/; `~` for the system's own records. What does not fit is cut.
    pub line: &'a [u8],
    /// Short name of the line.
    pub id: &'a [u8],
    /// Login name.
    pub user: &'a [u8],
    /// Remote host, or the kernel's version.
    pub host: &'a [u8],
    /// When.
    pub at: Moment,
}

/// A record as it stands in the file.
pub type Bytes = [u8; SIZE];

impl Record<'_> {
    /// Codes it.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let mut bytes = [0; SIZE];
        put(&mut bytes, 0, &(self.kind as i16).to_ne_bytes());
        put(&mut bytes, AT_PID, &self.pid.to_ne_bytes());
        put_text(&mut bytes, AT_LINE, LINE, self.line);
        put_text(&mut bytes, AT_ID, 4, self.id);
        put_text(&mut bytes, AT_USER, USER, self.user);
        put_text(&mut bytes, AT_HOST, HOST, self.host);
        put_moment(&mut bytes, self.at);
        bytes
    }
}

/// The number of a record's kind; it may be none that is known.
#[must_use]
pub fn kind_of(bytes: &Bytes) -> i16 {
    i16::from_ne_bytes([bytes[0], bytes[1]])
}

/// Whether somebody (or a login prompt) is on this line: what a logout ends.
///
/// The system's own records share a line, and are never anybody's.
#[must_use]
pub fn is_on(bytes: &Bytes, line: &[u8]) -> bool {
    let systems = Kind::RunLevel as i16..=Kind::OldTime as i16;
    text(bytes, AT_LINE, LINE) == line && bytes[AT_USER] != 0 && !systems.contains(&kind_of(bytes))
}

/// The terminal line that somebody is logged in on, if that is what the record tells.
#[must_use]
pub fn line_in_use(bytes: &Bytes) -> Option<&[u8]> {
    let line = text(bytes, AT_LINE, LINE);
    let used = kind_of(bytes) == Kind::User as i16 && bytes[AT_USER] != 0;
    (used && !line.is_empty()).then_some(line)
}

/// The runlevel before and the one now, if that is what the record tells; 0 is none.
#[must_use]
pub fn runlevels(bytes: &Bytes) -> Option<(u8, u8)> {
    let is_one =
        kind_of(bytes) == Kind::RunLevel as i16 && text(bytes, AT_USER, USER) == b"runlevel";
    let mut pid = [0; 4];
    pid.copy_from_slice(&bytes[AT_PID..AT_PID + 4]);
    let [now, before, ..] = i32::from_ne_bytes(pid).to_le_bytes();
    is_one.then_some((before, now))
}

/// Makes it the record of a line on which nobody is any more.
pub fn log_out(bytes: &mut Bytes, at: Moment) {
    put(bytes, 0, &(Kind::Dead as i16).to_ne_bytes());
    bytes[AT_USER..AT_USER + USER].fill(0);
    bytes[AT_HOST..AT_HOST + HOST].fill(0);
    put_moment(bytes, at);
}

/// The text of a field, up to its first NUL.
fn text(bytes: &Bytes, at: usize, len: usize) -> &[u8] {
    let field = &bytes[at..at + len];
    let end = field.iter().position(|&b| b == 0).unwrap_or(len);
    &field[..end]
}

fn put(bytes: &mut Bytes, at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn put_text(bytes: &mut Bytes, at: usize, most: usize, value: &[u8]) {
    put(bytes, at, &value[..value.len().min(most)]);
}

fn put_moment(bytes: &mut Bytes, at: Moment) {
    if WIDE {
        put(bytes, AT_TIME, &at.seconds.to_ne_bytes());
        put(bytes, AT_MICRO, &i64::from(at.micros).to_ne_bytes());
    } else {
        put(bytes, AT_TIME, &(at.seconds as u32).to_ne_bytes());
        put(bytes, AT_MICRO, &at.micros.to_ne_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RECORD: Record = Record {
        kind: Kind::User,
        pid: 0x0102_0304,
        line: b"tty1",
        id: b"1",
        user: b"root",
        host: b"h",
        at: Moment {
            seconds: 0x1112_1314,
            micros: 5,
        },
    };

    #[test]
    fn the_fields_are_where_glibc_has_them() {
        let bytes = RECORD.encode();
        assert_eq!(kind_of(&bytes), 7);
        assert_eq!(bytes[4..8], 0x0102_0304_i32.to_ne_bytes());
        assert_eq!(&bytes[8..13], b"tty1\0");
        assert_eq!(&bytes[40..44], b"1\0\0\0");
        assert_eq!(&bytes[44..49], b"root\0");
        assert_eq!(&bytes[76..78], b"h\0");
        if SIZE == 384 {
            assert_eq!(bytes[340..344], 0x1112_1314_u32.to_ne_bytes());
            assert_eq!(bytes[344..348], 5_u32.to_ne_bytes());
        }
    }

    #[test]
    fn after_2038_the_seconds_go_on_without_a_sign() {
        let mut bytes = RECORD.encode();
        let at = Moment {
            seconds: 0x8000_0000,
            micros: 0,
        };
        log_out(&mut bytes, at);
        let field = u32::from_ne_bytes(bytes[AT_TIME..AT_TIME + 4].try_into().expect("4 bytes"));
        assert!(WIDE || field == 0x8000_0000);
    }

    #[test]
    fn only_a_user_is_logged_out() {
        assert!(is_on(&RECORD.encode(), b"tty1"));
        assert!(!is_on(&RECORD.encode(), b"tty"));
        assert!(!is_on(&RECORD.encode(), b"tty11"));
        let nobody = Record {
            user: b"",
            ..RECORD
        };
        assert!(!is_on(&nobody.encode(), b"tty1"));
        let boot = Record {
            kind: Kind::Boot,
            line: b"~",
            user: b"reboot",
            ..RECORD
        };
        assert!(!is_on(&boot.encode(), b"~"));
        let long = [b'x'; LINE];
        let full = Record {
            line: &long,
            ..RECORD
        };
        assert!(is_on(&full.encode(), &long));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn a_logout_keeps_process_line_and_id(
            line in prop::collection::vec(1u8.., 0..40), id in prop::collection::vec(1u8.., 0..6),
            user in prop::collection::vec(1u8.., 1..40), host in prop::collection::vec(1u8.., 0..300),
            pid in any::<i32>(), seconds in any::<i64>(), micros in any::<u32>(),
        ) {
            let record = Record { kind: Kind::User, pid, line: &line, id: &id, user: &user, host: &host, at: RECORD.at };
            let mut bytes = record.encode();
            let cut = &line[..line.len().min(LINE)];
            prop_assert!(is_on(&bytes, cut));
            let at = Moment { seconds, micros };
            log_out(&mut bytes, at);
            prop_assert!(!is_on(&bytes, cut));
            let expected = Record { kind: Kind::Dead, user: b"", host: b"", at, ..record };
            prop_assert_eq!(bytes, expected.encode());
        }
    }
}
