//! Linux: utmp and wtmp are files of records.

use crate::error::{Errno, Result};
use crate::utmp::{LOCK_MS, Mark, Step, Trouble, now};
use crate::{fd, lock};
use runit_core::utmp::{
    Bytes, Kind, LINE, Moment, Record, SIZE, is_on, kind_of, line_in_use, log_out as end,
    runlevels as levels,
};
use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Mode, OFlags, SeekFrom};
use std::ffi::CStr;

/// Longest name of a line.
pub const MOST_LINE: usize = LINE;
/// A logout is not in wtmp unless it is noted there.
pub const NOTES_BY_ITSELF: bool = false;

const UTMP: &CStr = c"/var/run/utmp";
const WTMP: &CStr = c"/var/log/wtmp";

/// Clears who is on this line from utmp; `false` when nobody is.
pub fn log_out(line: &[u8]) -> core::result::Result<bool, Trouble> {
    let file = open(UTMP, OFlags::RDWR)?;
    let at = Moment { micros: 0, ..now() };
    let found = change(&file, |bytes| {
        is_on(bytes, line).then(|| {
            let mut new = *bytes;
            end(&mut new, at);
            new
        })
    });
    found.map_err(|error| trouble(Step::Write, UTMP, error))
}

/// Notes in wtmp that this line is free; makes the file if there is none.
pub fn note_log_out(line: &[u8]) -> core::result::Result<(), Trouble> {
    let record = Record {
        kind: Kind::Dead,
        pid: 0,
        line,
        id: b"",
        user: b"",
        host: b"",
        at: Moment { micros: 0, ..now() },
    };
    append(WTMP, OFlags::CREATE, &record.encode())
}

/// Writes a mark into the files that exist; a missing file is no error.
pub fn write(mark: Mark) -> core::result::Result<(), Trouble> {
    let system = rustix::system::uname();
    let (kind, user, pid): (Kind, &[u8], i32) = match mark {
        Mark::Boot => (Kind::Boot, b"reboot", 0),
        Mark::RunLevel { now, before } => {
            let levels = i32::from(now) | i32::from(before) << 8;
            (Kind::RunLevel, b"runlevel", levels)
        }
        Mark::Shutdown => (Kind::RunLevel, b"shutdown", 0),
    };
    let record = Record {
        kind,
        pid,
        line: b"~",
        id: b"~~",
        user,
        host: system.release().to_bytes(),
        at: now(),
    };
    let bytes = record.encode();
    if mark != Mark::Shutdown {
        unless_missing(replace(&bytes))?;
    }
    unless_missing(append(WTMP, OFlags::empty(), &bytes))
}

/// Shows each terminal that somebody is logged in on.
pub fn each_line_in_use(mut see: impl FnMut(&[u8])) -> Result<()> {
    each_record(|bytes| {
        if let Some(line) = line_in_use(bytes) {
            see(line);
        }
    })
}

/// The runlevels before and now, where they are on record.
#[must_use]
pub fn runlevels() -> Option<(u8, u8)> {
    let mut found = None;
    let read = each_record(|bytes| found = levels(bytes).or(found));
    read.ok().and(found)
}

/// Reads without a lock: whoever may read could hold one for ever.
fn each_record(mut see: impl FnMut(&Bytes)) -> Result<()> {
    let file = fd::open_read(UTMP)?;
    regular_size(&file)?;
    let mut bytes = [0; SIZE];
    while read_record(&file, &mut bytes)? {
        see(&bytes);
    }
    Ok(())
}

/// Puts a record of the system's own in the place of the one of its kind.
fn replace(bytes: &Bytes) -> core::result::Result<(), Trouble> {
    let file = open(UTMP, OFlags::RDWR)?;
    let kind = kind_of(bytes);
    let done = change(&file, |old| (kind_of(old) == kind).then_some(*bytes));
    let done = done.and_then(|found| if found { Ok(()) } else { add(&file, bytes) });
    done.map_err(|error| trouble(Step::Write, UTMP, error))
}

fn append(path: &'static CStr, create: OFlags, bytes: &Bytes) -> core::result::Result<(), Trouble> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::NONBLOCK | create;
    let file = open(path, flags)?;
    add(&file, bytes).map_err(|error| trouble(Step::Write, path, error))
}

/// Opens and locks.
fn open(path: &'static CStr, flags: OFlags) -> core::result::Result<OwnedFd, Trouble> {
    let file = rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::from_raw_mode(0o600))
        .map_err(|error| trouble(Step::Open, path, error))?;
    match lock::exclusive_within(&file, LOCK_MS) {
        Ok(()) => Ok(file),
        Err(error) => Err(trouble(Step::Lock, path, error)),
    }
}

/// Changes the first record that `with` has another one for; `false` when there is none.
fn change(file: &OwnedFd, with: impl Fn(&Bytes) -> Option<Bytes>) -> Result<bool> {
    // A device would have no end.
    regular_size(file)?;
    let mut position = 0;
    let mut bytes = [0; SIZE];
    while read_record(file, &mut bytes)? {
        if let Some(new) = with(&bytes) {
            rustix::fs::seek(file, SeekFrom::Start(position))?;
            fd::write_all(file, &new)?;
            return Ok(true);
        }
        position += SIZE as u64;
    }
    Ok(false)
}

/// Appends, where the last whole record ends: a torn one would shift all that follow.
fn add(file: &OwnedFd, bytes: &Bytes) -> Result<()> {
    let size = regular_size(file)?;
    let whole = size - size % SIZE as u64;
    if whole != size {
        rustix::fs::ftruncate(file, whole)?;
    }
    rustix::fs::seek(file, SeekFrom::End(0))?;
    fd::write_all(file, bytes).inspect_err(|_| {
        // Not half a record, either.
        let _ = rustix::fs::ftruncate(file, whole);
    })
}

fn regular_size(file: &OwnedFd) -> Result<u64> {
    let stat = rustix::fs::fstat(file)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(stat.st_size.unsigned_abs()),
        _ => Err(Errno::INVAL),
    }
}

/// The next whole record, if there is one.
fn read_record(file: &OwnedFd, bytes: &mut Bytes) -> Result<bool> {
    let mut len = 0;
    while len < SIZE {
        match fd::read(file, &mut bytes[len..])? {
            0 => return Ok(false),
            n => len += n,
        }
    }
    Ok(true)
}

fn unless_missing(done: core::result::Result<(), Trouble>) -> core::result::Result<(), Trouble> {
    match done {
        Err(trouble) if trouble.step == Step::Open && trouble.error == Errno::NOENT => Ok(()),
        done => done,
    }
}

fn trouble(step: Step, path: &'static CStr, error: Errno) -> Trouble {
    Trouble {
        step,
        path: path.to_str().unwrap_or_default(),
        error,
    }
}
