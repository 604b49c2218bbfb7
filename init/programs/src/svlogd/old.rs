//! The old files of a log directory: which there are, and which have to go.

use super::log::Log;
use super::tell::Trouble;
use runit_core::log_keep::{Kind, Name, parse};
use runit_core::tai::Tai64n;
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

/// All of them, the oldest first.
#[derive(Debug, Default)]
pub struct Census(Vec<OldFile>);

impl Census {
    /// Looks at a directory; one that cannot be read has none. `sizes`: how large they are, too.
    #[must_use]
    pub fn take(folder: &Folder, sizes: bool) -> Census {
        let mut files = Vec::new();
        let _ = folder.each_name(|name| {
            if let Some((stamp, kind)) = parse(name.to_bytes()) {
                let size = if sizes {
                    folder.about(name).map_or(0, |about| about.size)
                } else {
                    0
                };
                files.push(OldFile { stamp, kind, size });
            }
        });
        files.sort_unstable();
        Census(files)
    }

    /// The newest stamp.
    #[must_use]
    pub fn newest(&self) -> Option<Tai64n> {
        self.0.last().map(|file| file.stamp)
    }

    /// The oldest file that waits for the processor.
    #[must_use]
    pub fn first_raw(&self) -> Option<Tai64n> {
        self.of(Kind::Raw).next().map(|file| file.stamp)
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &OldFile> {
        self.0.iter().filter(move |file| file.kind == kind)
    }

    /// Those that a quota counts.
    fn counted(&self) -> impl Iterator<Item = &OldFile> {
        self.0.iter().filter(|file| file.kind != Kind::Half)
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

    /// Removes old files until the quota is kept; the one being processed stays.
    pub fn prune(&self) {
        let running = self.running;
        let quota = self.settings.quota;
        let census = Census::take(&self.folder, quota.bytes > 0);
        if running.is_none() {
            self.sweep(&census);
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
        let census = Census::take(&self.folder, false);
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
