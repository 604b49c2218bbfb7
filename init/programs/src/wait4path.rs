//! wait4path: waits until all the paths it is given exist.
//!
//! It decides who can tell when a path may have come: the directory it is to appear in, the kernel's messages about
//! network interfaces, or nobody. Whether it is there it finds by looking. It must never look again and again where
//! somebody can tell.

use crate::cli::{Asked, Voice};
use runit_core::clock::Mono;
use runit_core::decimal;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::watch::{Interest, Links, Watch};
use runit_sys::{Errno, clock, fd, file, platform, poll};
use std::ffi::{CStr, CString};

const VOICE: Voice<'static> = Voice::new(b"wait4path");
/// Links to all network interfaces; no watch is told of them.
const INTERFACES: &[u8] = b"/sys/class/net";
/// Milliseconds between two looks, where nobody tells.
const LOOK: u64 = 250;

/// Exit code where not all were there in time.
const NOT_IN_TIME: i32 = 1;

/// What it was asked for.
struct Order {
    paths: Vec<&'static CStr>,
    until: Option<Mono>,
}

/// `wait4path [-t seconds] path ...`: 0 all are there, 1 they were not in time, 100 wrong usage, 111.
pub fn main(args: Args) -> i32 {
    asked(&args).answer(VOICE, b" [-t seconds] path ...", work)
}

fn asked(args: &Args) -> Asked<Order> {
    let mut until = None;
    let mut options = Options::new(b"t:V", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Value(_, seconds) => match decimal::unsigned(seconds.to_bytes()) {
                Some(seconds) => until = Some(clock::mono().plus_ms(seconds.saturating_mul(1000))),
                None => return Asked::Mistake,
            },
            Opt::Flag(_) => return Asked::Version,
            Opt::Unknown(letter) => return Asked::Unknown(letter),
            Opt::Missing(letter) => return Asked::Missing(letter),
        }
    }
    let first = options.operands();
    let paths: Vec<&CStr> = (0..).map_while(|n| args.get(first + n)).collect();
    if paths.is_empty() || paths.iter().any(|path| path.is_empty()) {
        return Asked::Mistake;
    }
    Asked::Work(Order { paths, until })
}

fn work(order: &Order) -> i32 {
    match wait(order.paths.clone(), order.until) {
        Ok(true) => 0,
        Ok(false) => NOT_IN_TIME,
        Err((path, error)) => {
            VOICE.fatal_because(&[b"unable to wait for ", path.to_bytes()], error)
        }
    }
}

/// Waits for all; `false`: not in time.
fn wait(mut missing: Vec<&CStr>, until: Option<Mono>) -> Result<bool, (&CStr, Errno)> {
    let mut told = Tellers::default();
    loop {
        told.forget();
        let mut untold = false;
        let mut still = Vec::with_capacity(missing.len());
        for path in missing {
            match told.look(path).map_err(|error| (path, error))? {
                Look::There => {}
                Look::Told => still.push(path),
                Look::Untold => {
                    untold = true;
                    still.push(path);
                }
            }
        }
        missing = still;
        let Some(first) = missing.first() else {
            return Ok(true);
        };
        let now = clock::mono();
        if until.is_some_and(|until| until <= now) {
            return Ok(false);
        }
        let next = untold.then(|| now.plus_ms(LOOK));
        let next = runit_core::clock::earlier(until, next);
        let fds = [
            told.files.as_ref().map(Watch::fd),
            told.interfaces.as_ref().map(Links::fd),
        ];
        poll::wait(&fds, next).map_err(|error| (*first, error))?;
    }
}

/// Whether a path exists, and if not, whether somebody tells when that may have changed.
enum Look {
    There,
    Told,
    Untold,
}

/// Those who tell; made when they are needed, as most paths are there already.
#[derive(Default)]
struct Tellers {
    files: Option<Watch>,
    interfaces: Option<Links>,
}

impl Tellers {
    fn forget(&self) {
        if let Some(files) = &self.files {
            files.drain();
        }
        if let Some(interfaces) = &self.interfaces {
            interfaces.drain();
        }
    }

    fn look(&mut self, path: &CStr) -> Result<Look, Errno> {
        // The directory it is to appear in may come while that is being arranged.
        let mut before = None;
        loop {
            if there(path)? {
                return Ok(Look::There);
            }
            let near = nearest(path)?;
            if before.as_ref() == Some(&near) {
                return Ok(Look::Told);
            }
            if !self.will_tell(&near, path) {
                return Ok(Look::Untold);
            }
            before = Some(near);
        }
    }

    /// Has somebody tell of changes in the directory `near` that bring `path` nearer.
    fn will_tell(&mut self, near: &CStr, path: &CStr) -> bool {
        let Ok(dir) = fd::open_dir(near) else {
            return false;
        };
        if near.to_bytes() == INTERFACES {
            self.interfaces = self.interfaces.take().or_else(|| Links::new().ok());
            return self.interfaces.is_some();
        }
        if platform::made_by_kernel(&dir)
            || platform::changes_unseen(&dir)
            || link_to_nothing(near, path)
        {
            return false;
        }
        self.files = self.files.take().or_else(|| Watch::new().ok());
        let added = self
            .files
            .as_ref()
            .map(|watch| watch.add(near, Interest::Entries));
        matches!(added, Some(Ok(_)))
    }
}

/// Whether it exists; a link does where what it leads to does.
fn there(path: &CStr) -> Result<bool, Errno> {
    match file::exists(path) {
        Err(Errno::NOTDIR) => Ok(false),
        done => done,
    }
}

/// The directory on the way to `path` that is nearest to it and exists.
fn nearest(path: &CStr) -> Result<CString, Errno> {
    let mut rest = path.to_bytes();
    loop {
        rest = above(rest);
        let dir = CString::new(rest).map_err(|_| Errno::INVAL)?;
        match file::is_dir(&dir) {
            Ok(Some(true)) => return Ok(dir),
            _ if matches!(rest, b"/" | b".") => return Err(Errno::NOENT),
            Ok(_) | Err(Errno::NOTDIR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The directory that a path is in, by its text.
fn above(path: &[u8]) -> &[u8] {
    let path = without_slashes(path);
    match path.iter().rposition(|&b| b == b'/') {
        None => b".",
        Some(slash) => match without_slashes(&path[..slash]) {
            b"" => b"/",
            above => above,
        },
    }
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let slashes = path.iter().rev().take_while(|&&b| b == b'/').count();
    &path[..path.len() - slashes]
}

/// Whether the next name after `near` is there as a link whose target is not: that may come anywhere.
fn link_to_nothing(near: &CStr, path: &CStr) -> bool {
    let mut next = path.to_bytes();
    while above(next) != near.to_bytes() {
        next = above(next);
    }
    let Ok(next) = CString::new(without_slashes(next)) else {
        return false;
    };
    file::entry_exists(&next) && matches!(file::exists(&next), Ok(false))
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn what_is_above_a_path_is_read_from_its_text() {
        for (path, wanted) in [
            ("/a/b", "/a"),
            ("/a//b//", "/a"),
            ("/a", "/"),
            ("//a", "/"),
            ("a", "."),
            ("a/b", "a"),
            ("../a", ".."),
        ] {
            assert_eq!(above(path.as_bytes()), wanted.as_bytes(), "{path}");
        }
    }
}
