//! One log directory that is open: locked, its settings read, `current` being written.
//!
//! The file `current` carries its state in its mode: executable by its owner means that it was
//! closed properly, and can be gone on with.

use super::config::Settings;
use super::journal::Account;
use super::old::Census;
use super::tell::{Once, Teller, Trouble};
use runit_core::clock::Mono;
use runit_core::log_config::WhenFull;
use runit_core::log_journal::Record;
use runit_core::log_keep::Kind;
use runit_core::log_label::{Label, Style};
use runit_core::log_render::Place;
use runit_core::tai::Tai64n;
use runit_sys::error::Errno;
use runit_sys::folder::{self, About, Folder};
use runit_sys::udp::Sender;
use runit_sys::{clock, localtime, lock};
use std::cell::RefCell;
use std::os::fd::OwnedFd;

/// The bit of `current` that says it was closed properly.
const FINISHED: u32 = 0o100;
/// Mode of a new file, less the umask.
const NEW: u32 = 0o644;
/// How long a lock is waited for: between its fork and its exec a child of ours, or of a svlogd
/// that was killed, holds it too, and a log left out for that would lose lines.
const LOCK_MS: u64 = 500;

/// What has to happen before anything can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// `current` is full, or was told to go.
    Rotate,
    /// There is no `current` any more.
    Create,
    /// `current` was not looked at yet.
    Open,
}

/// A place in the input: everything before it is dealt with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Mark {
    /// Its position.
    pub at: u64,
    /// Where that is within its line.
    pub place: Place,
}

/// Lines that are not written because the disk is full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dropping {
    /// How many so far.
    pub lines: u64,
    /// When writing is tried again.
    pub again: Mono,
    /// The input is inside a line that is dropped.
    pub inside: bool,
}

/// The state of a log that was closed to be opened again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Left {
    /// Lines are being dropped.
    pub dropping: Option<Dropping>,
    mid_line: bool,
    continued: bool,
    noted_size: (u64, u64),
}

/// An open log directory.
#[derive(Debug)]
pub struct Log {
    /// Speaks about it.
    pub tell: Teller,
    /// Its settings.
    pub settings: Settings,
    /// The directory.
    pub folder: Folder,
    /// Which directory that is.
    pub identity: (u64, u64),
    /// Held locked.
    _lock: OwnedFd,
    /// Which file that is.
    pub lock_identity: (u64, u64),
    /// Where its record in the journal is.
    pub account: Option<Account>,
    /// How far it has come.
    pub mark: Mark,
    /// Some bytes of a piece are written, and not all: `current` agrees with no mark.
    pub under_way: bool,
    /// What an earlier svlogd noted about `current`.
    noted: Option<(Record, bool)>,
    /// `current`.
    pub file: Option<OwnedFd>,
    /// Its inode.
    file_id: u64,
    /// Bytes in it.
    pub size: u64,
    /// Bytes up to the line that is not finished.
    pub line_at: u64,
    /// The line that is not finished began in an older file.
    pub continued: bool,
    /// The inode and size that were noted last.
    noted_size: (u64, u64),
    /// The file is longer than it is to be: its end is dropped, and has yet to go.
    pub overlong: Option<u64>,
    /// The last byte written is inside a line.
    pub mid_line: bool,
    /// What has to happen first.
    pub before: Before,
    /// Rotate as soon as the line that is being written has ended.
    pub rotate_at_line_end: bool,
    /// When it becomes too old.
    pub old_at: Option<Mono>,
    /// The newest old file.
    pub newest: Option<Tai64n>,
    /// The old files when they were last looked at.
    pub census: RefCell<Census>,
    /// The old file being processed.
    pub running: Option<Tai64n>,
    /// A file was rotated, or found, that may have to be processed.
    pub rotated: bool,
    /// The time in front of lines.
    label: Option<Label>,
    /// Local time: the quarter of an hour it was last asked for, and what the answer was.
    east: (i64, i64),
    /// Sends lines.
    pub sender: Option<Sender>,
    /// Lines are being dropped.
    pub dropping: Option<Dropping>,
    /// Said about a `current` that does not take its mode.
    pub mode_warning: Once,
}

