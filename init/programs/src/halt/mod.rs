//! halt, poweroff, reboot: one program by three names that asks process 1 to end the system.
//!
//! It only sets the flags and tells process 1; stage 3 does the work. `-f` is for when that cannot
//! be: it ends the machine at once, with nothing stopped.

mod options;

use crate::cli::Voice;
use crate::runit::flags::{self, Refused};
use options::{Asked, Options};
use runit_core::exit;
use runit_core::power::Ending;
use runit_sys::entry::Args;
use runit_sys::signal::Number;
use runit_sys::utmp::{self, Mark, Step};
use runit_sys::{child, reboot, say, signal};

/// `halt [-fnw]` and its other names. Exit codes: 0 asked, 1 usage, 111 refused.
pub fn main(args: Args) -> i32 {
    let name = args.program_name();
    let voice = Voice::new(name);
    let options = match options::read(&args) {
        Asked::Work(options) => options,
        Asked::Help => {
            say::output(&[b"usage: ", name, options::USAGE]);
            return 0;
        }
        Asked::Unknown => {
            voice.usage(options::USAGE);
            return exit::USAGE;
        }
    };
    let ending = match name {
        b"reboot" => Ending::Restart,
        b"poweroff" => Ending::PowerOff,
        _ if options.power => Ending::PowerOff,
        _ => Ending::Halt,
    };
    if let Some(mark) = options.record_only {
        return record(mark, voice);
    }
    if options.force {
        return at_once(voice, ending, &options);
    }
    match flags::ask_for(ending) {
        Ok(()) => tell_process_1(voice),
        Err(Refused { what, path, why }) => {
            voice.fatal_because(&[b"unable to ", what, b" ", path.to_bytes()], why)
        }
    }
}

/// The record in wtmp (and, of the boot, in utmp), where these files exist.
fn record(mark: Mark, voice: Voice<'_>) -> i32 {
    match utmp::write(mark) {
        Ok(()) => 0,
        Err(trouble) => {
            let what: &[u8] = match trouble.step {
                Step::Open => b"unable to open ",
                Step::Lock => b"unable to lock ",
                Step::Write => b"unable to write ",
            };
            voice.fatal_because(&[what, trouble.path.as_bytes()], trouble.error)
        }
    }
}

fn at_once(voice: Voice<'_>, ending: Ending, options: &Options) -> i32 {
    if !options.no_sync {
        reboot::sync();
    }
    voice.fatal_because(&[b"unable to reboot"], reboot::now(ending))
}

fn tell_process_1(voice: Voice<'_>) -> i32 {
    match child::pid(1).map(|pid| signal::send(pid, Number::CONT)) {
        Some(Err(error)) => voice.fatal_because(&[b"unable to signal process 1"], error),
        _ => 0,
    }
}
