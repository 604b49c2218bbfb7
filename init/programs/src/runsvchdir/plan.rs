//! What a switch does to the services: who stops, starts, stays.
//!
//! The same comparison as runsvdir makes, by name and directory. It never acts.

use super::links::{self, Wanted};
use crate::cli::Voice;
use crate::supervised::{Seen, Service, services_of};
use runit_core::layout;
use runit_core::status::State;
use runit_sys::{Errno, fd, file, say};
use std::ffi::CStr;

/// Every service of either level, once.
#[derive(Debug, Default)]
pub struct Plan {
    /// Only in the old one. One of a name that leads elsewhere in the new is here and in `start`.
    pub stop: Vec<Service>,
    /// Only in the new one.
    pub start: Vec<Service>,
    /// In both.
    pub stay: Vec<Service>,
}

impl Plan {
    /// Compares the current level, if there is one, with another.
    pub fn of(wanted: &Wanted, voice: Voice) -> Result<Plan, i32> {
        let old = match services_of(links::CURRENT) {
            Err(Errno::NOENT | Errno::LOOP) => Vec::new(),
            other => other.map_err(|e| voice.fatal_because(&[b"unable to read: current"], e))?,
        };
        let new = services_of(&wanted.name)
            .map_err(|e| voice.fatal_because(&[b"unable to read: ", wanted.name.to_bytes()], e))?;
        Ok(Plan::between(old, new))
    }

    fn between(old: Vec<Service>, new: Vec<Service>) -> Plan {
        let among = |one: &Service, all: &[Service]| all.iter().any(|other| other.is(one));
        let (stay, stop): (Vec<_>, Vec<_>) = old.into_iter().partition(|s| among(s, &new));
        let start = new.into_iter().filter(|s| !among(s, &stay)).collect();
        Plan { stop, start, stay }
    }
}

/// `runsvchdir -n level`
pub fn show(level: &CStr, voice: Voice) -> Result<i32, i32> {
    let wanted = links::find(level, voice)?;
    let plan = Plan::of(&wanted, voice)?;
    let origin = fd::open_dir(c".").map_err(|e| voice.fatal_because(&[b"unable to open: ."], e))?;
    let from = links::current().unwrap_or_else(|| c"?".to_owned());
    let from = if file::identity(links::CURRENT).is_ok() {
        String::from_utf8_lossy(from.to_bytes()).into_owned()
    } else {
        "nothing".to_owned()
    };
    let counts = format!(
        ": {} to stop, {} to start, {} to stay",
        plan.stop.len(),
        plan.start.len(),
        plan.stay.len()
    );
    say::output(&[
        b"runsvchdir: ",
        from.as_bytes(),
        b" -> ",
        wanted.called.to_bytes(),
        counts.as_bytes(),
    ]);
    for (what, services) in [
        ("stop:  ", &plan.stop),
        ("start: ", &plan.start),
        ("stay:  ", &plan.stay),
    ] {
        for service in services {
            let note = note(service, what.starts_with("start"), &origin);
            say::output(&[what.as_bytes(), service.name.to_bytes(), note.as_bytes()]);
        }
    }
    Ok(0)
}

/// What is to be known about it.
fn note(service: &Service, starts: bool, origin: &std::os::fd::OwnedFd) -> String {
    if starts {
        let down = service.inside(origin, || file::exists(layout::DOWN) == Ok(true));
        return if down == Some(true) {
            " (normally down)".to_owned()
        } else {
            String::new()
        };
    }
    match service.look(origin) {
        Seen::Supervised(Some(status)) => match (status.state, status.pid) {
            (State::Down, _) | (_, None) => " (down)".to_owned(),
            (_, Some(pid)) => format!(" (pid {pid})"),
        },
        _ => " (not supervised)".to_owned(),
    }
}