impl Log {
    /// Opens a log directory; what stands in the way is told, and then there is none.
    /// `running`: the old file that a processor is busy with.
    pub fn open(
        tell: Teller,
        style: Option<Style>,
        head: usize,
        running: Option<Tai64n>,
    ) -> Option<Log> {
        let folder = Folder::open(tell.dir).map_err(Trouble::with(b"unable to open log directory"));
        let folder = match folder {
            Ok(folder) => folder,
            Err(trouble) => {
                tell.trouble(trouble);
                return None;
            }
        };
        let locked = folder
            .check()
            .map_err(Trouble::with(b"unable to change directory"))
            .and_then(|()| take_lock(&folder).map_err(Trouble::with(b"unable to lock directory")));
        let (lock, lock_identity) = match locked {
            Ok(lock) => lock,
            Err(trouble) => {
                tell.info(&[b"close: ", tell.dir.to_bytes()]);
                tell.trouble(trouble);
                return None;
            }
        };
        let settings = Settings::read(&folder, head, &tell);
        let old_at = next_age(clock::mono(), settings.age);
        // A socket that cannot be made shows in the log, at each line that is not sent.
        let sender = settings.send.and_then(|send| Sender::new(send.to).ok());
        let mut census = Census::new();
        census.take(&folder, false);
        let style = style.or(settings.local_time.then_some(Style::Underscore));
        let label = style.map(Label::new);
        let log = Log {
            tell,
            settings,
            identity: folder.identity().unwrap_or_default(),
            folder,
            _lock: lock,
            lock_identity,
            account: None,
            mark: Mark::default(),
            under_way: false,
            noted: None,
            file: None,
            file_id: 0,
            size: 0,
            line_at: 0,
            continued: false,
            noted_size: (0, 0),
            overlong: None,
            mid_line: false,
            before: Before::Open,
            rotate_at_line_end: false,
            old_at,
            newest: census.newest(),
            census: RefCell::new(census),
            running,
            rotated: true,
            label,
            east: (i64::MIN, 0),
            sender,
            dropping: None,
            mode_warning: Once::default(),
        };
        if running.is_none() {
            log.sweep(&log.census.borrow());
        }
        Some(log)
    }

    /// Opens `current`; the first time, one that was not closed properly is put aside.
    pub fn open_current(&mut self, first: bool) -> Result<(), Trouble> {
        let mut append = false;
        let mut inside = false;
        if first {
            match self.folder.about(c"current") {
                Ok(about) => {
                    let noted = self.noted.filter(|noted| agrees(noted, &about));
                    if let Some((noted, _)) = noted {
                        self.cut_back(&noted, &about)?;
                        inside = noted.mid_line;
                    }
                    append = about.size == 0
                        || about.mode & FINISHED != 0
                        || !about.regular
                        || inside
                        || self.under_way;
                    if !append {
                        self.put_aside()?;
                    }
                }
                Err(Errno::NOENT) => {}
                Err(why) => {
                    let what = b"unable to stat current";
                    return Err(Trouble { what, why });
                }
            }
        }
        let what: &[u8] = if first {
            b"unable to open current"
        } else {
            b"unable to create new current"
        };
        let trouble = |why| Trouble { what, why };
        let file = self.folder.append(c"current", NEW).map_err(trouble)?;
        let about = folder::about_file(&file).map_err(trouble)?;
        if about.mode & FINISHED != 0 {
            self.set_mode(&file, about.mode & !FINISHED);
        }
        self.size = about.size;
        self.line_at = about.size;
        self.file_id = about.identity.1;
        self.file = Some(file);
        self.before = Before::Nothing;
        if let Some((noted, _)) = self.noted.take().filter(|(noted, _)| noted.mid_line) {
            if inside {
                (self.mid_line, self.line_at) = (true, noted.line_at);
                self.continued = noted.continued;
            } else if self.size == 0 {
                // It was rotated inside the line.
                (self.mid_line, self.continued) = (true, true);
            }
        }
        self.note();
        if first {
            let what: &[u8] = if append { b"append: " } else { b"new: " };
            self.tell.info_file(what, b"current");
        }
        Ok(())
    }

    /// Takes what a killed svlogd had written beyond its last note out of `current`: it comes again.
    fn cut_back(&self, noted: &Record, about: &About) -> Result<(), Trouble> {
        if about.size > noted.size {
            let file = self.folder.append(c"current", NEW);
            file.and_then(|file| folder::truncate(&file, noted.size))
                .map_err(Trouble::with(b"unable to cut current"))?;
        }
        Ok(())
    }

    /// Goes on where an earlier svlogd was killed. Before `current` is opened.
    pub fn resume_at(&mut self, record: Record, owed: bool) {
        self.mark = Mark {
            at: record.at,
            place: record.place,
        };
        self.dropping = record.dropping.map(|(lines, inside)| Dropping {
            lines,
            again: Mono(0),
            inside,
        });
        self.noted = Some((record, owed));
    }

    /// Notes in the journal that what is in the files and the mark agree.
    pub fn note(&mut self) {
        if self.under_way {
            return;
        }
        let record = self.record();
        self.noted_size = (record.file, record.size);
        if let Some(account) = &self.account {
            if account.note(&record).is_err() {
                // The journal is given up by whoever misses this.
                self.account = None;
            }
        }
    }

    /// Where the rest of a piece is left to a later svlogd, so is all of it.
    fn give_back(&mut self) {
        let (noted, size) = self.noted_size;
        if let (true, Some(_), Some(file)) = (self.under_way, &self.account, &self.file) {
            if noted == self.file_id {
                // Otherwise it is cut at the next start.
                self.under_way = folder::truncate(file, size).is_err();
            }
        }
    }

