//! halt, poweroff, reboot: one program by three names that asks process 1 to end the system.
//!
//! It only tells everybody, sets the flags and has process 1 look at them; stage 3 does the work.
//! `-f` is for when that cannot be: it ends the machine at once, with nothing stopped. A restart by
//! kexec is only taken where a kernel is loaded for it, or it would be an ordinary one.

mod options;

use crate::cli::Voice;
use crate::process_1;
use crate::runit::flags;
use crate::runlevel;
use crate::shutdown::tell::{self, News};
use options::{Asked, Options};
use runit_core::exit;
use runit_core::pending::What;
use runit_core::power::Ending;
use runit_sys::entry::Args;
use runit_sys::utmp::{self, Mark, Step};
use runit_sys::{file, reboot, say};
use std::ffi::CStr;

/// Where Linux says whether a kernel is loaded for kexec: 0 or 1.
const KEXEC_LOADED: &CStr = c"/sys/kernel/kexec_loaded";

/// `halt [-fnwk]` and its other names. Exit codes: 0 asked, 1 usage, 111 refused.
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
        b"reboot" if options.kexec => Ending::Kexec,
        b"reboot" => Ending::Restart,
        b"poweroff" => Ending::PowerOff,
        _ if options.power => Ending::PowerOff,
        _ => Ending::Halt,
    };
    if let Some(mark) = options.record_only {
        return record(mark, voice);
    }
    if ending == Ending::Kexec && !kernel_is_loaded() {
        return voice.fatal(&[b"no kernel is loaded for kexec"]);
    }
    if options.force {
        return at_once(voice, ending, &options);
    }
    if let Err(code) = process_1::can_be_asked(voice) {
        return code;
    }
    if !options.no_wall {
        tell::everybody(What::End(ending), News::Now, &[]);
    }
    process_1::end(ending, voice)
}

fn kernel_is_loaded() -> bool {
    let mut answer = [0; 1];
    file::read(KEXEC_LOADED, &mut answer) == Ok(1) && answer == *b"1"
}

/// The records in wtmp (and, of boot and runlevel, in utmp), where these files exist. That of a
/// shutdown comes after that of its runlevel.
fn record(mark: Mark, voice: Voice<'_>) -> i32 {
    let runlevel = (mark == Mark::Shutdown).then(|| {
        let now = match flags::read().ending() {
            Ending::PowerOff | Ending::Halt => b'0',
            Ending::Restart | Ending::Kexec => b'6',
        };
        utmp::write(runlevel::to(now))
    });
    match runlevel.unwrap_or(Ok(())).and(utmp::write(mark)) {
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
    if !options.no_record {
        // A machine that hangs is ended all the same.
        let _ = utmp::write(Mark::Shutdown);
    }
    if !options.no_sync {
        reboot::sync();
    }
    voice.fatal_because(&[b"unable to reboot"], reboot::now(ending))
}
