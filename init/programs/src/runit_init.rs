//! runit-init, also called `init` and `telinit`: as process 1 the door to runit, else the way to
//! ask process 1 for something.
//!
//! As in the original only the first character of `0...` and `6...` counts. All other words are
//! read whole: `u` (go on as the installed version), `q` (look for services now), the name of a
//! directory of services, or another word for one (file `aliases`).

use crate::cli::Voice;
use crate::level::{self, Meaning};
use crate::process_1;
use runit_core::alias::{self, Target};
use runit_core::exit;
use runit_core::line::Line;
use runit_core::power::Ending;
use runit_sys::entry::Args;
use runit_sys::signal::Number;
use runit_sys::{child, image, say, spawn};
use std::ffi::{CStr, CString};

/// Where process 1 is installed.
const RUNIT: &CStr = c"/sbin/runit";
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
    if word.to_bytes() == b"-V" {
        say::error(&[b"runit-rs ", env!("CARGO_PKG_VERSION").as_bytes(), b"\n"]);
        return usage(&args);
    }
    obey(word.to_bytes()).unwrap_or_else(|| usage(&args))
}

/// Does what a word asks for and gives the exit code; `None`: it is none. A level is switched to in
/// the place of this process.
#[must_use]
pub fn obey(word: &[u8]) -> Option<i32> {
    Some(match word {
        // What the aliases say of these words can only be another way to end.
        [b'0', ..] => stop(ending(word, Ending::PowerOff)),
        [b'6', ..] => stop(ending(word, Ending::Restart)),
        b"u" | b"U" => process_1::tell(Number::HUP, VOICE),
        b"q" | b"Q" => process_1::tell(Number::ALRM, VOICE),
        name => match level::meaning(name) {
            Meaning::Level(level) => switch_to(&level),
            Meaning::End(ending) => stop(ending),
            Meaning::Nothing => return None,
        },
    })
}

fn ending(word: &[u8], usual: Ending) -> Ending {
    match alias::resolve(&level::aliases(), word) {
        Some(Target::End(ending)) => ending,
        _ => usual,
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

/// Has process 1 end the system.
#[must_use]
pub fn stop(ending: Ending) -> i32 {
    process_1::end(ending, VOICE)
}

fn switch_to(level: &[u8]) -> i32 {
    let Ok(level) = CString::new(level) else {
        return exit::FATAL;
    };
    let error = spawn::exec_with(c"runsvchdir", &[c"runsvchdir", &level], true);
    VOICE.fatal_because(&[b"unable to start runsvchdir"], error)
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
