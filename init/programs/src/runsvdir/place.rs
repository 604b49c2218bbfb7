//! The directory that is served, reached anew at every look, and what watches it.
//!
//! The path is resolved each time, so a link that was switched is followed. While runsvdir looks
//! at the entries the working directory is the one that is served.

use super::trail;
use crate::cli::Voice;
use runit_core::clock::Mono;
use runit_sys::error::Result;
use runit_sys::watch::{self, Interest, Watch};
use runit_sys::{clock, dir, fd, file, platform};
use std::ffi::{CStr, CString, OsStr};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// How often a way that changes while it is being watched is followed anew.
const MOST_ROUNDS: u32 = 8;

/// A path and what it led to at the last look.
#[derive(Debug)]
pub struct Place {
    path: &'static CStr,
    voice: Voice<'static>,
    /// The working directory runsvdir was started in, from where a relative path is resolved.
    origin: OwnedFd,
    dir: Option<OwnedFd>,
    watch: Option<Watch>,
    /// Said once that it cannot be entered.
    complained: bool,
    rested: Mono,
}

impl Place {
    /// A path that has not been looked at.
    pub fn open(path: &'static CStr, voice: Voice<'static>) -> Result<Place> {
        let origin = fd::open_dir(c".")?;
        // Without a watch (no more of them to be had) there is the periodic look.
        let watch = Watch::new().ok();
        Ok(Place {
            path,
            voice,
            origin,
            dir: None,
            watch,
            complained: false,
            rested: Mono(0),
        })
    }

    /// The path as it was given.
    pub fn name(&self) -> &'static [u8] {
        self.path.to_bytes()
    }

    /// Makes the directory the working directory and watches it. `true`: changes may go unseen.
    pub fn enter(&mut self) -> Result<bool> {
        file::fchdir(&self.origin)?;
        // Watches first, then the look: a change in between is told and looked at again.
        let mut watched = self.watch_the_way_to(self.path);
        let opened = fd::open_dir(self.path).and_then(|dir| file::fchdir(&dir).map(|()| dir));
        match opened {
            Ok(dir) => {
                watched &= self.watch_dir(c".", Interest::Entries);
                let unseen = !watched || platform::changes_unseen(&dir);
                self.dir = Some(dir);
                self.complained = false;
                Ok(unseen)
            }
            Err(error) => {
                if !self.complained {
                    self.voice
                        .warning_because(&[b"unable to change directory to ", self.name()], error);
                }
                self.complained = true;
                Err(error)
            }
        }
    }

    /// The names of the entries. Only after `enter`.
    pub fn names(&self) -> Result<Vec<CString>> {
        match &self.dir {
            Some(dir) => dir::visible_names(dir),
            None => Ok(Vec::new()),
        }
    }

    /// Watches what leads from an entry to its service directory.
    pub fn watch_entry(&self, name: &CStr) {
        self.watch_the_way_to(name);
    }

    /// Watches the files of an entry whose `run` is still to come.
    pub fn watch_files_of(&self, name: &CStr) {
        self.watch_dir(name, Interest::Files);
    }

    /// No change will be looked at any more. What that takes the kernel is done before this returns.
    pub fn stop_watching(&mut self) {
        self.watch = None;
    }

    /// The same, for a program that ends now: done by somebody else.
    pub fn leave_watch(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch::leave_to_child(watch);
        }
    }

    /// Readable when something that is watched changed.
    pub fn watched(&self) -> Option<BorrowedFd<'_>> {
        self.watch.as_ref().map(Watch::fd)
    }

    /// Forgets what the watch has told so far.
    pub fn forget_told(&self) {
        if let Some(watch) = &self.watch {
            watch.drain();
        }
    }

    /// No look before this moment, however much is told.
    pub fn rest_until(&mut self, at: Mono) {
        self.rested = at;
    }

    /// When the next look may be.
    pub fn rested(&self) -> Mono {
        self.rested.max(clock::mono())
    }

    fn watch_the_way_to(&self, path: &CStr) -> bool {
        let path = Path::new(OsStr::from_bytes(path.to_bytes()));
        let mut way = trail::directories_on_the_way(path);
        for _ in 0..MOST_ROUNDS {
            // Each of them, whether or not one before it could be watched.
            let blind = way.iter().filter(|dir| !self.watch_on_the_way(dir)).count();
            // A part that appeared before its directory was watched leads further now.
            let now = trail::directories_on_the_way(path);
            if now == way {
                return blind == 0;
            }
            way = now;
        }
        false
    }

    fn watch_on_the_way(&self, dir: &Path) -> bool {
        CString::new(dir.as_os_str().as_bytes())
            .is_ok_and(|dir| self.watch_dir(&dir, Interest::Entries))
    }

    fn watch_dir(&self, dir: &CStr, interest: Interest) -> bool {
        self.watch
            .as_ref()
            .is_some_and(|watch| watch.add(dir, interest).is_ok())
    }
}
