//! runsvchdir: points `current`, and with it the running runsvdir, to another services directory.
//!
//! It decides what `current` and `previous` become; both are replaced by rename, so that there is
//! no instant without them. It must never leave `current` missing or pointing nowhere: a dangling
//! or missing one is repaired by the switch.

use crate::cli::Voice;
use runit_core::exit;
use runit_sys::entry::Args;
use runit_sys::link::{self, MOST_TARGET, PointError};
use runit_sys::{Errno, file, say, spawn};
use std::ffi::{CStr, CString};

/// Where the services directories are, unless $RUNSVDIR says otherwise.
const DEFAULT: &[u8] = b"/etc/runit/runsvdir";
const CURRENT: &CStr = c"current";
const CURRENT_NEW: &CStr = c"current.new";
const PREVIOUS: &CStr = c"previous";
const PREVIOUS_NEW: &CStr = c"previous.new";

/// `runsvchdir dir`: 0, 1 after a usage error, 111 when it could not be done.
pub fn main(args: Args) -> i32 {
    let voice = Voice::new(args.get(0).map_or(b"runsvchdir", CStr::to_bytes));
    let Some(name) = args.get(1) else {
        voice.usage(b" dir");
        return exit::USAGE;
    };
    match switch_to(name, voice) {
        Ok(how) => {
            say::output(&[b"runsvchdir: ", name.to_bytes(), how]);
            0
        }
        Err(code) => code,
    }
}

/// Does it; gives the end of the message, or the exit code after a complaint.
fn switch_to(name: &CStr, voice: Voice) -> Result<&'static [u8], i32> {
    let text = name.to_bytes();
    if text.starts_with(b".") {
        return Err(voice.fatal(&[text, b": must not start with a dot."]));
    }
    let place = spawn::variable(c"RUNSVDIR").unwrap_or(DEFAULT);
    enter(place).map_err(|e| voice.fatal_because(&[b"unable to chdir: ", place], e))?;
    let wanted = match file::identity(name) {
        Ok(identity) => identity,
        Err(Errno::NOENT) => return Err(voice.fatal_because(&[text], Errno::NOENT)),
        Err(e) => return Err(voice.fatal_because(&[b"unable to stat: ", text], e)),
    };
    if file::is_dir(name) != Ok(Some(true)) {
        return Err(voice.fatal(&[text, b": not a directory."]));
    }
    match file::identity(CURRENT) {
        Ok(now) if now == wanted => return Ok(b": current."),
        Ok(_) => keep_previous(name, voice)?,
        // Missing, or pointing nowhere: what `previous` names is worth more than that.
        Err(Errno::NOENT | Errno::LOOP) => {
            let mut buffer = [0; MOST_TARGET];
            let target = through_previous(name, &mut buffer);
            point(CURRENT, CURRENT_NEW, target, voice)?;
        }
        Err(e) => return Err(voice.fatal_because(&[b"unable to stat: current"], e)),
    }
    Ok(b": now current.")
}

/// The usual case: `previous` becomes what `current` is, then `current` becomes `name`.
fn keep_previous(name: &CStr, voice: Voice) -> Result<(), i32> {
    let mut old = [0; MOST_TARGET];
    let old = link::target(CURRENT, &mut old)
        .map_err(|e| voice.fatal_because(&[b"unable to stat: current"], e))?;
    let mut buffer = [0; MOST_TARGET];
    let target = through_previous(name, &mut buffer);
    // Made first: it is the step most likely to fail, and nothing has changed yet.
    link::prepare(CURRENT_NEW, target)
        .map_err(|e| explain(e, CURRENT, CURRENT_NEW, target, voice))?;
    match old {
        Some(old) => point(PREVIOUS, PREVIOUS_NEW, old, voice)?,
        // A real directory, which only a rename can keep; the one case with an instant without.
        None => {
            file::remove(PREVIOUS)
                .map_err(|e| voice.fatal_because(&[b"unable to unlink: previous"], e))?;
            file::rename(CURRENT, PREVIOUS)
                .map_err(|e| voice.fatal_because(&[b"unable to copy: current to previous"], e))?;
        }
    }
    file::rename(CURRENT_NEW, CURRENT)
        .map_err(|e| voice.fatal_because(&[b"unable to move: current.new to current"], e))
}

/// `runsvchdir previous` means what the link names, or `current` would end up behind it in a loop.
fn through_previous<'a>(name: &'a CStr, buffer: &'a mut [u8; MOST_TARGET]) -> &'a CStr {
    if name != PREVIOUS {
        return name;
    }
    link::target(name, buffer).ok().flatten().unwrap_or(name)
}

fn point(path: &CStr, new: &CStr, target: &CStr, voice: Voice) -> Result<(), i32> {
    link::point(path, new, target).map_err(|e| explain(e, path, new, target, voice))
}

fn explain(error: PointError, path: &CStr, new: &CStr, target: &CStr, voice: Voice) -> i32 {
    let (path, new, target) = (path.to_bytes(), new.to_bytes(), target.to_bytes());
    match error {
        PointError::Clear(e) => voice.fatal_because(&[b"unable to unlink: ", new], e),
        PointError::Create(e) => {
            voice.fatal_because(&[b"unable to create: ", new, b" -> ", target], e)
        }
        PointError::Rename(e) => voice.fatal_because(&[b"unable to move: ", new, b" to ", path], e),
    }
}

fn enter(place: &[u8]) -> Result<(), Errno> {
    let place = CString::new(place).map_err(|_| Errno::INVAL)?;
    file::chdir(&place)
}
