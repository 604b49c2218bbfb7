//! runlevel: the runlevel of System V before and the one now, for tools that know nothing else; and
//! the records from which it, `who -r` and `last -x` know.
//!
//! A level counts as the character that stands for it among the aliases, and where there is none as
//! 9. It decides nothing: levels are switched by runsvchdir.

use crate::cli::Voice;
use crate::level;
use runit_core::alias;
use runit_core::exit;
use runit_sys::entry::Args;
use runit_sys::link::{self, MOST_TARGET};
use runit_sys::utmp::{self, Mark};
use runit_sys::{say, spawn};
use std::ffi::CString;

/// No level before.
const NONE: u8 = b'N';
/// A level that no single character stands for.
const OWN: u8 = b'9';
/// Exit code where there is no telling.
const UNKNOWN: i32 = 1;

/// `runlevel [-q]`: prints `N 2` and the like. 0; 1 when it is unknown, or after a usage error.
pub fn main(args: Args) -> i32 {
    let mut quiet = false;
    for arg in args.iter().skip(1) {
        match arg.to_bytes() {
            b"-q" | b"--quiet" => quiet = true,
            _ => {
                Voice::new(b"runlevel").usage(b" [-q]");
                return exit::USAGE;
            }
        }
    }
    let known = utmp::runlevels().or_else(|| Some((NONE, of_link()?)));
    let Some((before, now)) = known else {
        if !quiet {
            say::output(&[b"unknown"]);
        }
        return UNKNOWN;
    };
    let before = if before == 0 { NONE } else { before };
    if !quiet {
        say::output(&[&[before, b' ', now]]);
    }
    0
}

/// The runlevel that goes on record when the system goes to another one.
#[must_use]
pub fn to(now: u8) -> Mark {
    let before = utmp::runlevels().map_or(NONE, |(_, now)| now);
    Mark::RunLevel { now, before }
}

/// Notes which level is current by now: once, and only of the system's own levels.
pub fn note() {
    if spawn::variable(c"RUNSVDIR").is_some() {
        return;
    }
    let Some(now) = of_link() else {
        return;
    };
    if utmp::runlevels().is_none_or(|(_, known)| known != now) {
        // Who may not write there has not switched the system's level, either.
        let _ = utmp::write(to(now));
    }
}

/// The character for what `current` points to.
fn of_link() -> Option<u8> {
    let path = CString::new([level::place(), b"/current"].concat()).ok()?;
    let mut buffer = [0; MOST_TARGET];
    let target = link::target(&path, &mut buffer).ok()??.to_bytes();
    let name = target
        .rsplit(|&b| b == b'/')
        .find(|part| !part.is_empty())?;
    level::exists(name).then(|| alias::runlevel(&level::aliases(), name).unwrap_or(OWN))
}