    /// What is to be noted.
    #[must_use]
    pub fn record(&self) -> Record {
        Record {
            dir: self.identity,
            file: self.file_id,
            size: self.size,
            line_at: self.line_at,
            at: self.mark.at,
            place: self.mark.place,
            mid_line: self.mid_line,
            continued: self.continued,
            dropping: self.dropping.map(|d| (d.lines, d.inside)),
        }
    }

    /// Notes a mark behind bytes that needed no writing.
    pub fn move_to(&mut self, mark: Mark) {
        if self.mark != mark {
            self.mark = mark;
            self.note();
        }
    }

    /// Gives a `current` that a killed svlogd left behind the name of a file to be processed.
    fn put_aside(&mut self) -> Result<(), Trouble> {
        let name = self.new_name(Kind::Raw);
        self.folder
            .rename(c"current", name.as_c_str())
            .map_err(Trouble::with(b"unable to rename current"))
    }

    /// Makes the label say this time.
    pub fn stamp(&mut self, now: Tai64n) {
        let Some(label) = &mut self.label else {
            return;
        };
        if self.settings.local_time {
            // Rules of time zones change the offset at quarters of an hour.
            let quarter = now.unix_sec().div_euclid(900);
            if self.east.0 != quarter {
                self.east = (quarter, localtime::seconds_east(now.unix_sec()));
            }
        }
        label.set(now, self.east.1);
    }

    /// What stands in front of each line.
    pub fn label(&self) -> &[u8] {
        self.label.as_ref().map_or(&[], |label| label.bytes())
    }

    /// Marks `current` as closed properly.
    pub fn finish_mode(&self, file: &OwnedFd) {
        if let Ok(about) = folder::about_file(file) {
            self.set_mode(file, about.mode | FINISHED);
        }
    }

    fn set_mode(&self, file: &OwnedFd, mode: u32) {
        match folder::set_mode(file, mode) {
            Ok(()) => self.mode_warning.reset(),
            // Without the mark the file counts as left behind at the next start: no loss.
            Err(why) => self.mode_warning.say(
                &self.tell,
                Trouble {
                    what: b"unable to set mode of current",
                    why,
                },
            ),
        }
    }

    /// Goes on where the log that was closed left off: inside a line, or dropping lines.
    pub fn go_on(&mut self, left: Left) {
        self.dropping = left.dropping;
        self.continued = left.continued;
        if self.under_way {
            self.noted_size = left.noted_size;
        }
        self.mid_line = left.mid_line && (self.size > 0 || left.continued);
    }

    /// What a log that is opened again has to know.
    #[must_use]
    pub fn left(&self) -> Left {
        Left {
            dropping: self.dropping,
            mid_line: self.mid_line,
            continued: self.continued,
            noted_size: self.noted_size,
        }
    }

    /// Lines are dropped rather than waited for.
    pub fn drops(&self) -> bool {
        self.settings.when_full == WhenFull::Drop
    }

    /// Closes it.
    pub fn close(mut self, why: Closing) {
        match why {
            Closing::ToGoOn => {}
            Closing::Complete => self.finish_line(),
            Closing::Stuck => self.give_back(),
        }
        self.tell.info(&[b"close: ", self.tell.dir.to_bytes()]);
        if why != Closing::ToGoOn {
            self.tell_dropped();
        }
        if let Some(file) = self.file.take() {
            if let Err(why) = folder::to_disk(&file) {
                let what = b"unable to fsync current logfile";
                self.tell.trouble(Trouble { what, why });
            }
            // With a part of a piece at its end it is not closed properly.
            if !self.under_way || self.account.is_none() {
                self.finish_mode(&file);
            }
        }
    }
}

/// The note is about this file, and nobody else has written to it in good order since.
/// Where nothing is owed there can be nothing too much, except by another hand.
fn agrees((noted, owed): &(Record, bool), about: &About) -> bool {
    let cut = *owed && about.size > noted.size && about.mode & FINISHED == 0;
    about.regular && about.identity.1 == noted.file && (cut || about.size == noted.size)
}

/// Why a log is closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closing {
    /// To be opened again.
    ToGoOn,
    /// All of it is written, and no more will come: a line that is not finished gets its end.
    Complete,
    /// What is left cannot be written.
    Stuck,
}

/// When a file is too old that is begun now.
pub fn next_age(now: Mono, age: u64) -> Option<Mono> {
    (age > 0).then(|| now.plus_ms(age.saturating_mul(1000)))
}

fn take_lock(folder: &Folder) -> Result<(OwnedFd, (u64, u64)), Errno> {
    let file = lock::open_in(folder, c"lock")?;
    let identity = folder::about_file(&file)?.identity;
    let until = clock::mono().plus_ms(LOCK_MS);
    while !lock::try_exclusive(&file)? {
        if clock::mono() >= until {
            return Err(Errno::AGAIN);
        }
        clock::pause_ms(5);
    }
    Ok((file, identity))
}
