//! The input journal: what was taken from the pipe stays findable until every log has it.
//!
//! A killed process loses what it has read and not yet written. So input does not come by read(2):
//! splice(2) moves it from the pipe to the end of a file, in one step, and from there it is copied
//! into the buffer. The file is the `lock` of a log directory, which is otherwise empty; what is in
//! it is described in [`runit_core::log_journal`]. This file moves bytes and keeps the head; each
//! log keeps its own record through its [`Account`]. A foreign `lock` is never written to.

use super::log::Log;
use runit_core::clock::Mono;
use runit_core::log_journal::{BLOCK, DATA, Head, MOST_LOGS, Record};
use runit_sys::error::{Errno, Result};
use runit_sys::{clock, folder, platform};
use std::os::fd::{AsFd, OwnedFd};

/// Most input in the file: what stays in the cache of a processor.
const MOST: u64 = 256 << 10;
/// Of a small file system no more than this part.
const PART: u64 = 64;
/// The least: what fits behind the head in the first block.
const LEAST: u64 = 3 << 10;
/// What nobody needs any more is removed after this time without input, before a system would
/// write it to its disk.
const QUIET_MS: u64 = 1_000;
/// With input now and then, after this time.
const OLD_MS: u64 = 3_000;

/// Where one log's record is.
#[derive(Debug)]
pub struct Account {
    file: OwnedFd,
    at: u64,
}

impl Account {
    /// Replaces the record, whole or not at all.
    pub fn note(&self, record: &Record) -> Result<()> {
        folder::write_at(&self.file, &record.encode(), self.at)
    }
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: OwnedFd,
    /// Which file it is.
    pub identity: (u64, u64),
    head: Head,
    /// Bytes of input in it, and how many of them were copied out.
    len: u64,
    copied: u64,
    most: u64,
    /// When there was none in it, and when some came last.
    since: Mono,
    last: Mono,
    /// Input goes through it; otherwise it only gives what was left in it.
    pub takes: bool,
}

/// A journal, and the records in it.
#[derive(Debug)]
pub struct Found {
    /// Not written to yet.
    pub journal: Journal,
    /// For logs of an earlier svlogd.
    pub records: Vec<Record>,
}

impl Found {
    /// Looks into the lock file of a log that is open, and locked by us.
    pub fn look(log: &Log) -> Option<Found> {
        let file = log.folder.edit(c"lock").ok()?;
        let about = folder::about_file(&file).ok()?;
        if !about.regular || about.identity != log.lock_identity {
            return None;
        }
        let mut bytes = [0; DATA as usize];
        let read = folder::read_at(&file, &mut bytes, 0).ok()?;
        let bytes = &bytes[..read];
        let boot = platform::boot_id().unwrap_or_default();
        let head = Head::decode(bytes).filter(|head| head.holds(boot));
        let mut found = Found {
            journal: Journal {
                file,
                identity: about.identity,
                head: Head::default(),
                len: 0,
                copied: 0,
                most: MOST,
                since: clock::mono(),
                last: clock::mono(),
                takes: false,
            },
            records: Vec::new(),
        };
        let Some(head) = head else {
            // Of another start of the system, or torn by its end; all else is not ours.
            let ours = read == 0 || Head::is_like(bytes);
            return ours.then_some(found);
        };
        found.journal.head = head;
        found.journal.len = head.cut.unwrap_or(about.size.saturating_sub(DATA));
        let records = bytes[BLOCK..].chunks_exact(BLOCK).take(head.logs);
        found.records = records.filter_map(Record::decode).collect();
        Some(found)
    }

    /// There is something in it that a log has not got.
    #[must_use]
    pub fn owes(&self) -> bool {
        let end = self.journal.end();
        let all = self.records.is_empty() && self.journal.len > 0;
        all || self.records.iter().any(|record| record.may_repeat(end))
    }

    /// The first position that somebody needs.
    #[must_use]
    pub fn first_owed(&self) -> u64 {
        let Journal { head, .. } = &self.journal;
        let first = self.records.iter().map(|record| record.at).min();
        first
            .unwrap_or(head.base)
            .clamp(head.base, self.journal.end())
    }

    /// Keeps only what is owed, for a later svlogd to give to all its logs: nothing that it says
    /// about their files will hold any longer.
    pub fn leave(mut self) -> Result<()> {
        let first = self.first_owed();
        self.journal.reset(self.journal.end() - first)?;
        self.journal.head.logs = 0;
        self.journal.write_head()
    }
}

