//! The one shutdown that is pending, as its file tells: who waits, for what, until when.
//!
//! Lines `NAME VALUE`, the message last. A file is one only when every field is there: half of one,
//! or one of another version, is none.

use crate::decimal;
use crate::line::Line;
use crate::power::Ending;

/// Bytes of the longest file.
pub const SIZE: usize = 1024;
/// Bytes of the message that are kept.
pub const MESSAGE: usize = 512;

/// What happens when the time has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The system ends like this.
    End(Ending),
    /// Nothing: people are only told.
    OnlyTell,
}

/// Which clock the time is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// That on the wall: seconds since 1970.
    Wall,
    /// Seconds since the machine started, sleep included.
    Boot,
}

/// A shutdown that is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pending<'a> {
    /// The process that waits.
    pub pid: u32,
    /// For what.
    pub what: What,
    /// On which clock.
    pub clock: Clock,
    /// Until then, in seconds.
    pub due: u64,
    /// Terminals are told.
    pub wall: bool,
    /// What people are told besides; printable text.
    pub message: &'a [u8],
}

impl What {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static [u8] {
        match self {
            What::End(Ending::PowerOff) => b"power-off",
            What::End(Ending::Halt) => b"halt",
            What::End(Ending::Restart) => b"reboot",
            What::End(Ending::Kexec) => b"kexec",
            What::OnlyTell => b"warning",
        }
    }
}

const ALL: [What; 5] = [
    What::End(Ending::PowerOff),
    What::End(Ending::Halt),
    What::End(Ending::Restart),
    What::End(Ending::Kexec),
    What::OnlyTell,
];

impl Pending<'_> {
    /// The content of the file.
    #[must_use]
    pub fn to_text(&self) -> Line<SIZE> {
        let mut text = Line::new();
        let clock: &[u8] = match self.clock {
            Clock::Wall => b"wall",
            Clock::Boot => b"boot",
        };
        text.push(b"pid ").number(self.pid);
        text.push(b"\nwhat ").push(self.what.word());
        text.push(b"\nclock ").push(clock);
        let due = i64::try_from(self.due).unwrap_or(i64::MAX);
        text.push(b"\ndue ").number(due);
        text.push(if self.wall {
            b"\nwall yes"
        } else {
            b"\nwall no"
        });
        text.push(b"\nmessage ")
            .push(&self.message[..self.message.len().min(MESSAGE)]);
        text.push(b"\n");
        text
    }
}

/// Reads the file back.
#[must_use]
pub fn parse(text: &[u8]) -> Option<Pending<'_>> {
    let mut lines = text.strip_suffix(b"\n")?.split(|&b| b == b'\n');
    let mut field = |name: &[u8]| lines.next()?.strip_prefix(name);
    let pid = u32::try_from(decimal::unsigned(field(b"pid ")?)?).ok()?;
    let what = field(b"what ")?;
    let what = ALL.into_iter().find(|known| known.word() == what)?;
    let clock = match field(b"clock ")? {
        b"wall" => Clock::Wall,
        b"boot" => Clock::Boot,
        _ => return None,
    };
    let due = decimal::unsigned(field(b"due ")?).filter(|&due| i64::try_from(due).is_ok())?;
    let wall = match field(b"wall ")? {
        b"yes" => true,
        b"no" => false,
        _ => return None,
    };
    let message = field(b"message ")?;
    lines.next().is_none().then_some(Pending {
        pid,
        what,
        clock,
        due,
        wall,
        message,
    })
}

/// A byte of a message as it may reach a terminal: what is not printable could be a command to it.
/// Bytes above ASCII are letters of other alphabets.
#[must_use]
pub const fn printable(byte: u8) -> u8 {
    match byte {
        b'\t' | b'\n' | b'\r' => b' ',
        0..=0x1f | 0x7f => b'?',
        byte => byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    fn pending<'a>(what: What, message: &'a [u8]) -> Pending<'a> {
        Pending {
            pid: 812,
            what,
            clock: Clock::Boot,
            due: 7,
            wall: true,
            message,
        }
    }

    #[test]
    fn the_file_is_text() {
        let text = pending(What::End(Ending::Restart), b"new kernel").to_text();
        assert_eq!(
            String::from_utf8_lossy(text.as_bytes()),
            "pid 812\nwhat reboot\nclock boot\ndue 7\nwall yes\nmessage new kernel\n"
        );
    }

    #[test]
    fn half_a_file_is_none() {
        let text = pending(What::OnlyTell, b"x").to_text();
        let text = text.as_bytes();
        for len in 0..text.len() {
            assert_eq!(parse(&text[..len]), None, "{len}");
        }
        assert!(parse(text).is_some());
        assert_eq!(parse(&[text, b"more\n"].concat()), None);
    }

    #[test]
    fn no_message_moves_a_cursor() {
        let text: Vec<u8> = b"a\x1b[2Jb\r\nc\x07\x7f\xc3\xa4"
            .iter()
            .map(|&b| printable(b))
            .collect();
        assert_eq!(text, b"a?[2Jb  c??\xc3\xa4");
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn what_is_written_is_read_back(pid in any::<u32>(), what in prop::sample::select(&ALL[..]), boot in any::<bool>(), due in 0..i64::MAX as u64, wall in any::<bool>(), message in prop::collection::vec(any::<u8>(), 0..MESSAGE)) {
            let message: Vec<u8> = message.into_iter().map(printable).collect();
            let clock = if boot { Clock::Boot } else { Clock::Wall };
            let pending = Pending { pid, what, clock, due, wall, message: &message };
            let text = pending.to_text();
            prop_assert_eq!(parse(text.as_bytes()), Some(pending));
        }

        #[test]
        fn any_bytes_are_answered(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&text);
        }
    }
}
