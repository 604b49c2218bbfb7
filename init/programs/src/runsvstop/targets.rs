//! The supervisors to end: those of a directory of services, and all others that run.
//!
//! One that cannot be reached through its directory (that was removed) is known by its number only;
//! it gets TERM, which means the same to it as the order to leave.

use super::VOICE;
use super::options::Options;
use crate::supervised::{self, Service, supervised_of};
use crate::sv::{self, target};
use runit_core::decimal;
use runit_core::status::{State, Status};
use runit_core::stop::Seen;
use runit_sys::platform::{self, Process};
use runit_sys::signal::Number;
use runit_sys::{Pid, child, fd, fifo, file, signal};
use std::collections::BTreeMap;
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

/// Whom there is to end, and what runs.
#[derive(Debug, Default)]
pub struct Found {
    /// All of them, each once.
    pub targets: Vec<Target>,
    /// The table of processes as it was then; empty where it was not asked for or is not to be had.
    pub processes: Vec<Process>,
    /// Which of the targets a runsv is the supervisor of, by its pid.
    supervisors: BTreeMap<u32, usize>,
}

/// Looks for them: those of the directory, and with `-a` all others. `origin`: the current directory.
pub fn find(options: &Options, origin: &OwnedFd) -> Found {
    let dir = options.dir.map(std::ffi::CStr::to_owned);
    let dir = dir.or_else(|| CString::new(sv::services_dir()).ok());
    let services = dir.and_then(|dir| supervised_of(&dir).ok());
    let mut found = Found::default();
    let mut known = BTreeMap::new();
    for service in services.unwrap_or_default() {
        known.insert(service.id, found.targets.len());
        found.targets.push(Target {
            name: service.name.to_bytes().to_vec(),
            place: Place::Directory(service),
        });
    }
    if options.all || options.sessions.is_some() {
        match platform::processes() {
            Ok(processes) => found.processes = processes,
            Err(error) => {
                VOICE.warning_because(&[b"unable to see what else runs"], error);
            }
        }
    }
    for process in found.processes.iter().filter(|p| is_runsv(p)) {
        let Some(pid) = child::pid(process.pid) else {
            continue;
        };
        let directory = directory_of(pid);
        let at = directory.as_ref().and_then(|(_, id)| known.get(id));
        if let Some(&at) = at {
            found.supervisors.insert(process.pid, at);
        } else if options.all {
            found.supervisors.insert(process.pid, found.targets.len());
            if let Some((_, id)) = &directory {
                known.insert(*id, found.targets.len());
            }
            found
                .targets
                .push(stranger(pid, process.pid, directory, origin));
        }
    }
    found
}

fn is_runsv(process: &Process) -> bool {
    process.name == b"runsv"
}

/// Where a runsv works, if that directory is still there under its name.
fn directory_of(pid: Pid) -> Option<(CString, (u64, u64))> {
    let path = platform::working_directory_of(pid).ok()?;
    let path = CString::new(path.into_os_string().into_vec()).ok()?;
    let id = file::identity_of_dir(&path).ok()??;
    Some((path, id))
}

/// A runsv that is none of the directory's, by what it was called with. Who has removed its `supervise`
/// has left only its number to speak to it.
fn stranger(
    pid: Pid,
    number: u32,
    directory: Option<(CString, (u64, u64))>,
    origin: &OwnedFd,
) -> Target {
    let arguments = platform::arguments_of(pid).unwrap_or_default();
    let argument = arguments.split(|&b| b == 0).nth(1).unwrap_or_default();
    let name = argument
        .rsplit(|&b| b == b'/')
        .find(|part| !part.is_empty());
    let name = name.unwrap_or(b"?").to_vec();
    let service = directory.and_then(|(path, id)| {
        let name = CString::new(name.clone()).ok()?;
        Some(Service { name, path, id })
    });
    let answers = |service: &Service| !matches!(service.look(origin), supervised::Seen::Alone);
    let place = service
        .filter(answers)
        .map_or(Place::Process(number), Place::Directory);
    Target { name, place }
}

impl Found {
    /// What the runsv with this pid supervises.
    #[must_use]
    pub fn supervised_by(&self, pid: u32) -> Option<&[u8]> {
        let target = self.targets.get(*self.supervisors.get(&pid)?)?;
        Some(&target.name)
    }
}

impl Target {
    /// Has it end its service and its logger, and leave. Gives the seconds that the service itself
    /// asks for.
    pub fn tell_to_leave(&self, origin: &OwnedFd) -> Option<u64> {
        let service = match &self.place {
            Place::Directory(service) => service,
            Place::Process(pid) => {
                send(*pid, Number::TERM);
                return None;
            }
        };
        service.inside(origin, || {
            let mut buffer = [0; 24];
            let len = file::read(LIMIT, &mut buffer).unwrap_or(0);
            let _ = target::send(b"x");
            decimal::unsigned(buffer[..len].trim_ascii())
        })?
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
                // Another may have got its number since.
                let is_it = |process: &Process| process.pid == *pid && is_runsv(process);
                match platform::processes() {
                    Ok(all) if !all.iter().any(is_it) => Seen::Gone,
                    _ => Seen::Up,
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

fn send(pid: u32, number: Number) {
    if let Some(pid) = child::pid(pid) {
        let _ = signal::send(pid, number);
    }
}
