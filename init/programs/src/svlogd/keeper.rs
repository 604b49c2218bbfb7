//! When the journal is taken up, moved, emptied and given up.
//!
//! Its home is the `lock` of the first log that is open. Where it cannot be had (no pipe, another
//! system, a foreign file) input is read as ever, without a word; a killed svlogd then loses what
//! it held. On a disk that was full before it had its first block nothing is read at all until it
//! has; where lines may be dropped they are, and that a kill loses their count is told. It never
//! costs a line that would come without it.

use super::Svlogd;
use super::input::Input;
use super::journal::Found;
use super::log::{Log, Mark};
use super::slot::Slot;
use super::tell::{SVLOGD, Trouble};
use runit_core::clock::Mono;
use runit_core::log_journal::Record;
use runit_sys::error::Errno;
use runit_sys::{clock, folder, lock, platform};

/// What the pipe may hold, so that a service that writes much need not wait for each of our reads.
const PIPE: usize = 256 << 10;
/// How long after a full disk the journal is tried again.
const AGAIN_MS: u64 = 100;

impl Svlogd {
    /// At the start: looks for what a killed svlogd left, and takes it over.
    pub(super) fn take_up(&mut self) {
        let pipe = folder::is_pipe(Input::fd());
        if pipe {
            platform::widen_pipe(Input::fd(), PIPE);
        }
        let Some((found, at_home)) = self.find() else {
            self.move_at = pipe.then(clock::mono);
            return;
        };
        if !pipe && !found.owes() {
            if !found.records.is_empty() {
                found.journal.rest();
            }
            return;
        }
        let all = found.records.is_empty();
        let Found {
            mut journal,
            records,
        } = found;
        let end = journal.end();
        let first = journal.first();
        let records: Vec<_> = self
            .slots
            .iter()
            .map(|slot| {
                let ours = |r: &&Record| slot.log.as_ref().is_some_and(|l| l.identity == r.dir);
                let new = Record {
                    at: if all { first } else { end },
                    ..Record::default()
                };
                records.iter().find(ours).copied().unwrap_or(new)
            })
            .collect();
        let from = records.iter().map(|record| record.at).min();
        let from = from.unwrap_or(end).clamp(first, end);
        match journal.take_over(&records, from) {
            Ok(()) => {}
            Err(why) => {
                self.move_at = (full(why) && pipe).then(clock::mono);
                return;
            }
        }
        journal.takes = pipe && at_home;
        self.move_at = (pipe && !at_home).then(clock::mono);
        self.input.start = from;
        for (slot, record) in self.slots.iter_mut().zip(records) {
            slot.resume_at(record, from, record.may_repeat(end));
        }
        self.input.journal = Some(journal);
    }

    /// The journal to begin with, and whether it is at home.
    fn find(&self) -> Option<(Found, bool)> {
        let mut chosen: Option<(Found, bool)> = None;
        let open = self.slots.iter().filter_map(|slot| slot.log.as_ref());
        for (number, log) in open.enumerate() {
            let Some(found) = Found::look(log) else {
                continue;
            };
            let owes = found.owes();
            let owes_already = chosen.as_ref().is_some_and(|(chosen, _)| chosen.owes());
            match (owes, owes_already) {
                (true, false) => chosen = Some((found, number == 0)),
                (true, true) => {
                    let _ = found.leave();
                }
                (false, _) if number == 0 => chosen = Some((found, true)),
                (false, _) if !found.records.is_empty() => found.journal.rest(),
                (false, _) => {}
            }
        }
        chosen
    }

    /// After logs were opened anew: the journal goes on, but perhaps its home is another file.
    pub(super) fn look_home(&mut self) {
        let home = self.home();
        let here = self.input.journal.as_ref().map(|journal| journal.identity);
        if here != home && folder::is_pipe(Input::fd()) {
            self.move_at = Some(clock::mono());
        }
    }

    fn home(&self) -> Option<(u64, u64)> {
        let log = self.slots.iter().find_map(|slot| slot.log.as_ref());
        log.map(|log| log.lock_identity)
    }

    /// Begins a journal at home with the input that is held, and only then leaves the old one.
    /// Tells whether to read now.
    fn move_home(&mut self) -> bool {
        self.move_at = None;
        let log = self.slots.iter().find_map(|slot| slot.log.as_ref());
        let Some(log) = log else {
            return true;
        };
        let Some(found) = Found::look(log).filter(|found| !found.owes()) else {
            return true;
        };
        let mut journal = found.journal;
        let mark = |slot: &Slot| Mark {
            at: slot.at as u64,
            place: slot.place,
        };
        let records: Vec<_> = self.slots.iter().map(|s| s.record(mark(s))).collect();
        while let Err(why) = journal.begin_with(self.input.bytes(), &records) {
            if full(why) && log.make_room() {
                continue;
            }
            journal.rest();
            return !full(why) || Input::waiting() == 0 || self.without_room(why);
        }
        self.no_journal.reset();
        self.give_up_journal();
        journal.takes = true;
        self.input.start = 0;
        for (number, slot) in self.slots.iter_mut().enumerate() {
            let mark = mark(slot);
            slot.account_to(number, &journal, mark);
        }
        self.input.journal = Some(journal);
        true
    }

