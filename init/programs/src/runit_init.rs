//! runit-init, also called `init` and `telinit`: as process 1 the door to runit, else the way to
//! ask process 1 for something.
//!
//! As in the original only the first character of `0...` and `6...` counts. All other words are
//! read whole: `u` (go on as the installed version), `q` (look for services now), a runlevel of
//! System V, or the name of a directory of services.

use crate::cli::Voice;
use crate::runit::flags::{self, Refused};
use runit_core::exit;
use runit_core::line::Line;
use runit_core::power::Ending;
use runit_sys::entry::Args;
use runit_sys::signal::Number;
use runit_sys::{child, file, image, reason, say, signal, spawn};
use std::ffi::CStr;

/// Where process 1 is installed.
const RUNIT: &CStr = c"/sbin/runit";
/// Where the levels are.
const LEVELS: &[u8] = b"/etc/runit/runsvdir/";
/// Whatever name the program goes by.
const VOICE: Voice<'static> = Voice::new(b"init");
/// Longest path this program builds.
const LONGEST: usize = 1024;

/// `runit-init 0|6|...`; as process 1, becomes runit. Exit codes: 0, also after the usage text, and
/// 111.
pub fn main(args: Args) -> i32 {
    if child::own() == 1 {
        return become_runit(&args);
    }
    let Some(word) = args.get(1) else {
        return usage(&args);
    };
    match word.to_bytes() {
        [b'0', ..] => stop(Ending::PowerOff),
        [b'6', ..] => stop(Ending::Restart),
        b"u" | b"U" => tell_process_1(Number::HUP),
        b"q" | b"Q" => tell_process_1(Number::ALRM),
        b"-V" => {
            say::error(&[b"runit-rs ", env!("CARGO_PKG_VERSION").as_bytes(), b"\n"]);
            usage(&args)
        }
        name => match level(name) {
            Some(level) => switch_to(&level),
            None => usage(&args),
        },
    }
}

fn usage(args: &Args) -> i32 {
    let name = args.get(0).map_or(&b"runit-init"[..], CStr::to_bytes);
    Voice::new(name).usage(b" 0|6|1|S|2-5|LEVEL|q|u");
    0
}

fn become_runit(args: &Args) -> i32 {
    let name = c"runit";
    // Installed elsewhere (`init=/usr/local/sbin/runit-init`), the runit of the same version first.
    if let Some(beside) = beside(args) {
        if let Ok(path) = CStr::from_bytes_until_nul(&beside) {
            spawn::exec_with(path, &[name], false);
        }
    }
    let error = spawn::exec_with(RUNIT, &[name], false);
    VOICE.fatal_because(&[b"unable to start runit"], error)
}

/// A `runit` in the directory of this program.
fn beside(args: &Args) -> Option<[u8; LONGEST]> {
    let own = image::started_by(args)?.to_bytes();
    let dir = own.iter().rposition(|&b| b == b'/')? + 1;
    text(&[&own[..dir], b"runit"])
}

/// Sets the flags, and has process 1 look at them.
fn stop(ending: Ending) -> i32 {
    match flags::ask_for(ending) {
        Ok(()) => tell_process_1(Number::CONT),
        Err(Refused { what, path, why }) => {
            VOICE.fatal_because(&[b"unable to ", what, b" ", path.to_bytes()], why)
        }
    }
}

fn tell_process_1(number: Number) -> i32 {
    match child::pid(1).map(|pid| signal::send(pid, number)) {
        Some(Ok(())) => 0,
        Some(Err(error)) => VOICE.fatal_because(&[b"unable to signal process 1"], error),
        None => exit::FATAL,
    }
}

/// The directory of services a word stands for.
fn level(word: &[u8]) -> Option<[u8; LONGEST]> {
    if word.first().is_none_or(|&b| b == b'.' || b == b'-') || word.contains(&b'/') {
        return None;
    }
    let path = text(&[LEVELS, word])?;
    let there =
        CStr::from_bytes_until_nul(&path).is_ok_and(|path| file::is_dir(path) == Ok(Some(true)));
    if there {
        return text(&[word]);
    }
    match word {
        b"1" | b"s" | b"S" => text(&[b"single"]),
        b"2" | b"3" | b"4" | b"5" => text(&[b"default"]),
        _ => None,
    }
}

fn switch_to(level: &[u8]) -> i32 {
    let Ok(level) = CStr::from_bytes_until_nul(level) else {
        return exit::FATAL;
    };
    let error = spawn::exec_with(c"runsvchdir", &[c"runsvchdir", level], true);
    VOICE.fatal(&[b"unable to start runsvchdir: ", reason(error).as_bytes()])
}

/// The parts in one, ending with a NUL; `None` when they are too long or contain one.
fn text(parts: &[&[u8]]) -> Option<[u8; LONGEST]> {
    let mut line = Line::<LONGEST>::new();
    for part in parts {
        line.push(part);
    }
    let mut text = [0u8; LONGEST];
    let len = line.as_bytes().len();
    if len == LONGEST || line.as_bytes().contains(&0) {
        return None;
    }
    text[..len].copy_from_slice(line.as_bytes());
    Some(text)
}
