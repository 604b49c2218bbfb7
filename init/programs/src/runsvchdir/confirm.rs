//! `--confirm`: a switch that undoes itself unless `--yes` follows.
//!
//! The time is kept by a process of its own: in its own session, without a terminal or descriptors
//! of who asked, so that neither the end of a login nor of the service that carried it takes it
//! along. It holds the file `.confirm` among the levels locked; the lock and not the file says that
//! it lives, and `--yes` ends it. A switch to yet another level ends it too: whoever orders that is
//! not locked out. It never goes back from a level that it did not guard.
//!
//! There are two of them: one keeps the time, the other, its parent, puts another in its place when
//! it is killed. The lock is both's: whichever is left, the level is guarded.

use super::links::{self, Wanted};
use super::turn::Turn;
use crate::cli::Voice;
use runit_core::clock::Mono;
use runit_core::decimal;
use runit_sys::signal::{Arrived, Number};
use runit_sys::{child, clock, fd, file, lock, poll, say, signal, spawn};
use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;

const FILE: &CStr = c".confirm";
/// Most bytes of it.
const MOST: usize = 16 << 10;
/// Milliseconds for the guard to go when it is told to.
const GOES_MS: u64 = 10_000;
/// Milliseconds between looks whether it has.
const LOOK_MS: u64 = 10;
/// How often another takes the place of one that was killed.
const MOST_REPLACED: u32 = 1000;

/// A switch that waits to be confirmed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// The guard.
    pub pid: u32,
    /// What `current` named before.
    pub from: CString,
    /// What it names now.
    pub to: CString,
}

/// The switch that waits to be confirmed, if there is one. Only among the levels.
#[must_use]
pub fn pending() -> Option<Pending> {
    let open = fd::open_read(FILE).ok()?;
    // The lock can be had: nobody guards.
    if lock::try_exclusive(&open) != Ok(false) {
        return None;
    }
    let text = file::read_all(FILE, MOST).ok()?;
    // Three lines each, the last ones count: another may have taken the place of the first.
    let mut lines = text.strip_suffix(b"\n")?.rsplit(|&b| b == b'\n');
    let mut next = || CString::new(lines.next()?).ok();
    let (to, from, pid) = (next()?, next()?, next()?);
    Some(Pending {
        pid: u32::try_from(decimal::unsigned(pid.to_bytes())?).ok()?,
        from,
        to,
    })
}

/// `runsvchdir --yes`
pub fn say_yes(voice: Voice) -> Result<i32, i32> {
    links::enter(voice)?;
    let Some(pending) = pending() else {
        say::error(&[b"runsvchdir: nothing to confirm"]);
        return Ok(1);
    };
    end(&pending, voice)?;
    if links::current().as_ref() != Some(&pending.to) {
        return Err(voice.fatal(&[b"too late: ", pending.to.to_bytes(), b" is not current"]));
    }
    say::output(&[b"runsvchdir: ", pending.to.to_bytes(), b": confirmed."]);
    Ok(0)
}

/// Ends the guard, and waits until it has gone.
pub fn end(pending: &Pending, voice: Voice) -> Result<(), i32> {
    if let Some(pid) = child::pid(pending.pid) {
        let _ = signal::send(pid, Number::TERM);
    }
    let until = clock::mono().plus_ms(GOES_MS);
    while self::pending().is_some_and(|now| now.pid == pending.pid) {
        if clock::mono() >= until {
            return Err(voice.fatal(&[b"the process that waits for the confirmation does not end"]));
        }
        let _ = poll::wait(&[], Some(clock::mono().plus_ms(LOOK_MS)));
    }
    Ok(())
}

/// Starts the guard, before the switch: what is stopped on the way may be what carries the caller.
pub fn start(wanted: &Wanted, seconds: u64, turn: &mut Turn, voice: Voice) -> Result<Pending, i32> {
    let before = pending();
    let from = match &before {
        // Back to the last level that somebody stood by.
        Some(pending) => pending.from.clone(),
        None => links::current().ok_or_else(|| {
            voice.fatal(&[b"current is no link: there is nothing to go back to by itself"])
        })?,
    };
    if let Some(pending) = &before {
        end(pending, voice)?;
    }
    let cannot = |error| voice.fatal_because(&[b"unable to create: .confirm"], error);
    file::remove(FILE).map_err(cannot)?;
    let lock = lock::open(FILE).map_err(cannot)?;
    lock::try_exclusive(&lock).map_err(cannot)?;
    let to = &wanted.name;
    let work = || {
        if spawn::new_session().is_err() {
            return 1;
        }
        turn.leave_to_parent();
        // A second process: the leader of a session could be given a terminal.
        i32::from(spawn::fork(|| watch(&from, to, seconds, &lock, voice)).is_err())
    };
    let made = spawn::fork(work).map_err(cannot)?;
    let forked = child::wait_for(made).is_some_and(|exit| exit.success());
    let until = clock::mono().plus_ms(GOES_MS);
    while forked && clock::mono() < until {
        if let Some(pending) = pending() {
            return Ok(pending);
        }
        let _ = poll::wait(&[], Some(clock::mono().plus_ms(LOOK_MS)));
    }
    Err(voice.fatal(&[b"unable to start the process that waits for the confirmation"]))
}

/// The life of the guard's parent: sees to it that there is one until it has done its work.
fn watch(from: &CStr, to: &CStr, seconds: u64, lock: &OwnedFd, voice: Voice) -> i32 {
    signal::ignore(Number::HUP);
    signal::ignore(Number::INT);
    // For the guard, which can be told to go as soon as its number is known.
    signal::listen(&[Number::TERM]);
    let null: Option<OwnedFd> = fd::open_null().ok();
    for n in 0..3 {
        match &null {
            Some(null) => drop(fd::duplicate_to(null, n)),
            None => drop(fd::close_standard(n)),
        }
    }
    let until = clock::mono().plus_ms(seconds.saturating_mul(1000));
    let name = |guard: u32| {
        let number = guard.to_string();
        let text = [number.as_bytes(), from.to_bytes(), to.to_bytes(), b""].join(&b'\n');
        fd::write_all(lock, &text)
    };
    for _ in 0..MOST_REPLACED {
        let Ok(pid) = spawn::fork(|| guard(from, to, until, voice)) else {
            // Whom the file names is the one to be told.
            let _ = name(child::own());
            return guard(from, to, until, voice);
        };
        if name(child::number(pid)).is_err() {
            return 1;
        }
        let killed = child::wait_for(pid).is_some_and(|exit| exit.signal().is_some());
        if !killed {
            break;
        }
    }
    0
}

/// The guard's life: until it is told to go, or the time is over and it has gone back.
fn guard(from: &CStr, to: &CStr, until: Mono, voice: Voice) -> i32 {
    while clock::mono() < until {
        let _ = poll::wait(&[], Some(until));
        if Arrived::take().has(Number::TERM) {
            let _ = file::remove(FILE);
            return 0;
        }
    }
    let turn = Turn::take(voice);
    let back = links::current().as_deref() == Some(to);
    let _ = file::remove(FILE);
    if back && links::point_current(from, voice).is_ok() {
        let _ = links::point_previous(to, voice);
        tell(&[
            b"runsvchdir: ",
            to.to_bytes(),
            b" was not confirmed: ",
            from.to_bytes(),
            b" again.",
        ]);
    }
    drop(turn);
    0
}

/// On the console: nobody else is known to watch.
fn tell(parts: &[&[u8]]) {
    if let Ok(console) = fd::open_console() {
        say::line(std::os::fd::AsFd::as_fd(&console), parts);
    }
}
