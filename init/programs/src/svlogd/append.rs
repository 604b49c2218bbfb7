//! Bytes into `current`: rotation where it is due, and what happens when they do not go in.
//!
//! Where lines are dropped, a file never keeps a part of one: it is cut back to its last line end,
//! the line is counted, and the number is written down as soon as anything can be written again.

use super::log::{Before, Dropping, Log, Mark};
use super::old::OldFile;
use super::tell::Trouble;
use memchr::{memchr, memchr_iter, memrchr};
use runit_core::clock::Mono;
use runit_core::line::Line;
use runit_core::log_keep::Kind;
use runit_sys::error::Errno;
use runit_sys::{clock, folder};

/// How long nothing is tried after lines had to be dropped.
const DROP_MS: u64 = 1_000;

/// The rest of some bytes could not be written, and must not be dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stuck {
    /// So many were.
    pub done: usize,
    /// What stands in the way.
    pub trouble: Trouble,
}

impl Log {
    /// Writes a piece of a log, and notes that the input is dealt with to the mark `behind` it.
    /// Then rotates where that is due.
    pub fn append(&mut self, bytes: &[u8], behind: Mark) -> Result<(), Stuck> {
        let mut done = 0;
        if self.dropping.is_some() {
            // Where lines were dropped and may be no longer, their number has to be written first.
            if !self.drops() {
                self.write_count_now()
                    .map_err(|trouble| Stuck { done, trouble })?;
            }
            done = self.pass_over(bytes);
        }
        while done < bytes.len() {
            match self.append_some(&bytes[done..]) {
                Ok(more) => {
                    done += more;
                    self.under_way |= more > 0;
                }
                Err(_) if self.drops() => {
                    self.begin_dropping();
                    self.count_dropped(&bytes[done..]);
                    self.dealt_with(behind);
                    self.cut_overlong();
                    return Ok(());
                }
                Err(trouble) => return Err(Stuck { done, trouble }),
            }
        }
        if !bytes.is_empty() {
            self.dealt_with(behind);
        }
        match self.prepare() {
            Err(trouble) if !self.drops() => Err(Stuck { done, trouble }),
            _ => Ok(()),
        }
    }

    /// `current` and this mark agree.
    pub fn dealt_with(&mut self, mark: Mark) {
        self.under_way = false;
        self.mark = mark;
        self.note();
    }

    /// How many of these bytes are one piece: it is rotated behind them, or not at all.
    pub fn piece(&self, bytes: &[u8]) -> usize {
        let limit = self.settings.limit;
        let cut = match limit.cut(self.size, bytes).take {
            0 => limit.cut(0, bytes).take,
            take => take,
        };
        match memchr(b'\n', &bytes[..cut]) {
            Some(end) if self.rotate_at_line_end => end + 1,
            _ => cut,
        }
    }

    /// It is full.
    pub fn rotate_now(&mut self) {
        if self.before == Before::Nothing && self.size > 0 {
            self.before = Before::Rotate;
        }
    }

    /// Does what has to happen before anything can be written.
    pub fn prepare(&mut self) -> Result<(), Trouble> {
        let between = !self.mid_line && !self.under_way;
        if self.rotate_at_line_end && between && self.before == Before::Nothing {
            self.rotate_at_line_end = false;
            if self.size > 0 {
                self.before = Before::Rotate;
            }
        }
        match self.before {
            Before::Nothing => Ok(()),
            Before::Rotate => self.rotate(),
            Before::Create => self.open_current(false),
            Before::Open => self.open_current(true),
        }
    }

    /// One write, and the rotation that may be due before or behind it.
    fn append_some(&mut self, bytes: &[u8]) -> Result<usize, Trouble> {
        self.prepare()?;
        let bytes = match memchr(b'\n', bytes) {
            Some(end) if self.rotate_at_line_end => &bytes[..=end],
            _ => bytes,
        };
        let cut = self.settings.limit.cut(self.size, bytes);
        let wrote = if cut.take > 0 {
            self.write(&bytes[..cut.take])?
        } else {
            0
        };
        if cut.rotate && wrote == cut.take {
            self.before = Before::Rotate;
        }
        Ok(wrote)
    }

