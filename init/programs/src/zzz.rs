//! zzz, ZZZ: puts the machine to sleep, with hooks before and after.
//!
//! Options, hooks and what hooks are told are those of Void Linux. It must never leave the hooks of
//! the way back out once those of the way there have run, whatever happens in between.

use crate::cli::Voice;
use runit_core::exit;
use runit_core::options::{Opt, Options};
use runit_core::sleep::{Then, Way, offers};
use runit_sys::entry::Args;
use runit_sys::environment::Environment;
use runit_sys::signal::{self, Number};
use runit_sys::{Errno, child, clock, dir, fd, file, folder, lock, reason, spawn};
use std::ffi::{CStr, CString};

const STATE: &CStr = c"/sys/power/state";
const DISK: &CStr = c"/sys/power/disk";
/// Locked while somebody sleeps; a directory of the kernel's, so that nothing need be made.
const LOCK: &CStr = c"/sys/power";
const SUSPEND: &[u8] = b"/etc/zzz.d/suspend";
const RESUME: &[u8] = b"/etc/zzz.d/resume";
/// Milliseconds that a trial takes instead.
const TRIAL_MS: u64 = 5000;

/// `zzz [-nSzZRH]`: 0 after the machine woke up, 1 after a usage error, 111.
pub fn main(args: Args) -> i32 {
    let voice = Voice::new(args.program_name());
    let mut way = match args.program_name() {
        b"ZZZ" => Way::Disk(Then::Off),
        _ => Way::Memory,
    };
    let mut trial = false;
    let mut options = Options::new(b"nSzZRH", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'n') => trial = true,
            Opt::Flag(b'S') => way = Way::Idle,
            Opt::Flag(b'z') => way = Way::Memory,
            Opt::Flag(b'Z') => way = Way::Disk(Then::Off),
            Opt::Flag(b'R') => way = Way::Disk(Then::Restart),
            Opt::Flag(_) => way = Way::Disk(Then::Memory),
            Opt::Unknown(letter) | Opt::Missing(letter) | Opt::Value(letter, _) => {
                voice.illegal_option(letter);
                return usage(voice);
            }
        }
    }
    if args.get(options.operands()).is_some() {
        return usage(voice);
    }
    sleep(way, trial, voice).unwrap_or_else(|code| code)
}

fn usage(voice: Voice<'_>) -> i32 {
    voice.usage(b" [-nSzZRH]");
    exit::USAGE
}

fn sleep(way: Way, trial: bool, voice: Voice<'_>) -> Result<i32, i32> {
    let disk = check(way, voice)?;
    let lock = fd::open_read(LOCK)
        .map_err(|e| voice.fatal_because(&[b"unable to open ", LOCK.to_bytes()], e))?;
    match lock::try_exclusive(&lock) {
        Ok(true) => {}
        Ok(false) => return Err(voice.fatal(&[b"somebody else does it already"])),
        Err(e) => return Err(voice.fatal_because(&[b"unable to lock ", LOCK.to_bytes()], e)),
    }
    // Opened before any hook runs: without the right to it nothing is to happen at all.
    let state = open_write(STATE, voice)?;
    let mut environment = Environment::of_process();
    environment.set(b"ZZZ_MODE", if trial { b"noop" } else { way.mode() });
    environment.set(b"ZZZ_HIBERNATE_MODE", disk.unwrap_or_default());
    // The terminal may be gone when the machine wakes up.
    signal::listen(&[Number::HUP, Number::INT, Number::TERM]);
    run_hooks(SUSPEND, &environment, voice);
    let slept = match trial {
        true => {
            clock::pause_ms(TRIAL_MS);
            Ok(())
        }
        false => fall_asleep(way, disk, &state),
    };
    run_hooks(RESUME, &environment, voice);
    match slept {
        Ok(()) => Ok(0),
        Err((path, error)) => {
            Err(voice.fatal_because(&[b"unable to write ", path.to_bytes()], error))
        }
    }
}

/// Whether this machine can; gives the word for its disk.
fn check(way: Way, voice: Voice<'_>) -> Result<Option<&'static [u8]>, i32> {
    let list = |path: &CStr| {
        let mut text = [0; 256];
        match file::read(path, &mut text) {
            Ok(len) => Ok(text[..len].to_vec()),
            Err(Errno::NOENT) => Ok(Vec::new()),
            Err(e) => Err(voice.fatal_because(&[b"unable to read ", path.to_bytes()], e)),
        }
    };
    if !offers(&list(STATE)?, way.state()) {
        return Err(voice.fatal(&[b"this machine does not offer '", way.state(), b"'"]));
    }
    if way.disk().is_empty() {
        return Ok(None);
    }
    let offered = list(DISK)?;
    let word = way.disk().iter().find(|word| offers(&offered, word));
    match word {
        Some(word) => Ok(Some(word)),
        None => Err(voice.fatal(&[b"this machine does not offer '", way.disk()[0], b"'"])),
    }
}

fn open_write(path: &'static CStr, voice: Voice<'_>) -> Result<fd::Owned, i32> {
    file::open_write(path)
        .map_err(|e| voice.fatal_because(&[b"unable to write ", path.to_bytes()], e))
}

/// Comes back when the machine is awake again.
fn fall_asleep(
    way: Way,
    disk: Option<&[u8]>,
    state: &fd::Owned,
) -> Result<(), (&'static CStr, Errno)> {
    if let Some(word) = disk {
        let file = file::open_write(DISK).map_err(|e| (DISK, e))?;
        fd::write_all(file, word).map_err(|e| (DISK, e))?;
    }
    folder::write_once(state, way.state())
        .map_err(|e| (STATE, e))
        .map(drop)
}

/// Runs the executable files of a directory in the order of their names, one after the other.
fn run_hooks(place: &[u8], environment: &Environment, voice: Voice<'_>) {
    let names = CString::new(place).map_err(|_| Errno::INVAL);
    let names = names
        .and_then(|place| fd::open_dir(&place))
        .and_then(|dir| dir::visible_names(&dir));
    let mut names = names.unwrap_or_default();
    names.sort();
    for name in names {
        let Ok(path) = CString::new([place, b"/", name.to_bytes()].concat()) else {
            continue;
        };
        if !file::owner_may_execute(&path) {
            continue;
        }
        let hook = path.to_bytes();
        let ran = spawn::fork(|| {
            signal::hand_over_clean();
            let error = spawn::replace_by(&path, environment);
            voice.fatal(&[b"unable to run ", hook, b": ", reason(error).as_bytes()])
        });
        let exit = ran.ok().and_then(child::wait_for);
        if !exit.is_some_and(|exit| exit.success()) {
            voice.warning(&[hook, b": failed"]);
        }
    }
}