    /// Goes on without this journal.
    fn give_up_journal(&mut self) {
        let Some(journal) = self.input.journal.take() else {
            return;
        };
        let mut logs = self.slots.iter_mut().filter_map(|slot| slot.log.as_mut());
        let held = logs.any(|log| log.lock_identity == journal.identity);
        // Where the lock is not ours any more, perhaps somebody else works with the file.
        if held || lock::try_exclusive(journal.file()) == Ok(true) {
            journal.rest();
        }
        for log in self.slots.iter_mut().filter_map(|slot| slot.log.as_mut()) {
            log.account = None;
        }
    }

    /// Reads once.
    pub(super) fn read(&mut self) {
        if !self.before_reading() {
            return;
        }
        loop {
            match self.input.read() {
                Ok(Some(0)) => self.ended = true,
                Ok(_) => {}
                Err(why) if self.input.journal.is_some() => {
                    if full(why) && !self.make_room(why) {
                        return;
                    }
                    if !full(why) {
                        // A file system or system that cannot do it.
                        self.give_up_journal();
                    }
                    continue;
                }
                Err(why) => {
                    SVLOGD.warning_because(&[b"unable to read standard input"], why);
                    self.ended = true;
                }
            }
            return;
        }
    }

    /// Tells whether to read.
    fn before_reading(&mut self) -> bool {
        if self.input.backlog() {
            return true;
        }
        if self.move_at.is_some_and(|at| clock::mono() >= at) && !self.move_home() {
            return false;
        }
        let idle = self.input.bytes().is_empty();
        let Some(journal) = &self.input.journal else {
            return true;
        };
        let missed = |slot: &Slot| slot.log.as_ref().is_some_and(|log| log.account.is_none());
        if !journal.takes || self.slots.iter().any(missed) {
            self.give_up_journal();
        } else if journal.wants_reset(idle) {
            self.reset();
        }
        true
    }

    /// Removes from the journal what every log has.
    fn reset(&mut self) {
        let keep = self.input.bytes().len() as u64;
        let journal = self.input.journal.as_mut();
        let done = journal.map(|journal| journal.reset(keep));
        if matches!(done, Some(Err(_))) {
            self.give_up_journal();
        }
    }

    /// The journal cannot take anything: makes room, or pauses, or reads without it where lines may
    /// be dropped. Tells whether to read again.
    fn make_room(&mut self, why: Errno) -> bool {
        let before = self.input.journal.as_ref().map(|journal| journal.len());
        self.reset();
        if self.input.journal.as_ref().map(|journal| journal.len()) < before {
            return true;
        }
        let home = self.slots.iter().find_map(|slot| slot.log.as_ref());
        if home.is_some_and(Log::make_room) {
            return true;
        }
        self.without_room(why)
    }

    /// There is no room for input in a journal: pauses, or reads without one where lines may be
    /// dropped. Tells whether to read.
    fn without_room(&mut self, why: Errno) -> bool {
        let what = b"unable to write to lock";
        let trouble = Trouble { what, why };
        let drops = |slot: &Slot| slot.log.as_ref().is_some_and(Log::drops);
        let reads = self.slots.iter().any(drops);
        if let Some(slot) = self.slots.iter().find(|slot| slot.is_open()) {
            if reads {
                self.no_journal.say(&slot.tell, trouble);
            } else {
                slot.tell.pausing(trouble);
            }
        }
        if reads {
            self.give_up_journal();
            self.move_at = Some(clock::mono().plus_ms(AGAIN_MS));
        } else {
            self.begin_pause();
        }
        reads
    }

    /// When the journal is to be emptied because nothing comes any more.
    pub(super) fn quiet_at(&self) -> Option<Mono> {
        let idle = self.input.bytes().is_empty() && !self.input.backlog();
        let journal = self.input.journal.as_ref().filter(|_| idle);
        journal.and_then(|journal| journal.quiet_at())
    }

    /// Empties it then.
    pub(super) fn empty_if_quiet(&mut self, now: Mono) {
        if self.quiet_at().is_some_and(|at| now >= at) {
            self.reset();
        }
    }

    /// Everything is written that will be: tells whether something is left for a later svlogd,
    /// which then goes on exactly here.
    pub(super) fn leaves_something(&mut self) -> bool {
        let mut complete = true;
        for log in self.slots.iter_mut().filter_map(|slot| slot.log.as_mut()) {
            complete &= log.count_is_written();
        }
        match self.input.journal.take() {
            Some(journal) if complete && !journal.backlog() && !self.input.broken_off => {
                journal.rest();
            }
            Some(mut journal) => {
                journal.settle();
                return true;
            }
            None => {}
        }
        false
    }
}

fn full(why: Errno) -> bool {
    matches!(why, Errno::NOSPC | Errno::DQUOT)
}
