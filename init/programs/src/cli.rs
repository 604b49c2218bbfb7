//! How a program speaks to who called it: `NAME: fatal: what 'object': reason`, one line each.
//!
//! The wording is the interface of runit 2.3.1; each program hands in its own words.

use runit_core::exit;
use runit_sys::{Errno, reason, say};
use std::ffi::CStr;

/// Most parts of a message, name and reason included.
const PARTS: usize = 12;

/// The name under which a program speaks.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a>(pub &'a [u8]);

impl Voice<'static> {
    /// The voice of a program that serves one object: `runsv DIR: fatal: ...`. For set-up only, as
    /// it allocates what then lives as long as the process.
    #[must_use]
    pub fn about(program: &str, object: &CStr) -> Voice<'static> {
        Voice(Vec::leak(
            [program.as_bytes(), b" ", object.to_bytes()].concat(),
        ))
    }

    /// The beginning of every fatal message, for children that fail before they are a program.
    #[must_use]
    pub fn fatal_prefix(self) -> [&'static [u8]; 2] {
        [self.0, b": fatal: "]
    }
}

impl Voice<'_> {
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

    /// `usage: NAME...` and an empty line; the exit code is the program's own.
    pub fn usage(self, rest: &[u8]) {
        say::error(&[b"usage: ", self.0, rest, b"\n"]);
    }

    fn line(self, kind: &[u8], parts: &[&[u8]], tail: &[&[u8]]) {
        let mut all: [&[u8]; PARTS] = [b""; PARTS];
        let begin = [self.0, kind];
        let text = begin.iter().chain(parts).chain(tail);
        for (slot, part) in all.iter_mut().zip(text) {
            *slot = part;
        }
        say::error(&all);
    }
}
