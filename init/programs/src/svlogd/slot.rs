//! One log directory of the command line: the log while it is open, and what outlives a reopening.

use super::deliver::Outlet;
use super::input::Input;
use super::journal::Journal;
use super::log::{Before, Closing, Left, Log, Mark, next_age};
use super::options::Call;
use super::process::Work;
use super::tell::Teller;
use runit_core::clock::{Mono, earlier};
use runit_core::exit::Exit;
use runit_core::log_journal::Record;
use runit_core::log_render::Place;
use runit_sys::folder::Folder;

/// A log directory, open or not.
#[derive(Debug)]
pub struct Slot {
    /// Speaks about it.
    pub tell: Teller,
    /// The log, if it could be opened.
    pub log: Option<Log>,
    /// The first byte of input that it has not dealt with.
    pub at: usize,
    /// Where that is within its line.
    pub place: Place,
    /// How the log was left that was open before.
    left: Option<Left>,
    /// Its processor.
    pub work: Work,
}

impl Slot {
    /// Not open yet.
    #[must_use]
    pub fn new(tell: Teller) -> Slot {
        Slot {
            tell,
            log: None,
            at: 0,
            place: Place::Start,
            left: None,
            work: Work::default(),
        }
    }

    /// Opens the log, or warns. Nothing is written to it until [`Slot::begin`].
    pub fn open(&mut self, call: &Call) {
        self.log = Log::open(self.tell, call.style, call.head, self.work.stamp());
        self.work.schedule.forgive();
    }

    /// Goes on where an earlier svlogd was killed.
    pub fn resume_at(&mut self, record: Record, start: u64, owed: bool) {
        self.at = usize::try_from(record.at.saturating_sub(start)).unwrap_or(usize::MAX);
        self.place = record.place;
        if let Some(log) = &mut self.log {
            log.resume_at(record, owed);
        }
    }

    /// Begins to write to the log, where it was left. `number`: of its record in the journal.
    /// `held`: what is written does not agree with any mark.
    pub fn begin(&mut self, number: usize, input: &Input, held: bool) {
        let mark = self.mark(input);
        if let Some(log) = &mut self.log {
            log.mark = mark;
            log.under_way = held;
            log.account = input.journal.as_ref().and_then(|j| j.account(number));
            // Before anything is noted: a kill must not lose the count.
            if let Some(left) = &self.left {
                log.dropping = left.dropping;
            }
            // Trouble is told when the log is served.
            let _ = log.prepare();
            if let Some(left) = self.left.take() {
                log.go_on(left);
                log.note();
            }
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn mark(&self, input: &Input) -> Mark {
        Mark {
            at: input.position(self.at),
            place: self.place,
        }
    }

    /// Its record goes to another journal.
    pub fn account_to(&mut self, number: usize, journal: &Journal, mark: Mark) {
        if let Some(log) = &mut self.log {
            log.mark = mark;
            log.account = journal.account(number);
        }
    }

    /// What is to be noted about it; nothing is owed to a log that is closed.
    #[must_use]
    pub fn record(&self, mark: Mark) -> Record {
        let record = self.log.as_ref().map(Log::record).unwrap_or_default();
        Record {
            at: mark.at,
            place: mark.place,
            ..record
        }
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.log.is_some()
    }

    /// Closes the log.
    pub fn close(&mut self, why: Closing) {
        if let Some(log) = self.log.take() {
            self.left = Some(log.left());
            log.close(why);
        }
    }

    /// The input that it has dealt with ends inside a line.
    #[must_use]
    pub fn mid_line(&self) -> bool {
        self.log.is_some() && self.place != Place::Start
    }

    /// Rotates if there is anything to rotate, at the end of the line where one is being written.
    pub fn rotate(&mut self) {
        if let Some(log) = self.log.as_mut().filter(|log| log.size > 0) {
            log.rotate_at_line_end = true;
        }
    }

    /// Does what is due.
    pub fn timers(&mut self, now: Mono) {
        let Some(log) = &mut self.log else {
            return;
        };
        if log.old_at.is_some_and(|at| now >= at) {
            log.rotate_at_line_end |= log.size > 0;
            let mut next = log.old_at.unwrap_or(now);
            while next <= now {
                next = next_age(next, log.settings.age).unwrap_or(now.plus_ms(1));
            }
            log.old_at = Some(next);
        }
        log.resume(now);
    }

    /// When something is due by time alone.
    #[must_use]
    pub fn deadline(&self) -> Option<Mono> {
        let log = self.log.as_ref()?;
        // An empty file is never too old; once there is something in it, this is asked again.
        let old = log.old_at.filter(|_| log.size > 0);
        let processor = self.work.schedule.deadline();
        let processor = processor.filter(|_| log.settings.processor.is_some());
        earlier(earlier(old, processor), log.drop_deadline())
    }

    /// Starts the processor if it is time.
    pub fn process(&mut self, now: Mono, end: bool) {
        if let Some(log) = &mut self.log {
            if std::mem::take(&mut log.rotated) {
                self.work.schedule.found();
            }
            self.work.start_if_due(log, now, end);
            log.running = self.work.stamp();
        }
    }

    /// Its processor ended.
    pub fn processor_ended(&mut self, exit: Exit, end: bool) {
        self.work.ended(exit, &self.tell, end);
        if let Some(log) = &mut self.log {
            log.running = None;
        }
    }

    /// Its processor does not end.
    pub fn abandon_processor(&mut self) {
        self.work.abandon(&self.tell);
    }

    /// After a pause: where the directory is no longer the one that was opened, opens that, and
    /// tells so; then it has yet to begin.
    pub fn follow_directory(&mut self, call: &Call) -> bool {
        let Some(log) = self.log.as_ref().filter(|l| l.before != Before::Nothing) else {
            return false;
        };
        let there = Folder::open(self.tell.dir).and_then(|folder| folder.identity());
        let moved = there.is_ok_and(|there| log.folder.identity() != Ok(there));
        if moved {
            self.close(Closing::ToGoOn);
            self.open(call);
        }
        moved
    }

    /// Some input did not get written.
    #[must_use]
    pub fn unwritten(&self, input: &Input, outlet: &Outlet) -> bool {
        self.is_open() && (self.at < input.bytes().len() || outlet.holds_for(self))
    }
}