impl Journal {
    /// The position behind all input in it.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.head.base + self.len
    }

    /// The position of the first byte in it.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.head.base
    }

    /// Takes it over with these records, in one step. Copying begins at `from`.
    pub fn take_over(&mut self, records: &[Record], from: u64) -> Result<()> {
        if let Some(cut) = self.head.cut.take() {
            folder::truncate(&self.file, DATA + cut)?;
        }
        if self.len == 0 && self.head.logs == 0 {
            // What may be there is not to be believed.
            folder::truncate(&self.file, DATA)?;
        }
        self.copied = from - self.head.base;
        self.begin(records)
    }

    /// Begins it anew with input that is held already, at position 0.
    pub fn begin_with(&mut self, held: &[u8], records: &[Record]) -> Result<()> {
        folder::truncate(&self.file, DATA)?;
        self.head = Head::default();
        folder::write_at(&self.file, held, DATA)?;
        self.len = held.len() as u64;
        self.copied = self.len;
        self.begin(records)
    }

    fn begin(&mut self, records: &[Record]) -> Result<()> {
        if records.len() > MOST_LOGS {
            return Err(Errno::INVAL);
        }
        self.head.boot = platform::boot_id().unwrap_or_default();
        self.head.settled = false;
        self.head.logs = records.len();
        let mut bytes = [0; DATA as usize];
        let blocks = std::iter::once(self.head.encode()).chain(records.iter().map(Record::encode));
        for (to, block) in bytes.chunks_exact_mut(BLOCK).zip(blocks) {
            to.copy_from_slice(&block);
        }
        let space = folder::space(&self.file).unwrap_or(u64::MAX);
        self.most = (space / PART).clamp(LEAST, MOST);
        folder::write_at(&self.file, &bytes, 0)
    }

    /// The record with this number, for its log to write.
    pub fn account(&self, number: usize) -> Option<Account> {
        Some(Account {
            file: self.file.try_clone().ok()?,
            at: ((1 + number) * BLOCK) as u64,
        })
    }

    /// Some of it was not copied into the buffer yet.
    #[must_use]
    pub fn backlog(&self) -> bool {
        self.copied < self.len
    }

    /// Takes what the pipe holds, at most so many bytes; 0 at its end.
    pub fn take(&mut self, from: impl AsFd, most: usize) -> Result<usize> {
        self.unsettle()?;
        let room = usize::try_from(self.most.saturating_sub(self.len)).unwrap_or(most);
        let most = if room == 0 { most } else { most.min(room) };
        let mut at = DATA + self.len;
        let took = platform::splice(from, &self.file, &mut at, most)?;
        self.last = clock::mono();
        if self.len == 0 {
            self.since = self.last;
        }
        self.len += took as u64;
        Ok(took)
    }

    /// Copies what was not copied yet.
    pub fn copy(&mut self, to: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.len - self.copied).unwrap_or(usize::MAX);
        let most = left.min(to.len());
        let read = folder::read_at(&self.file, &mut to[..most], DATA + self.copied)?;
        if read == 0 && most > 0 {
            // Somebody else has cut the file.
            return Err(Errno::IO);
        }
        self.copied += read as u64;
        Ok(read)
    }

    /// It is time to make room. `idle`: nobody needs anything that is in it.
    #[must_use]
    pub fn wants_reset(&self, idle: bool) -> bool {
        self.len > self.most / 4 * 3
            || (idle && self.len > 0 && self.last >= self.since.plus_ms(OLD_MS))
    }

    /// When it is to be emptied, if nothing happens until then and nobody needs what is in it.
    #[must_use]
    pub fn quiet_at(&self) -> Option<Mono> {
        (self.takes && self.len > 0).then(|| self.last.plus_ms(QUIET_MS))
    }

    /// Removes all but the last bytes, which are still needed. At every moment the head and the
    /// file mean the same input, whatever is killed.
    pub fn reset(&mut self, keep: u64) -> Result<()> {
        let gone = self.len - keep;
        if gone < keep || self.len == 0 {
            return Ok(());
        }
        self.unsettle()?;
        self.move_down(gone, keep)?;
        let head = Head {
            base: self.head.base + gone,
            cut: None,
            ..self.head
        };
        self.head = Head {
            cut: Some(keep),
            ..head
        };
        self.write_head()?;
        self.len = keep;
        self.copied -= gone.min(self.copied);
        folder::truncate(&self.file, DATA + keep)?;
        self.head = head;
        self.write_head()
    }

    fn move_down(&self, from: u64, len: u64) -> Result<()> {
        let mut bytes = [0; 4 << 10];
        let mut done = 0;
        while done < len {
            let most = usize::try_from(len - done).map_or(bytes.len(), |n| n.min(bytes.len()));
            let read = folder::read_at(&self.file, &mut bytes[..most], DATA + from + done)?;
            if read == 0 {
                return Err(Errno::IO);
            }
            folder::write_at(&self.file, &bytes[..read], DATA + done)?;
            done += read as u64;
        }
        Ok(())
    }

    fn write_head(&self) -> Result<()> {
        folder::write_at(&self.file, &self.head.encode(), 0)
    }

    /// Nothing will be written for some time, and something is owed: makes it hold over a restart
    /// of the system.
    pub fn settle(&mut self) {
        if !self.head.settled {
            self.head.settled = true;
            let _ = self.write_head().and_then(|()| folder::to_disk(&self.file));
        }
    }

    fn unsettle(&mut self) -> Result<()> {
        if self.head.settled {
            self.head.settled = false;
            self.write_head()?;
            folder::to_disk(&self.file)?;
        }
        Ok(())
    }

    /// Leaves it with nothing in it. Its first block stays, so that the next svlogd has one on a
    /// disk that is full.
    pub fn rest(mut self) {
        self.head = Head {
            logs: 0,
            cut: Some(0),
            ..self.head
        };
        let rested = self.write_head().and_then(|()| {
            folder::truncate(&self.file, DATA)?;
            self.head.cut = None;
            self.write_head()
        });
        if rested.is_err() {
            self.empty();
        }
    }

    /// Makes it an empty lock file again.
    pub fn empty(self) {
        let _ = folder::truncate(&self.file, 0);
    }

    /// Bytes of input in it.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The file.
    pub fn file(&self) -> &OwnedFd {
        &self.file
    }
}