    /// One write; makes room for it where old files may go.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Trouble> {
        let Some(file) = &self.file else {
            return Ok(0);
        };
        let wrote = loop {
            match folder::write_once(file, bytes) {
                Ok(wrote) => break wrote,
                Err(Errno::NOSPC | Errno::DQUOT) if self.make_room() => {}
                Err(why) => {
                    let what = b"unable to write to current";
                    return Err(Trouble { what, why });
                }
            }
        };
        if let Some(end) = memrchr(b'\n', &bytes[..wrote]) {
            self.line_at = self.size + end as u64 + 1;
            self.continued = false;
        }
        self.size += wrote as u64;
        self.mid_line = wrote > 0 && bytes[wrote - 1] != b'\n';
        Ok(wrote)
    }

    /// Closes `current`, gives it its name among the old files, and begins a new one.
    fn rotate(&mut self) -> Result<(), Trouble> {
        if let Some(file) = &self.file {
            if let Err(why) = folder::to_disk(file) {
                let what = b"unable to fsync current logfile";
                self.tell.trouble(Trouble { what, why });
            }
            self.finish_mode(file);
        }
        let processed = self.settings.processor.is_some();
        let kind = if processed { Kind::Raw } else { Kind::Done };
        let name = self.new_name(kind);
        let mut size = Line::<24>::new();
        size.push(b" ")
            .number(i64::try_from(self.size).unwrap_or(i64::MAX));
        let dir = self.tell.dir.to_bytes();
        let from_to = [
            b"rename: ",
            dir,
            b"/current ",
            name.as_bytes(),
            size.as_bytes(),
        ];
        self.tell.info(&from_to);
        let what = b"unable to rename current";
        let rotated = match self.folder.rename(c"current", name.as_c_str()) {
            Ok(()) => self.newest.map(|stamp| OldFile {
                stamp,
                kind,
                size: self.size,
            }),
            // Someone removed it while it was written: there is nothing left to keep.
            Err(why @ Errno::NOENT) => {
                self.tell.trouble(Trouble { what, why });
                None
            }
            Err(why) => return Err(Trouble { what, why }),
        };
        self.rotated |= rotated.is_some();
        self.file = None;
        self.size = 0;
        self.line_at = 0;
        self.continued |= self.mid_line;
        self.before = Before::Create;
        self.prune(rotated);
        self.open_current(false)
    }

    /// Ends the line that is being written.
    pub fn finish_line(&mut self) {
        if self.mid_line && self.dropping.is_none() {
            // What stood in the way of a line may stand in the way of its end, too.
            let _ = self.append(b"\n", self.mark);
        }
    }

    /// From now on lines are dropped, the one being written among them.
    fn begin_dropping(&mut self) {
        let mut dropping = Dropping {
            lines: 0,
            again: clock::mono().plus_ms(DROP_MS),
            inside: self.mid_line,
        };
        if self.mid_line {
            dropping.lines = 1;
            // Noted first: a note must never speak of more than there is.
            self.overlong = Some(self.size);
            self.size = self.line_at;
            // Of one that is in an older file, too, the beginning stays.
            self.mid_line = self.continued;
        }
        self.dropping = Some(dropping);
    }

    /// Removes the beginning of a line that is dropped.
    fn cut_overlong(&mut self) {
        if let Some(before) = self.overlong.take() {
            let cut = self.file.as_ref().map(|f| folder::truncate(f, self.size));
            if !matches!(cut, Some(Ok(()))) {
                self.size = before;
                self.mid_line = true;
                self.note();
            }
        }
    }

    /// Counts the lines that begin in bytes that are dropped.
    fn count_dropped(&mut self, bytes: &[u8]) {
        if let (Some(dropping), Some(&last)) = (&mut self.dropping, bytes.last()) {
            let ends = memchr_iter(b'\n', bytes).count() as u64;
            let unfinished = u64::from(last != b'\n');
            // Each line end but the last has a line behind it that begins here.
            dropping.lines += ends + unfinished - u64::from(dropping.inside);
            dropping.inside = last != b'\n';
        }
    }

    /// While lines are dropped: drops these, or their beginning, and gives how many bytes that was.
    fn pass_over(&mut self, bytes: &[u8]) -> usize {
        if self.resume(clock::mono()) {
            self.count_dropped(bytes);
            return bytes.len();
        }
        // The rest of a line that is counted already.
        let Some(dropping) = self.dropping else {
            return 0;
        };
        let end = memchr(b'\n', bytes);
        if !dropping.inside || end.is_some() {
            self.dropping = None;
        }
        match end {
            _ if !dropping.inside => 0,
            Some(end) => end + 1,
            None => bytes.len(),
        }
    }

    /// Writes down how many lines were dropped, if it is time to try; tells whether more have to be.
    pub fn resume(&mut self, now: Mono) -> bool {
        let Some(dropping) = self.dropping.filter(|d| d.lines > 0) else {
            return false;
        };
        if now >= dropping.again {
            if self.count_is_written() {
                return false;
            }
            self.dropping = Some(Dropping {
                again: now.plus_ms(DROP_MS),
                ..dropping
            });
        }
        true
    }

    /// The line that stands for those that were dropped, whole or not at all.
    fn write_count(&mut self, lines: u64) -> Result<(), Trouble> {
        self.prepare()?;
        let text = self.count_line(lines);
        let before = (self.size, self.line_at, self.mid_line);
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match self.write(rest) {
                Ok(wrote) => rest = &rest[wrote..],
                Err(trouble) => {
                    let back = self.file.as_ref().map(|f| folder::truncate(f, before.0));
                    if matches!(back, Some(Ok(()))) {
                        (self.size, self.line_at, self.mid_line) = before;
                    }
                    return Err(trouble);
                }
            }
        }
        Ok(())
    }

    /// `N lines dropped`, labelled like any other line.
    fn count_line(&mut self, lines: u64) -> Line<96> {
        let mut text = Line::new();
        if self.mid_line {
            text.push(b"\n");
        }
        self.stamp(clock::wall());
        text.push(self.label()).push(b"svlogd: warning: ");
        text.number(i64::try_from(lines).unwrap_or(i64::MAX));
        text.push(b" lines dropped\n");
        text
    }

    /// When writing is to be tried again.
    pub fn drop_deadline(&self) -> Option<Mono> {
        self.dropping.filter(|d| d.lines > 0).map(|d| d.again)
    }

    /// At the end: a last attempt to write the count down; else it is told.
    pub fn tell_dropped(&mut self) {
        let lines = self.dropping.map_or(0, |d| d.lines);
        if !self.count_is_written() {
            let mut text = Line::<48>::new();
            text.number(i64::try_from(lines).unwrap_or(i64::MAX));
            text.push(b" lines dropped");
            self.tell.warning(text.as_bytes());
        }
    }

    /// Writes the count down if there is one; tells whether it is no more.
    pub fn count_is_written(&mut self) -> bool {
        self.write_count_now().is_ok()
    }

    fn write_count_now(&mut self) -> Result<(), Trouble> {
        let Some(dropping) = self.dropping.filter(|d| d.lines > 0) else {
            return Ok(());
        };
        self.write_count(dropping.lines)?;
        self.dropping = Some(Dropping {
            lines: 0,
            ..dropping
        });
        self.note();
        Ok(())
    }
}
