//! Takes possession of a service directory: links, locks, FIFOs, and the logger's share of them.
//!
//! Decides when runsv must not run at all: no directory, or another runsv has it.

use super::act::{Desk, LogSide, Runsv};
use crate::cli::Voice;
use runit_core::layout::{self, Supervise};
use runit_core::status::Want;
use runit_sys::fifo::{self, MakeError};
use runit_sys::signal::{Arrived, Number};
use runit_sys::slot::Slot;
use runit_sys::{Errno, clock, fd, file, link, lock, pipe, poll};
use std::ffi::CStr;
use std::os::fd::OwnedFd;

/// Milliseconds between two tries for a log lock that another runsv still holds.
const LOCK_RETRY_MS: u64 = 1000;

/// What a runsv holds open for one side as long as it lives.
#[derive(Debug)]
pub struct Held {
    /// Commands come from here.
    pub control: OwnedFd,
    _control_writer: OwnedFd,
    _ok: OwnedFd,
    _lock: OwnedFd,
}

/// Why a side cannot be taken.
enum Refusal {
    Sys(&'static [u8], &'static CStr, Errno),
    NotAFifo(&'static CStr),
}

impl Refusal {
    fn fatal(&self, voice: Voice<'_>) -> i32 {
        match *self {
            Refusal::Sys(what, path, error) => voice.fatal_because(&[what, path.to_bytes()], error),
            Refusal::NotAFifo(path) => voice.fatal(&[path.to_bytes(), NOT_A_FIFO]),
        }
    }

    fn warn(&self, voice: Voice<'_>) {
        match *self {
            Refusal::Sys(what, path, error) => {
                voice.warning_because(&[what, path.to_bytes()], error)
            }
            Refusal::NotAFifo(path) => voice.warning(&[path.to_bytes(), NOT_A_FIFO]),
        }
    }
}

const NOT_A_FIFO: &[u8] = b" exists but is not a fifo";

/// Opens everything. `Ok(None)`: told to go while it waited for the log lock.
#[inline(never)]
pub fn open(dir: &'static CStr) -> Result<Option<Runsv>, i32> {
    static DESK: Slot<Desk> = Slot::new(Desk::new());
    let voice = Voice::about(b"runsv", dir);
    if let Err(error) = file::chdir(dir) {
        return Err(voice.fatal_because(&[b"unable to change to directory"], error));
    }
    let refused = |refusal: Refusal| refusal.fatal(voice);
    let has_log = log_exists(voice);
    let lock = take_lock(&layout::SERVICE).map_err(refused)?;
    let log_lock = match has_log
        .then(|| wait_for_lock(&layout::LOGGER))
        .transpose()
        .map_err(refused)?
    {
        Some(None) => return Ok(None),
        other => other.flatten(),
    };
    let held = hold(&layout::SERVICE, lock).map_err(refused)?;
    let log = match log_lock {
        Some(lock) => Some(open_log_side(lock).map_err(refused)?),
        None => None,
    };
    Ok(DESK.take().map(|desk| Runsv::new(voice, desk, held, log)))
}

/// A logger that was added while runsv runs. It may fail: then the service runs without it, and
/// the next start of the service tries again.
pub fn open_late_log(voice: Voice<'_>) -> Option<LogSide> {
    // What is wrong with another sort of ./log was said at the start.
    if !matches!(file::is_dir(layout::LOG), Ok(Some(true))) {
        return None;
    }
    match take_lock(&layout::LOGGER).and_then(open_log_side) {
        Ok(log) => Some(log),
        Err(refusal) => {
            refusal.warn(voice);
            None
        }
    }
}

/// Up, unless there is a `down` file.
pub fn wanted(down: &CStr) -> Want {
    if file::exists(down).unwrap_or(false) {
        Want::Down
    } else {
        Want::Up
    }
}

fn log_exists(voice: Voice<'_>) -> bool {
    match file::is_dir(layout::LOG) {
        Ok(Some(true)) => true,
        Ok(Some(false)) => {
            voice.warning(&[b"./log: not a directory."]);
            false
        }
        Ok(None) => false,
        Err(error) => {
            voice.warning_because(&[b"unable to stat() ./log: "], error);
            false
        }
    }
}

fn open_lock(files: &Supervise) -> Result<OwnedFd, Refusal> {
    link::make_dir_through(files.dir)
        .map_err(|error| Refusal::Sys(b"unable to make ", files.dir, error))
        .or_else(|made| {
            // What matters is whether the lock can be opened; that message is the one people know.
            if file::exists(files.dir).unwrap_or(false) {
                Ok(())
            } else {
                Err(made)
            }
        })?;
    lock::open(files.lock).map_err(|error| Refusal::Sys(b"unable to open ", files.lock, error))
}

fn take_lock(files: &Supervise) -> Result<OwnedFd, Refusal> {
    let file = open_lock(files)?;
    match lock::try_exclusive(&file) {
        Ok(true) => Ok(file),
        Ok(false) => Err(Refusal::Sys(b"unable to lock ", files.lock, Errno::AGAIN)),
        Err(error) => Err(Refusal::Sys(b"unable to lock ", files.lock, error)),
    }
}

/// As runit, waits for the log lock: a runsv that is leaving may still hold it while its logger
/// reads the last lines. TERM ends the wait (`None`).
fn wait_for_lock(files: &Supervise) -> Result<Option<OwnedFd>, Refusal> {
    let file = open_lock(files)?;
    loop {
        match lock::try_exclusive(&file) {
            Ok(true) => return Ok(Some(file)),
            Ok(false) => {}
            Err(error) => return Err(Refusal::Sys(b"unable to lock ", files.lock, error)),
        }
        let _ = poll::wait(&[], Some(clock::mono().plus_ms(LOCK_RETRY_MS)));
        if Arrived::take().has(Number::TERM) {
            return Ok(None);
        }
    }
}

fn hold(files: &Supervise, lock: OwnedFd) -> Result<Held, Refusal> {
    let make = |path: &'static CStr| {
        fifo::make(path).map_err(|error| match error {
            MakeError::NotAFifo => Refusal::NotAFifo(path),
            MakeError::Sys(error) => Refusal::Sys(b"unable to make ", path, error),
        })
    };
    let open = |path: &'static CStr, opened: runit_sys::error::Result<OwnedFd>| {
        opened.map_err(|error| Refusal::Sys(b"unable to open ", path, error))
    };
    make(files.control)?;
    let control = open(files.control, fifo::open_reader(files.control))?;
    // Our own writing end keeps the FIFO from ending each time a writer leaves.
    let _control_writer = open(files.control, fifo::open_writer(files.control))?;
    make(files.ok)?;
    let _ok = open(files.ok, fifo::open_reader(files.ok))?;
    Ok(Held {
        control,
        _control_writer,
        _ok,
        _lock: lock,
    })
}

fn open_log_side(lock: OwnedFd) -> Result<LogSide, Refusal> {
    let held = hold(&layout::LOGGER, lock)?;
    let dir = fd::open_dir(layout::LOG)
        .map_err(|error| Refusal::Sys(b"unable to open ", layout::LOG, error))?;
    let (reader, writer) = pipe::pipe()
        .map_err(|error| Refusal::Sys(b"unable to create log pipe for ", layout::LOG, error))?;
    Ok(LogSide::new(held, dir, reader, writer))
}
