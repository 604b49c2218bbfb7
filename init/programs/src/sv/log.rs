//! `sv log [-f] [-n lines] service`: what the logger of a service has written.
//!
//! The directory is the one the running logger was started with, whatever logger that is, as long
//! as it keeps a file `current` and older ones named `@...` as svlogd and multilog do. Lines are
//! printed as they stand there; nothing is interpreted.

use super::target::{self, Target, Trouble};
use crate::cli::Voice;
use runit_core::exit;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::watch::{Interest, Watch};
use runit_sys::{child, clock, error, file, platform, poll};
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Lines shown before following, where nothing else is said.
const LINES_BEFORE_FOLLOWING: u64 = 10;
/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// Milliseconds after which a followed file is looked at although nothing was told.
const LOOK_AGAIN_MS: u64 = 1000;

/// What was asked for.
struct Wish {
    follow: bool,
    lines: Option<u64>,
}

/// Whether this is how the word is used: `sv l...` means nothing else.
pub const WORD: &[u8] = b"log";

/// `words` begins with `log`. Exits 0, 1 when there is no such log, 100 on a usage error.
pub fn main(words: &Args, services: &[u8], origin: &OwnedFd) -> i32 {
    let mut wish = Wish {
        follow: false,
        lines: None,
    };
    let mut options = Options::new(b"fn:", |n| words.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(_) => wish.follow = true,
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
    let target = Target::new(name, services);
    let dir = match target.enter(origin).and_then(|()| directory()) {
        Ok(dir) => dir,
        Err(trouble) => {
            let mut report = super::report::Report::default();
            report.trouble(name, &trouble);
            report.flush();
            return 1;
        }
    };
    match show(&dir, &wish) {
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
    Voice::new(b"sv").usage(b" log [-f] [-n lines] service");
    exit::FATAL_100
}

/// The log directory of the service in whose directory we are.
fn directory() -> Result<PathBuf, Trouble> {
    file::chdir(c"log")
        .map_err(|error| Trouble::Fail("unable to change to log directory", Some(error)))?;
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
    arguments
        .split(|&byte| byte == 0)
        .skip(1)
        .map(|argument| base.join(OsStr::from_bytes(argument)))
        .find(|dir| dir.join("current").is_file())
        .ok_or(Trouble::Fail(
            "the log service keeps no file named current",
            None,
        ))
}

/// Older files in the order they were written, then `current`.
fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut old = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().map_or(&b""[..], OsStrExt::as_bytes);
        // The name is the time; files that wait for a processor's result (.t) hold no new lines.
        if name.starts_with(b"@") && !name.ends_with(b".t") {
            old.push(path);
        }
    }
    old.sort();
    old.push(dir.join("current"));
    Ok(old)
}

fn show(dir: &Path, wish: &Wish) -> io::Result<()> {
    let lines = wish.lines.or(wish.follow.then_some(LINES_BEFORE_FOLLOWING));
    // Watched before it is read: what comes in between is told.
    let watch = if wish.follow { watch(dir) } else { None };
    let mut output = io::stdout().lock();
    let mut parts = Vec::new();
    let mut missing = lines.unwrap_or(u64::MAX);
    for path in files(dir)?.into_iter().rev() {
        // A file that was pruned since the listing is gone with its lines.
        let Ok(mut file) = File::open(path) else {
            continue;
        };
        let start = if lines.is_some() {
            start_of_last(&mut file, &mut missing)?
        } else {
            0
        };
        file.seek(SeekFrom::Start(start))?;
        parts.push(file);
        if missing == 0 {
            break;
        }
    }
    for part in parts.iter_mut().rev() {
        io::copy(part, &mut output)?;
    }
    output.flush()?;
    // The first of the parts is `current`, and stands at its end.
    match parts.into_iter().next() {
        Some(current) if wish.follow => follow(dir, current, watch, &mut output),
        _ => Ok(()),
    }
}

/// Where the last `missing` lines of the file begin; takes off `missing` what the file has.
fn start_of_last(file: &mut File, missing: &mut u64) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let size = end;
    if *missing == 0 {
        return Ok(size);
    }
    let mut buffer = vec![0; CHUNK];
    while end > 0 && *missing > 0 {
        let start = end.saturating_sub(CHUNK as u64);
        let chunk = &mut buffer[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(chunk)?;
        for (at, _) in chunk
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, byte)| **byte == b'\n')
        {
            // The newline that ends the file begins no line.
            if start + at as u64 + 1 < size {
                *missing -= 1;
                if *missing == 0 {
                    return Ok(start + at as u64 + 1);
                }
            }
        }
        end = start;
    }
    *missing = missing.saturating_sub(u64::from(size > 0));
    Ok(0)
}

fn watch(dir: &Path) -> Option<Watch> {
    let dir = CString::new(dir.to_path_buf().into_os_string().into_vec()).ok()?;
    let watch = Watch::new().ok()?;
    watch.add(&dir, Interest::Content).ok()?;
    Some(watch)
}

/// Prints what is added, also across rotations, until somebody ends it.
fn follow(
    dir: &Path,
    mut current: File,
    watch: Option<Watch>,
    output: &mut impl Write,
) -> io::Result<()> {
    loop {
        // Asked before reading: a file that was rotated by then is complete.
        let rotated = is_another(dir, &current);
        io::copy(&mut current, output)?;
        output.flush()?;
        if let Some(next) = rotated {
            current = next;
            continue;
        }
        let fd = watch.as_ref().map(Watch::fd);
        let _ = poll::wait(&[fd], Some(clock::mono().plus_ms(LOOK_AGAIN_MS)));
        if let Some(watch) = &watch {
            watch.drain();
        }
    }
}

/// The file now named `current`, if it is not the one that is open.
fn is_another(dir: &Path, open: &File) -> Option<File> {
    let next = File::open(dir.join("current")).ok()?;
    let (next_is, open_is) = (next.metadata().ok()?, open.metadata().ok()?);
    (next_is.ino() != open_is.ino() || next_is.dev() != open_is.dev()).then_some(next)
}
