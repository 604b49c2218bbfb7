//! The supervisors to end: those of a directory of services, and all others that run.
//!
//! One that cannot be reached through its directory (that was removed) is known by its number only;
//! it gets TERM, which means the same to it as the order to leave.

use super::options::Options;
use crate::supervised::{self, Service, services_of};
use crate::sv;
use runit_core::decimal;
use runit_core::status::{State, Status};
use runit_core::stop::Seen;
use runit_sys::platform::{self, Process};
use runit_sys::signal::Number;
use runit_sys::{child, fd, fifo, file, signal};
use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;

/// File in a service directory: the seconds it gets.
const LIMIT: &std::ffi::CStr = c"timeout-stop";
/// The control FIFO of a logger.
const LOG_CONTROL: &std::ffi::CStr = c"log/supervise/control";

/// A supervisor.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is called.
    pub name: Vec<u8>,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Directory(Service),
    /// Only the number of runsv is known.
    Process(u32),
}

/// All of them, each once.
pub fn find(options: &Options, origin: &OwnedFd) -> Vec<Target> {
    let dir = options.dir.map(std::ffi::CStr::to_owned);
    let dir = dir.or_else(|| CString::new(sv::services_dir()).ok());
    let services = dir.and_then(|dir| services_of(&dir).ok());
    let mut found: Vec<Target> = Vec::new();
    for service in services.unwrap_or_default() {
        if service.look(origin) != supervised::Seen::Alone {
            found.push(Target {
                name: service.name.to_bytes().to_vec(),
                place: Place::Directory(service),
            });
        }
    }
    if !options.all {
        return found;
    }
    for process in platform::processes().unwrap_or_default() {
        if let Some(target) = supervisor(&process) {
            if !found.iter().any(|known| known.is(&target)) {
                found.push(target);
            }
        }
    }
    found
}

/// What a process supervises, if it is a runsv.
fn supervisor(process: &Process) -> Option<Target> {
    if process.name != b"runsv" {
        return None;
    }
    let pid = child::pid(process.pid)?;
    let arguments = platform::arguments_of(pid).unwrap_or_default();
    let argument = arguments.split(|&b| b == 0).nth(1).unwrap_or_default();
    let name = argument
        .rsplit(|&b| b == b'/')
        .find(|part| !part.is_empty());
    let name = name.unwrap_or(b"?").to_vec();
    let directory = platform::working_directory_of(pid).ok().and_then(|path| {
        let path = CString::new(path.into_os_string().into_vec()).ok()?;
        let id = file::identity_of_dir(&path).ok()??;
        let name = CString::new(name.clone()).ok()?;
        Some(Service { name, path, id })
    });
    let place = directory.map_or(Place::Process(process.pid), Place::Directory);
    Some(Target { name, place })
}

impl Target {
    fn is(&self, other: &Target) -> bool {
        match (&self.place, &other.place) {
            (Place::Directory(one), Place::Directory(other)) => one.id == other.id,
            (Place::Process(one), Place::Process(other)) => one == other,
            _ => false,
        }
    }

    /// Seconds that the service itself asks for.
    pub fn limit(&self, origin: &OwnedFd) -> Option<u64> {
        let text = self.inside(origin, || {
            let mut buffer = [0; 24];
            let len = file::read(LIMIT, &mut buffer).ok()?;
            Some(buffer[..len].to_vec())
        });
        decimal::unsigned(text??.trim_ascii())
    }

    /// Has it end its service and its logger, and leave.
    pub fn tell_to_leave(&self, origin: &OwnedFd) {
        match &self.place {
            Place::Directory(service) => drop(service.send(origin, b"x")),
            Place::Process(pid) => send(*pid, Number::TERM),
        }
    }

    /// How far it is.
    pub fn look(&self, origin: &OwnedFd) -> Seen {
        match &self.place {
            Place::Directory(service) => match service.look(origin) {
                supervised::Seen::Alone => Seen::Gone,
                supervised::Seen::Supervised(Some(status)) if status.state == State::Down => {
                    Seen::Down
                }
                _ => Seen::Up,
            },
            Place::Process(pid) => {
                let name = std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
                if name.trim_ascii() == b"runsv" {
                    Seen::Up
                } else {
                    Seen::Gone
                }
            }
        }
    }

    /// Kills the service, or a supervisor that cannot be spoken to.
    pub fn kill(&self, origin: &OwnedFd) {
        match &self.place {
            Place::Directory(service) => drop(service.send(origin, b"k")),
            Place::Process(pid) => send(*pid, Number::KILL),
        }
    }

    /// Kills the logger.
    pub fn kill_logger(&self, origin: &OwnedFd) {
        self.inside(origin, || {
            if let Ok(control) = fifo::open_writer(LOG_CONTROL) {
                let _ = fd::write_all(control, b"k");
            }
        });
    }

    /// Its record.
    pub fn status(&self, origin: &OwnedFd) -> Option<Status> {
        match &self.place {
            Place::Directory(service) => match service.look(origin) {
                supervised::Seen::Supervised(status) => status,
                _ => None,
            },
            Place::Process(_) => None,
        }
    }

    /// Does something in its directory, if that can be reached.
    pub fn inside<T>(&self, origin: &OwnedFd, act: impl FnOnce() -> T) -> Option<T> {
        match &self.place {
            Place::Directory(service) => service.inside(origin, act),
            Place::Process(_) => None,
        }
    }
}

/// Whose supervisor a process is, among these.
pub fn supervised_by<'a>(process: &Process, targets: &'a [Target]) -> Option<&'a [u8]> {
    let found = supervisor(process)?;
    let target = targets.iter().find(|target| target.is(&found))?;
    Some(&target.name)
}

fn send(pid: u32, number: Number) {
    if let Some(pid) = child::pid(pid) {
        let _ = signal::send(pid, number);
    }
}
