//! `sv log [-f] [-d dir] [-n lines] service`: what the logger of a service has written.
//!
//! The directory is the one the running logger was started with, whatever logger that is, as long
//! as it keeps a file `current` and older ones named `@...` as svlogd and multilog do. Lines are
//! printed as they stand there; nothing is interpreted.

mod files;
mod follow;
mod place;

use super::target::Target;
use crate::cli::Voice;
use place::Place;
use runit_core::exit;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::error;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Lines shown before following, where nothing else is said.
const LINES_BEFORE_FOLLOWING: u64 = 10;

/// What was asked for.
#[derive(Default)]
struct Wish {
    follow: bool,
    lines: Option<u64>,
    dir: Option<&'static [u8]>,
}

/// Whether this is how the word is used: `sv l...` means nothing else.
pub const WORD: &[u8] = b"log";

/// `words` begins with `log`. Exits 0, 1 when there is no such log, 100 on a usage error.
pub fn main(words: &Args, services: &[u8], origin: &OwnedFd) -> i32 {
    let mut wish = Wish::default();
    let mut options = Options::new(b"fd:n:", |n| words.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(_) => wish.follow = true,
            Opt::Value(b'd', dir) => wish.dir = Some(dir.to_bytes()),
            Opt::Value(_, lines) => match super::number(lines.to_bytes()) {
                Some(lines) => wish.lines = Some(lines),
                None => return usage(),
            },
            Opt::Unknown(_) | Opt::Missing(_) => return usage(),
        }
    }
    let (Some(name), None) = (
        words.get(options.operands()),
        words.get(options.operands() + 1),
    ) else {
        return usage();
    };
    let target = Target::new(name, || services);
    let places = match target.enter(origin).and_then(|()| place::places(wish.dir)) {
        Ok(places) => places,
        Err(trouble) => {
            let mut report = super::report::Report::default();
            report.trouble(name, &trouble);
            report.flush();
            return 1;
        }
    };
    name_the_others(name, &places);
    let dir = &places[0].dir;
    match show(name, dir, &wish) {
        Ok(()) => 0,
        // Whoever read it has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            let why = error::Errno::from_io_error(&error).unwrap_or(error::Errno::IO);
            Voice::new(b"sv").warning_because(
                &[b"unable to read log in ", dir.as_os_str().as_bytes()],
                why,
            );
            1
        }
    }
}

fn usage() -> i32 {
    Voice::new(b"sv").usage(b" log [-f] [-d dir] [-n lines] service");
    exit::FATAL_100
}

/// Where the logger writes to several directories, one is shown; nobody is to think it is all.
fn name_the_others(name: &CStr, places: &[Place]) {
    for other in &places[1..] {
        let name = name.to_bytes();
        Voice::new(b"sv").info(&[name, b": the log service also writes to ", &other.name]);
    }
}

fn show(name: &CStr, dir: &Path, wish: &Wish) -> io::Result<()> {
    let lines = wish.lines.or(wish.follow.then_some(LINES_BEFORE_FOLLOWING));
    // Watched before it is read: what comes in between is told.
    let watch = wish.follow.then(|| follow::watch(dir)).flatten();
    // Opened before the old files are listed: a rotation in between loses nothing.
    let current = files::patiently(|| File::open(dir.join("current")).ok());
    let current = current.map_or_else(|| File::open(dir.join("current")), Ok)?;
    let mut old = files::old(dir)?;
    old.retain(|old| old.open().is_none_or(|file| !files::same(&file, &current)));
    let mut missing = lines.unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    let mut compressed = 0u64;
    let mut add = |mut file: File, missing: &mut u64| {
        let start = match lines {
            Some(_) => files::start_of_last(&mut file, missing)?,
            None => 0,
        };
        file.seek(SeekFrom::Start(start))?;
        parts.push(file);
        io::Result::Ok(())
    };
    add(current, &mut missing)?;
    for old in old.iter().rev() {
        if missing == 0 {
            break;
        }
        // A file that was pruned since the listing is gone with its lines.
        let Some(mut file) = old.open() else { continue };
        if files::is_compressed(&mut file)? {
            compressed += 1;
        } else {
            add(file, &mut missing)?;
        }
    }
    if compressed > 0 {
        let count = compressed.to_string();
        let name = name.to_bytes();
        Voice::new(b"sv").info(&[name, b": compressed files left out: ", count.as_bytes()]);
    }
    let mut output = io::stdout().lock();
    for part in parts.iter_mut().rev() {
        io::copy(part, &mut output)?;
    }
    output.flush()?;
    // The first of the parts is `current`, and stands at its end.
    match parts.into_iter().next() {
        Some(current) if wish.follow => {
            let known = old.into_iter().map(|old| old.stamp).collect();
            follow::follow(dir, current, known, watch, &mut output)
        }
        _ => Ok(()),
    }
}
