//! The old files of a log directory: which there are, and which have to go.

use super::log::Log;
use super::tell::Trouble;
use runit_core::log_keep::{Kind, Name, next_stamp, parse};
use runit_core::tai::Tai64n;
use runit_sys::clock;
use runit_sys::folder::Folder;

/// One old file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OldFile {
    /// When it was rotated.
    pub stamp: Tai64n,
    /// Its kind.
    pub kind: Kind,
    /// Bytes, where they were asked for.
    pub size: u64,
}

/// Room for so many is taken beforehand.
const ROOM: usize = 64;

/// All of them, the oldest first. Its memory is used again and again.
#[derive(Debug)]
pub struct Census {
    files: Vec<OldFile>,
    newest: Option<Tai64n>,
}

impl Census {
    /// Nothing was looked at.
    #[must_use]
    pub fn new() -> Census {
        Census {
            files: Vec::with_capacity(ROOM),
            newest: None,
        }
    }

    /// Looks at a directory; one that cannot be read has none. `sizes`: how large they are, too.
    pub fn take(&mut self, folder: &Folder, sizes: bool) {
        let Census { files, newest } = self;
        files.clear();
        *newest = None;
        let _ = folder.each_name(|name, directory| {
            let Some((stamp, kind)) = parse(name.to_bytes()) else {
                return;
            };
            // Of whatever has that name.
            *newest = (*newest).max(Some(stamp));
            if directory {
                return;
            }
            let size = if sizes {
                folder.about(name).map_or(0, |about| about.size)
            } else {
                0
            };
            files.push(OldFile { stamp, kind, size });
        });
        files.sort_unstable();
    }

    /// Notes a file that came after all others.
    pub fn add(&mut self, file: OldFile) {
        self.newest = Some(file.stamp);
        self.files.push(file);
    }

    /// The newest stamp.
    #[must_use]
    pub fn newest(&self) -> Option<Tai64n> {
        self.newest
    }

    /// The oldest file that waits for the processor.
    #[must_use]
    pub fn first_raw(&self) -> Option<Tai64n> {
        self.of(Kind::Raw).next().map(|file| file.stamp)
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &OldFile> {
        self.files.iter().filter(move |file| file.kind == kind)
    }

    /// Those that a quota counts.
    fn counted(&self) -> impl Iterator<Item = &OldFile> {
        self.files.iter().filter(|file| file.kind != Kind::Half)
    }
}

impl Log {
    /// Removes what an interrupted processor left: its output, and the input of one whose output
    /// is there already. Only while none runs.
    pub fn sweep(&self, census: &Census) {
        for half in census.of(Kind::Half) {
            self.remove_old(half, b"unable to unlink processor leftover");
        }
        for raw in census.of(Kind::Raw) {
            if census.of(Kind::Done).any(|done| done.stamp == raw.stamp) {
                self.remove_old(raw, b"unable to unlink processor leftover");
            }
        }
    }

    /// A name for an old file that sorts behind all others, which are looked at for that.
    pub fn new_name(&mut self, kind: Kind) -> Name {
        let mut census = self.census.borrow_mut();
        census.take(&self.folder, self.settings.quota.bytes > 0);
        let newest = self.newest.max(census.newest());
        let stamp = next_stamp(clock::wall(), newest);
        self.newest = Some(stamp);
        Name::new(stamp, kind)
    }

    /// Behind [`Log::new_name`]: removes old files until the quota is kept; the one being processed
    /// stays. `rotated`: the one that has the new name.
    pub fn prune(&self, rotated: Option<OldFile>) {
        let running = self.running;
        let quota = self.settings.quota;
        let mut census = self.census.borrow_mut();
        if let Some(file) = rotated {
            census.add(file);
        }
        let census = &*census;
        if running.is_none() {
            self.sweep(census);
        }
        let mut files = census.counted().count() as u64;
        let mut bytes = census.counted().map(|file| file.size).sum::<u64>();
        for file in census.counted().filter(|f| Some(f.stamp) != running) {
            if !quota.exceeded(files, bytes) {
                break;
            }
            let name = Name::new(file.stamp, file.kind);
            self.tell.info_file(b"delete: ", name.as_bytes());
            if !self.remove_old(file, b"unable to unlink oldest logfile") {
                break;
            }
            files -= 1;
            bytes -= file.size;
        }
    }

    /// Removes the oldest file to make room, if one may go; tells whether it did.
    pub fn make_room(&self) -> bool {
        let running = self.running;
        let Some(least) = self.settings.least_files else {
            return false;
        };
        let mut census = self.census.borrow_mut();
        census.take(&self.folder, false);
        if census.counted().count() as u64 <= least {
            return false;
        }
        let Some(file) = census.counted().find(|f| Some(f.stamp) != running) else {
            return false;
        };
        let name = Name::new(file.stamp, file.kind);
        let dir = self.tell.dir.to_bytes();
        super::tell::SVLOGD.warning(&[b"out of disk space, delete: ", dir, b"/", name.as_bytes()]);
        self.remove_old(file, b"unable to unlink oldest logfile")
    }

    fn remove_old(&self, file: &OldFile, what: &'static [u8]) -> bool {
        let removed = self
            .folder
            .remove_if_there(Name::new(file.stamp, file.kind).as_c_str());
        match removed {
            Ok(()) => true,
            Err(why) => {
                self.tell.trouble(Trouble { what, why });
                false
            }
        }
    }
}
