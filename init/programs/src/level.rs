//! Levels by name: where they are, which word stands for which, what is there.
//!
//! A directory of services goes before another word for one (file `aliases`); a machine without
//! that file has the installed one. It must never take a link that says which level is in use for
//! a level.

use runit_core::alias::{self, Target};
use runit_core::power::Ending;
use runit_sys::{file, spawn};
use std::ffi::CString;

/// Where the levels are, unless $RUNSVDIR says otherwise.
const DEFAULT: &[u8] = b"/etc/runit/runsvdir";
/// Most bytes of the file of other words that are read.
const MOST_ALIASES: usize = 64 << 10;

/// What somebody who asks for a level by a word gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// The level of this name; it is there.
    Level(Vec<u8>),
    /// Not a level: the machine is to end like this.
    End(Ending),
    /// Neither is there.
    Nothing,
}

/// The directory of the levels.
#[must_use]
pub fn place() -> &'static [u8] {
    spawn::variable(c"RUNSVDIR").unwrap_or(DEFAULT)
}

/// The words for levels, in the form of the file; see [`runit_core::alias`].
#[must_use]
pub fn aliases() -> Vec<u8> {
    let path = path_of(alias::FILE.to_bytes());
    let text = path.and_then(|path| file::read_all(&path, MOST_ALIASES).ok());
    text.unwrap_or_else(|| alias::STANDARD.to_vec())
}

/// What a word means: a level of that name, else what `aliases` says.
#[must_use]
pub fn meaning(word: &[u8]) -> Meaning {
    if exists(word) {
        return Meaning::Level(word.to_vec());
    }
    match alias::resolve(&aliases(), word) {
        Some(Target::Level(name)) if exists(name) => Meaning::Level(name.to_vec()),
        Some(Target::End(ending)) => Meaning::End(ending),
        _ => Meaning::Nothing,
    }
}

/// Is there a level of this name?
#[must_use]
pub fn exists(name: &[u8]) -> bool {
    let path = alias::is_name(name).then(|| path_of(name)).flatten();
    path.is_some_and(|path| file::is_dir(&path) == Ok(Some(true)))
}

fn path_of(name: &[u8]) -> Option<CString> {
    CString::new([place(), b"/", name].concat()).ok()
}
