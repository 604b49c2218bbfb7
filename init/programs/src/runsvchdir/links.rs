//! The two links: what `current` and `previous` become.
//!
//! Both are replaced by rename, so that there is no instant without them. It must never leave
//! `current` missing or pointing nowhere: a dangling or missing one is repaired by the switch.

use crate::cli::Voice;
use crate::level::{self, Meaning};
use crate::runlevel;
use runit_sys::link::{self, MOST_TARGET, PointError};
use runit_sys::{Errno, file};
use std::ffi::{CStr, CString};

/// The level in use.
pub const CURRENT: &CStr = c"current";
/// The one before.
pub const PREVIOUS: &CStr = c"previous";
const CURRENT_NEW: &CStr = c"current.new";
const PREVIOUS_NEW: &CStr = c"previous.new";
/// Not a level: the services of two, while one is being left for the other.
pub const BOTH: &CStr = c".both";

/// A level that was asked for and is there.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What `current` is to name.
    pub name: CString,
    /// What people call it.
    pub called: CString,
    id: (u64, u64),
}

impl Wanted {
    /// Does `current` lead to another level? (Where it leads nowhere nobody can tell.)
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        matches!(file::identity_of_dir(CURRENT), Ok(Some(id)) if id != self.id)
    }
}

/// Finds the level that `asked` names, and makes the directory of the levels the working one.
pub fn find(asked: &CStr, voice: Voice) -> Result<Wanted, i32> {
    let text = asked.to_bytes();
    if text.starts_with(b".") {
        return Err(voice.fatal(&[text, b": must not start with a dot."]));
    }
    enter(voice)?;
    match look(asked, voice) {
        Ok(id) => {
            let mut buffer = [0; MOST_TARGET];
            return Ok(Wanted {
                name: through_previous(asked, &mut buffer).to_owned(),
                called: asked.to_owned(),
                id,
            });
        }
        Err(Refusal::NotThere) => {}
        Err(Refusal::Other(code)) => return Err(code),
    }
    match level::meaning(text) {
        Meaning::Level(name) => {
            let name = CString::new(name).unwrap_or_default();
            let id = file::identity(&name)
                .map_err(|e| voice.fatal_because(&[b"unable to stat: ", name.to_bytes()], e))?;
            Ok(Wanted {
                called: name.clone(),
                name,
                id,
            })
        }
        Meaning::End(_) => Err(voice.fatal(&[
            text,
            b": not a level but the end of the machine: use init ",
            text,
        ])),
        Meaning::Nothing => Err(voice.fatal_because(&[text], Errno::NOENT)),
    }
}

enum Refusal {
    NotThere,
    Other(i32),
}

fn look(name: &CStr, voice: Voice) -> Result<(u64, u64), Refusal> {
    let text = name.to_bytes();
    let id = file::identity(name).map_err(|error| match error {
        Errno::NOENT => Refusal::NotThere,
        error => Refusal::Other(voice.fatal_because(&[b"unable to stat: ", text], error)),
    })?;
    match file::is_dir(name) {
        Ok(Some(true)) => Ok(id),
        _ => Err(Refusal::Other(voice.fatal(&[text, b": not a directory."]))),
    }
}

/// Makes the directory of the levels the working directory.
pub fn enter(voice: Voice) -> Result<(), i32> {
    let place = level::place();
    let path = CString::new(place).map_err(|_| Errno::INVAL);
    path.and_then(|path| file::chdir(&path))
        .map_err(|e| voice.fatal_because(&[b"unable to chdir: ", place], e))
}

/// Is it the current level already?
pub fn is_current(wanted: &Wanted) -> bool {
    file::identity(CURRENT) == Ok(wanted.id)
}

/// What `current` names; `None` where it is no link.
pub fn current() -> Option<CString> {
    target_of(CURRENT)
}

/// What a link names.
pub fn target_of(link: &CStr) -> Option<CString> {
    let mut buffer = [0; MOST_TARGET];
    link::target(link, &mut buffer)
        .ok()
        .flatten()
        .map(CStr::to_owned)
}

/// Makes it the current level.
pub fn make_current(wanted: &Wanted, voice: Voice) -> Result<(), i32> {
    match file::identity(CURRENT) {
        // What a switch in two steps that was cut short has left is no level to go back to.
        Ok(_) if current().as_deref() == Some(BOTH) => point_current(&wanted.name, voice),
        Ok(_) => keep_previous(&wanted.name, voice),
        // Missing, or pointing nowhere: what `previous` names is worth more than that.
        Err(Errno::NOENT | Errno::LOOP) => point_current(&wanted.name, voice),
        Err(e) => Err(voice.fatal_because(&[b"unable to stat: current"], e)),
    }?;
    runlevel::note();
    Ok(())
}

/// Only `current`.
pub fn point_current(target: &CStr, voice: Voice) -> Result<(), i32> {
    point(CURRENT, CURRENT_NEW, target, voice)
}

/// Only `previous`.
pub fn point_previous(target: &CStr, voice: Voice) -> Result<(), i32> {
    point(PREVIOUS, PREVIOUS_NEW, target, voice)
}

/// The usual case: `previous` becomes what `current` is, then `current` becomes `target`.
fn keep_previous(target: &CStr, voice: Voice) -> Result<(), i32> {
    let mut old = [0; MOST_TARGET];
    let old = link::target(CURRENT, &mut old)
        .map_err(|e| voice.fatal_because(&[b"unable to stat: current"], e))?;
    // Made first: it is the step most likely to fail, and nothing has changed yet.
    link::prepare(CURRENT_NEW, target)
        .map_err(|e| explain(e, CURRENT, CURRENT_NEW, target, voice))?;
    match old {
        Some(old) => point_previous(old, voice)?,
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
