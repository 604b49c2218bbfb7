//! utmpset: a line is free again. What a getty's `finish` script calls.
//!
//! It clears the line in utmp and, with `-w`, notes that in wtmp. The note does not depend on
//! utmp: a system without that file, or a line that nobody was on, still gets it.

use crate::cli::{self, Voice};
use runit_core::exit;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::utmp::{self, Step, Trouble};
use runit_sys::{Errno, reason};
use std::ffi::CStr;

const VOICE: Voice<'static> = Voice::new(b"utmpset");

/// `utmpset [-wV] line`: 0, 1 after a usage error, 111 when it could not be done.
pub fn main(args: Args) -> i32 {
    let mut with_wtmp = false;
    let mut options = Options::new(b"wV", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'w') => with_wtmp = true,
            Opt::Flag(_) => {
                cli::version();
                return usage(&args);
            }
            Opt::Unknown(letter) | Opt::Missing(letter) | Opt::Value(letter, _) => {
                VOICE.illegal_option(letter);
                return usage(&args);
            }
        }
    }
    let Some(line) = args.get(options.operands()) else {
        return usage(&args);
    };
    log_out(line.to_bytes(), with_wtmp)
}

fn usage(args: &Args) -> i32 {
    Voice::new(args.get(0).map_or(b"utmpset", CStr::to_bytes)).usage(b" [-w] line");
    exit::USAGE
}

fn log_out(line: &[u8], with_wtmp: bool) -> i32 {
    let unable: [&[u8]; 2] = [b"unable to logout line ", line];
    if line.len() > utmp::MOST_LINE {
        return VOICE.fatal(&[unable[0], unable[1], b" in utmp: name too long"]);
    }
    let mut code = 0;
    let mut missing = None;
    match utmp::log_out(line) {
        Ok(true) => {}
        Ok(false) => {
            VOICE.warning(&[unable[0], unable[1], b" in utmp: no such entry"]);
            code = exit::FATAL;
        }
        Err(trouble) if with_wtmp && is_missing(&trouble) => missing = Some(trouble),
        Err(trouble) => code = complain(&trouble, line, b" in utmp"),
    }
    if !with_wtmp {
        return code;
    }
    match utmp::note_log_out(line) {
        Ok(()) => {}
        Err(trouble) => return complain(&trouble, line, b" in wtmp"),
    }
    if let Some(trouble) = missing {
        let why = reason(trouble.error).as_bytes();
        let what = b": line ";
        let only = b" logged out in wtmp only";
        VOICE.warning(&[trouble.path.as_bytes(), b": ", why, what, line, only]);
    }
    code
}

/// A system that keeps no utmp.
fn is_missing(trouble: &Trouble) -> bool {
    trouble.step == Step::Open && trouble.error == Errno::NOENT
}

/// Gives the exit code.
fn complain(trouble: &Trouble, line: &[u8], place: &[u8]) -> i32 {
    let path = trouble.path.as_bytes();
    match trouble.step {
        Step::Open => VOICE.fatal_because(&[b"unable to open ", path], trouble.error),
        Step::Lock => VOICE.fatal_because(&[b"unable to lock: ", path], trouble.error),
        Step::Write => {
            VOICE.warning_because(&[b"unable to logout line ", line, place], trouble.error);
            exit::FATAL
        }
    }
}
