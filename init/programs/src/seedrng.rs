//! seedrng: gives the kernel's random numbers the seed of the last time, and keeps one for the next.
//!
//! A machine without a source of its own has nothing to begin with: the first program that wants random numbers
//! waits a second, while the kernel measures how its own timer trembles. A seed that was kept counts instead. It
//! must never be used twice, so it is gone from the disk, for certain, before it is fed.

use crate::cli::{self, Voice};
use runit_core::exit;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::{Errno, random};
use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

const VOICE: Voice<'static> = Voice::new(b"seedrng");
/// Bytes of a seed: as many as the kernel's generator holds.
const SEED: usize = 32;
/// Most bytes that are read of one.
const MOST: u64 = 512;
/// Where the seeds are, unless told otherwise.
const PLACE: &str = "/var/lib/seedrng";
/// A seed that nobody can guess, and one of which that is not known. Other programs of this name use the same.
const COUNTED: &str = "seed.credit";
const UNCOUNTED: &str = "seed.no-credit";

/// `seedrng [-V] [dir]`: 0, 100 after a usage error, 111 when it could not be done.
pub fn main(args: Args) -> i32 {
    let mut options = Options::new(b"V", |n| args.get(n));
    match options.next() {
        None => {}
        Some(Opt::Flag(_)) => {
            cli::version();
            return usage();
        }
        Some(Opt::Unknown(letter) | Opt::Missing(letter) | Opt::Value(letter, _)) => {
            VOICE.illegal_option(letter);
            return usage();
        }
    }
    let first = options.operands();
    if args.get(first + 1).is_some() {
        return usage();
    }
    let place = args.get(first).map_or(Path::new(PLACE), |dir| {
        Path::new(OsStr::from_bytes(dir.to_bytes()))
    });
    let may_count = std::env::var_os("SEEDRNG_SKIP_CREDIT")
        .is_none_or(|skip| ["", "0", "false", "no"].iter().any(|no| skip == *no));
    match renew(place, may_count) {
        Ok(()) => 0,
        Err((what, error)) => VOICE.fatal_because(
            &[what.as_bytes(), b" ", place.as_os_str().as_bytes()],
            errno(&error),
        ),
    }
}

fn usage() -> i32 {
    VOICE.usage(b" [dir]");
    exit::FATAL_100
}

fn errno(error: &io::Error) -> Errno {
    error
        .raw_os_error()
        .map_or(Errno::IO, Errno::from_raw_os_error)
}

type Failed = (&'static str, io::Error);

/// The old seeds out of `place` and into the kernel, a new one into `place`.
fn renew(place: &Path, may_count: bool) -> Result<(), Failed> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(place);
    made.map_err(|e| ("unable to make", e))?;
    let directory = File::open(place).map_err(|e| ("unable to open", e))?;
    let generator = random::open().map_err(|e| ("unable to open /dev/urandom for", e.into()))?;
    for (name, counted) in [(UNCOUNTED, false), (COUNTED, true)] {
        let counted = counted && may_count;
        let seed =
            take(&place.join(name), &directory).map_err(|e| ("unable to take the seed of", e))?;
        if seed.is_empty() {
            continue;
        }
        // Where the system does not count, it is fed all the same.
        let fed = random::feed(&generator, &seed, counted)
            .or_else(|_| random::feed(&generator, &seed, false));
        fed.map_err(|e| ("unable to feed the seed of", e.into()))?;
    }
    random::stir(&generator);
    let mut seed = [0; SEED];
    let ready = random::fill(&mut seed).map_err(|e| ("no random numbers for", e.into()))?;
    keep(place, &directory, &seed, ready).map_err(|e| ("unable to keep a seed in", e))
}

/// What is in `file`, which is gone then, for certain.
fn take(file: &Path, directory: &File) -> io::Result<Vec<u8>> {
    let mut seed = Vec::new();
    match File::open(file) {
        Ok(open) => open.take(MOST).read_to_end(&mut seed)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(seed),
        Err(e) => return Err(e),
    };
    std::fs::remove_file(file)?;
    directory.sync_all()?;
    Ok(seed)
}

/// The new seed is whole on the disk before it has the name that makes it count.
fn keep(place: &Path, directory: &File, seed: &[u8], ready: bool) -> io::Result<()> {
    let file = place.join(UNCOUNTED);
    let mut open = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o400)
        .open(&file)?;
    open.write_all(seed)?;
    open.sync_all()?;
    if ready {
        std::fs::rename(&file, place.join(COUNTED))?;
    }
    directory.sync_all()
}
