//! A switch in two steps, for whom the order matters: what leaves is down before what comes is
//! started, or what comes is up before what leaves is stopped.
//!
//! Interrupted, it puts back what it did and the old level stays. Killed outright it leaves a state
//! that the next switch ends: services that are down in their level, or `current` leading to the
//! services of both.

use super::links::{self, BOTH, Wanted};
use super::plan::Plan;
use super::settle::{End, Item, Wish, settle};
use crate::cli::Voice;
use crate::supervised::{Seen, Service};
use runit_core::status::{State, Want};
use std::ffi::CStr;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

/// Stops what leaves, and then switches.
pub fn stop_first(
    wanted: &Wanted,
    plan: &Plan,
    seconds: u64,
    origin: &OwnedFd,
    voice: Voice,
) -> Result<(), i32> {
    // What is down already must not come up should this be undone.
    let mut told: Vec<&Service> = Vec::new();
    for service in &plan.stop {
        let up = match service.look(origin) {
            Seen::Supervised(Some(status)) => {
                status.want == Want::Up || status.state != State::Down
            }
            _ => false,
        };
        if up && service.send(origin, b"d") {
            told.push(service);
        }
    }
    let undo = || {
        for service in &told {
            service.send(origin, b"u");
        }
    };
    let mut items: Vec<_> = told.iter().map(|s| Item::new(s, Wish::Down)).collect();
    wait(&mut items, wanted, seconds, origin, voice).inspect_err(|_| undo())?;
    links::make_current(wanted, voice).inspect_err(|_| undo())
}

/// Has both levels run, and then switches.
pub fn start_first(
    wanted: &Wanted,
    plan: &Plan,
    seconds: u64,
    origin: &OwnedFd,
    voice: Voice,
) -> Result<(), i32> {
    let old = match links::current() {
        Some(old) if !plan.start.is_empty() && old.as_c_str() != BOTH => old,
        // Nothing to start, or nothing that could be gone back to.
        _ => return links::make_current(wanted, voice),
    };
    let made = make_both(plan);
    made.map_err(|e| voice.fatal(&[b"unable to make .both: ", e.to_string().as_bytes()]))?;
    links::point_current(BOTH, voice).inspect_err(|_| remove_both())?;
    let mut items: Vec<_> = plan
        .start
        .iter()
        // One whose name is taken by another directory comes when that one goes.
        .filter(|s| plan.stop.iter().all(|other| other.name != s.name))
        .map(|s| Item::new(s, Wish::Up))
        .collect();
    if let Err(code) = wait(&mut items, wanted, seconds, origin, voice) {
        links::point_current(&old, voice)?;
        remove_both();
        return Err(code);
    }
    links::point_previous(&old, voice)?;
    links::point_current(&wanted.name, voice)?;
    remove_both();
    Ok(())
}

fn make_both(plan: &Plan) -> io::Result<()> {
    remove_both();
    let both = path(BOTH);
    fs::create_dir(&both)?;
    // The old ones first: their names are taken.
    for service in plan.stay.iter().chain(&plan.stop).chain(&plan.start) {
        let link = both.join(path(&service.name));
        match std::os::unix::fs::symlink(path(&service.path), link) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// The leftover of a switch in two steps; never what `current` leads to.
pub fn remove_both() {
    if links::current().as_deref() != Some(BOTH) {
        let _ = fs::remove_dir_all(path(BOTH));
    }
}

fn path(text: &CStr) -> std::path::PathBuf {
    std::ffi::OsStr::from_bytes(text.to_bytes()).into()
}

/// Waits for the first step. Those that are late are named, and the switch goes on without them.
///
/// # Errors
/// Interrupted: what the step did is to be undone.
fn wait(
    items: &mut Vec<Item<'_>>,
    wanted: &Wanted,
    seconds: u64,
    origin: &OwnedFd,
    voice: Voice,
) -> Result<(), i32> {
    match settle(
        items,
        &wanted.called.to_string_lossy(),
        seconds,
        origin,
        || false,
    ) {
        End::Reached => {}
        End::Late => {
            for item in items {
                let what: &[u8] = match item.wish {
                    Wish::Down => b": not down",
                    _ => b": not up",
                };
                voice.warning(&[item.service.name.to_bytes(), what, b" in time, going on"]);
            }
        }
        End::Interrupted | End::Overtaken => {
            return Err(voice.fatal(&[b"interrupted: the level stays"]));
        }
    }
    Ok(())
}
