//! One service as sv sees it from outside: its name, its directory, and the files runsv keeps.
//!
//! Every function works in the service directory, which `enter` makes the working directory.

use runit_core::layout::SERVICE;
use runit_core::status::{RECORD, Status};
use runit_sys::{Errno, fd, fifo, file};
use std::borrow::Cow;
use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;

/// Why a service cannot be asked or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is not there, or not supervised: `fail: NAME: ...`.
    Fail(&'static str, Option<Errno>),
    /// Something is wrong with it: `warning: NAME: ...`.
    Warning(&'static str, Option<Errno>),
    /// No runsv: `fail`, but what `exit` wants to reach.
    NotRunning,
}

impl Trouble {
    /// What is wrong, and why, if a system call said so.
    pub fn words(&self) -> (&'static str, Option<Errno>) {
        match *self {
            Trouble::Fail(what, why) | Trouble::Warning(what, why) => (what, why),
            Trouble::NotRunning => ("runsv not running", None),
        }
    }
}

/// A service named on the command line.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name as it was typed.
    pub name: &'static CStr,
    path: Cow<'static, CStr>,
}

impl Target {
    /// A name is looked up in the services directory, unless it begins with a dot or a slash or
    /// ends with a slash: then it is a path.
    pub fn new<'s>(name: &'static CStr, services: impl FnOnce() -> &'s [u8]) -> Target {
        let bytes = name.to_bytes();
        let is_path = bytes.starts_with(b"/") || bytes.starts_with(b".") || bytes.ends_with(b"/");
        let path = if is_path {
            Cow::Borrowed(name)
        } else {
            let services = services();
            // With room for the end of the string, or it would be copied once more.
            let mut path = Vec::with_capacity(services.len() + bytes.len() + 2);
            path.extend_from_slice(services);
            path.push(b'/');
            path.extend_from_slice(bytes);
            Cow::Owned(CString::new(path).unwrap_or_default())
        };
        Target { name, path }
    }

    /// A service directory, whatever its name looks like.
    pub fn directory(name: &'static CStr) -> Target {
        Target {
            name,
            path: Cow::Borrowed(name),
        }
    }

    /// Makes the service directory the working directory; relative paths begin at `origin`.
    pub fn enter(&self, origin: &OwnedFd) -> Result<(), Trouble> {
        let relative = !self.path.to_bytes().starts_with(b"/");
        let back = if relative {
            file::fchdir(origin)
        } else {
            Ok(())
        };
        back.and_then(|()| file::chdir(&self.path))
            .map_err(|error| Trouble::Fail("unable to change to service directory", Some(error)))
    }
}

/// Proves that a runsv is there; the descriptor tells when it goes.
pub fn prove_runsv() -> Result<OwnedFd, Trouble> {
    fifo::open_writer(SERVICE.ok).map_err(|error| match error {
        Errno::NXIO => Trouble::NotRunning,
        error => Trouble::Warning("unable to open supervise/ok", Some(error)),
    })
}

/// The present status record.
pub fn read_status() -> Result<Status, Trouble> {
    let mut record = [0u8; RECORD + 1];
    // One read gives all of so small a file.
    let read = fd::open_read(SERVICE.status).and_then(|file| fd::read(&file, &mut record));
    let len = read.map_err(|error| {
        let what = match error {
            Errno::ISDIR => "unable to read supervise/status",
            _ => "unable to open supervise/status",
        };
        Trouble::Warning(what, Some(error))
    })?;
    Status::from_record(&record[..len])
        .map_err(|_| Trouble::Warning("unable to read supervise/status: bad format", None))
}

/// Sends control bytes to the runsv.
pub fn send(commands: &[u8]) -> Result<(), Trouble> {
    let control = fifo::open_writer(SERVICE.control).map_err(|error| match error {
        Errno::NXIO => Trouble::NotRunning,
        error => Trouble::Warning("unable to open supervise/control", Some(error)),
    })?;
    fd::write_all(control, commands)
        .map_err(|error| Trouble::Warning("unable to write to supervise/control", Some(error)))
}
