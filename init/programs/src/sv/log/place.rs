//! Where a service's log is: in which directories its running logger writes.
//!
//! Whatever logger it is, the directories are arguments of its, and each holds a file `current`.
//! Nothing is guessed: without a running logger there is no answer.

use super::files;
use crate::sv::target::{self, Trouble};
use runit_sys::{Errno, child, file, platform};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A directory with a log.
#[derive(Debug)]
pub struct Place {
    /// As the logger was told.
    pub name: Vec<u8>,
    /// As we reach it.
    pub dir: PathBuf,
}

impl Place {
    /// Whether `wish` means this one: what the logger was told, or the last part of it.
    fn is(&self, wish: &[u8]) -> bool {
        let last = Path::new(OsStr::from_bytes(&self.name)).file_name();
        let wish = wish.strip_suffix(b"/").unwrap_or(wish);
        let name = self.name.strip_suffix(b"/").unwrap_or(&self.name);
        name == wish || last.is_some_and(|last| last.as_bytes() == wish)
    }
}

/// The directories of the logger of the service in whose directory we are, in the logger's order;
/// at least one. With a `wish` only that one.
pub fn places(wish: Option<&[u8]>) -> Result<Vec<Place>, Trouble> {
    file::chdir(c"log")
        .map_err(|error| Trouble::Fail("unable to change to log directory", Some(error)))?;
    // The record of a runsv that is gone names a process that may be anyone's by now.
    target::prove_runsv()?;
    let logger = target::read_status()?.pid.and_then(child::pid);
    let logger = logger.ok_or(Trouble::Fail("log service is down", None))?;
    let unknown = |error| {
        Trouble::Warning(
            "unable to find out where the log service writes",
            Some(error),
        )
    };
    let arguments = platform::arguments_of(logger).map_err(unknown)?;
    let base = platform::working_directory_of(logger).map_err(unknown)?;
    let root = platform::root_directory_of(logger).map_err(unknown)?;
    let mut closed = None;
    let look = || {
        let places = with_current(&arguments, &base, &root, &mut closed);
        (!places.is_empty()).then_some(places)
    };
    let mut places = files::patiently(look).unwrap_or_default();
    if places.is_empty() {
        let what = match closed {
            Some(_) => "unable to read the log",
            None => "the log service keeps no file named current",
        };
        return Err(Trouble::Fail(what, closed));
    }
    places.retain(|place| wish.is_none_or(|wish| place.is(wish)));
    if places.is_empty() {
        let what = "the log service writes to no such directory";
        return Err(Trouble::Fail(what, None));
    }
    Ok(places)
}

/// The arguments (each followed by a NUL) that are directories with a file `current`. `closed`: one
/// may be, but it is not ours to look.
fn with_current(
    arguments: &[u8],
    base: &Path,
    root: &Path,
    closed: &mut Option<Errno>,
) -> Vec<Place> {
    let mut places = Vec::new();
    for name in arguments.split(|&byte| byte == 0).skip(1) {
        let dir = match name.strip_prefix(b"/") {
            Some(rest) => root.join(OsStr::from_bytes(rest)),
            None => base.join(OsStr::from_bytes(name)),
        };
        match std::fs::metadata(dir.join("current")) {
            Ok(current) if current.is_file() => places.push(Place {
                name: name.to_vec(),
                dir,
            }),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                *closed = Some(Errno::ACCESS);
            }
            _ => (),
        }
    }
    places
}
