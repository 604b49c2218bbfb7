//! How a program speaks to who called it: `NAME: fatal: what 'object': reason`, one line each.
//!
//! The wording is the interface of runit 2.3.1; each program hands in its own words.

use runit_core::exit;
use runit_sys::{Errno, reason, say};
use std::ffi::CStr;

/// Most parts of a message, name and reason included.
const PARTS: usize = 14;

/// What `-V` says, before the usage.
pub fn version() {
    say::error(&[b"runit-rs ", env!("CARGO_PKG_VERSION").as_bytes()]);
}

/// What the arguments of a program mean, once read.
#[derive(Clone, Debug)]
pub enum Asked<T> {
    /// To work so.
    Work(T),
    /// To say which version this is.
    Version,
    /// A letter this program does not know.
    Unknown(u8),
    /// A letter without its value; to a program that does not tell that apart, a mistake.
    Missing(u8),
    /// A value is missing or makes no sense.
    Mistake,
}

impl<T> Asked<T> {
    /// Does the work and gives its exit code; or says why not, with the usage, and gives 100.
    pub fn answer(self, voice: Voice<'_>, usage: &[u8], work: impl FnOnce(&T) -> i32) -> i32 {
        match self {
            Asked::Work(options) => return work(&options),
            Asked::Version => version(),
            Asked::Unknown(letter) => voice.illegal_option(letter),
            Asked::Missing(letter) => voice.missing_argument(letter),
            Asked::Mistake => {}
        }
        voice.usage(usage);
        exit::FATAL_100
    }
}

/// The name under which a program speaks.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    name: &'a [u8],
    /// With the blank before it; empty for most programs.
    blank: &'a [u8],
    object: &'a [u8],
}

impl<'a> Voice<'a> {
    /// The voice of a program: `sv: fatal: ...`
    #[must_use]
    pub const fn new(name: &'a [u8]) -> Voice<'a> {
        Voice {
            name,
            blank: b"",
            object: b"",
        }
    }

    /// The voice of a program that serves one object: `runsv DIR: fatal: ...`
    #[must_use]
    pub const fn about(name: &'a [u8], object: &'a CStr) -> Voice<'a> {
        Voice {
            name,
            blank: b" ",
            object: object.to_bytes(),
        }
    }

    /// The name of the program.
    #[must_use]
    pub const fn name(self) -> &'a [u8] {
        self.name
    }

    /// The beginning of every fatal message, for children that fail before they are a program.
    #[must_use]
    pub const fn fatal_prefix(self) -> [&'a [u8]; 4] {
        [self.name, self.blank, self.object, b": fatal: "]
    }

    /// `NAME: fatal: ...`; gives the exit code 111, to be returned.
    #[must_use]
    pub fn fatal(self, parts: &[&[u8]]) -> i32 {
        self.line(b": fatal: ", parts, &[]);
        exit::FATAL
    }

    /// `NAME: fatal: ...: reason`; gives the exit code 111, to be returned.
    #[must_use]
    pub fn fatal_because(self, parts: &[&[u8]], why: Errno) -> i32 {
        self.line(b": fatal: ", parts, &[b": ", reason(why).as_bytes()]);
        exit::FATAL
    }

    /// `NAME: warning: ...`
    pub fn warning(self, parts: &[&[u8]]) {
        self.line(b": warning: ", parts, &[]);
    }

    /// `NAME: warning: ...: reason`
    pub fn warning_because(self, parts: &[&[u8]], why: Errno) {
        self.line(b": warning: ", parts, &[b": ", reason(why).as_bytes()]);
    }

    /// `NAME: info: ...`
    pub fn info(self, parts: &[&[u8]]) {
        self.line(b": info: ", parts, &[]);
    }

    /// `NAME: pausing: ...: reason`
    pub fn pausing(self, parts: &[&[u8]], why: Errno) {
        self.line(b": pausing: ", parts, &[b": ", reason(why).as_bytes()]);
    }

    /// `NAME: 3 WHATs in 0.12 s, 1 killed` on standard output: what came of them where it is any.
    pub fn took(self, count: usize, what: &str, ms: u64, came: &[(usize, &str)]) {
        let plural = if count == 1 { "" } else { "s" };
        let (seconds, hundredths) = (ms / 1000, ms % 1000 / 10);
        let mut text = format!(": {count} {what}{plural} in {seconds}.{hundredths:02} s");
        for (count, what) in came.iter().filter(|(count, _)| *count > 0) {
            text.push_str(&format!(", {count} {what}"));
        }
        say::output(&[self.name, text.as_bytes()]);
    }

    /// `usage: NAME...` and an empty line; the exit code is the program's own.
    pub fn usage(self, rest: &[u8]) {
        say::error(&[b"usage: ", self.name, self.blank, self.object, rest, b"\n"]);
    }

    /// `NAME: illegal option -- LETTER`, before the usage.
    pub fn illegal_option(self, letter: u8) {
        say::error(&[self.name, b": illegal option -- ", &[letter]]);
    }

    /// `NAME: option requires an argument -- LETTER`, before the usage.
    pub fn missing_argument(self, letter: u8) {
        say::error(&[self.name, b": option requires an argument -- ", &[letter]]);
    }

    fn line(self, kind: &[u8], parts: &[&[u8]], tail: &[&[u8]]) {
        let mut all: [&[u8]; PARTS] = [b""; PARTS];
        let begin = [self.name, self.blank, self.object, kind];
        let text = begin.iter().chain(parts).chain(tail);
        for (slot, part) in all.iter_mut().zip(text) {
            *slot = part;
        }
        say::error(&all);
    }
}
