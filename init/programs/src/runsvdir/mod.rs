//! runsvdir: keeps one runsv running for every entry of a directory.
//!
//! The story: look at the directory, start and stop what `core::scan` says, then wait for a change
//! in the directory, a child, a signal or a deadline. Nothing is polled where the kernel tells.

mod place;
mod table;
mod title_log;
mod trail;

use crate::cli::Voice;
use place::Place;
use runit_core::clock::{Mono, earlier};
use runit_core::exit;
use runit_core::layout::FORCED_RESCAN;
use runit_sys::entry::Args;
use runit_sys::signal::{Arrived, Number};
use runit_sys::{child, clock, fd, file, poll, signal};
use std::ffi::CStr;
use table::Table;
use title_log::TitleLog;

/// A scan that took long is followed by a pause of this many times its length, so that a thousand
/// changes in a row cost a part of one processor at most.
const PAUSE_PER_SCAN: u64 = 4;
/// Milliseconds between looks at a directory that is missing or cannot be read.
const MISSING_MS: u64 = 1000;
/// Milliseconds between looks where neither inotify nor kqueue sees every change.
const UNSEEN_MS: u64 = 97_000;

/// `runsvdir [-P] dir [log]`; 0 on TERM, 111 on HUP, 1 on a usage error, 100 when it cannot begin.
pub fn main(args: Args) -> i32 {
    let mut rest = 1;
    let mut own_session = false;
    if let Some(option) = args.get(1).filter(|a| a.to_bytes().starts_with(b"-")) {
        own_session = option.to_bytes().starts_with(b"-P");
        rest += usize::from(own_session || option == c"--");
    }
    if own_session && args.get(rest) == Some(c"--") {
        rest += 1;
    }
    let Some(dir) = args.get(rest) else {
        let name = args.get(0).map_or(&b"runsvdir"[..], CStr::to_bytes);
        Voice::new(name).usage(b" [-P] dir");
        return exit::USAGE;
    };
    let voice = Voice::about(b"runsvdir", dir);
    signal::listen(&[Number::CHLD, Number::TERM, Number::HUP, Number::ALRM]);
    let log = TitleLog::open(&args, rest + 1, voice);
    match Place::open(dir, voice) {
        Ok(place) => Runsvdir::new(voice, place, own_session, log).run(),
        Err(error) => {
            let _ = voice.fatal_because(&[b"unable to open current directory"], error);
            exit::FATAL_100
        }
    }
}

struct Runsvdir {
    voice: Voice<'static>,
    place: Place,
    table: Table,
    log: Option<TitleLog>,
    /// When to look at the directory, if a look is due.
    look_at: Option<Mono>,
}

impl Runsvdir {
    fn new(
        voice: Voice<'static>,
        place: Place,
        own_session: bool,
        log: Option<TitleLog>,
    ) -> Runsvdir {
        let table = Table::new(voice, own_session);
        Runsvdir {
            voice,
            place,
            table,
            log,
            look_at: Some(Mono(0)),
        }
    }

    fn run(mut self) -> i32 {
        loop {
            self.look_if_due();
            self.wait();
            let arrived = Arrived::take();
            if arrived.has(Number::CHLD) {
                self.reap();
            }
            if arrived.has(Number::TERM) {
                // Process 1 waits for this end, and stage 3 for process 1.
                self.place.leave_watch();
                return 0;
            }
            if arrived.has(Number::HUP) {
                return self.leave();
            }
            if arrived.has(Number::ALRM) {
                self.rescan_on_demand();
            }
        }
    }

    fn look_if_due(&mut self) {
        let before = clock::mono();
        if self.look_at.is_some_and(|at| at <= before) {
            self.look_at = self.look();
            let took = clock::mono().ms_after(before);
            self.place
                .rest_until(clock::mono().plus_ms(took * PAUSE_PER_SCAN));
        }
        self.table.wake(clock::mono());
    }

    /// Brings the table up to date; gives when to look again although nothing was told.
    fn look(&mut self) -> Option<Mono> {
        let again = |ms| Some(clock::mono().plus_ms(ms));
        match self.place.enter() {
            Ok(unseen) => match self.table.compare_with(&self.place) {
                Ok(()) if unseen => again(UNSEEN_MS),
                Ok(()) => None,
                Err(error) => {
                    self.voice
                        .warning_because(&[b"unable to read directory ", self.place.name()], error);
                    again(MISSING_MS)
                }
            },
            Err(_) => again(MISSING_MS),
        }
    }

    fn wait(&mut self) {
        let mut until = earlier(self.look_at, self.table.deadline());
        if let Some(log) = &self.log {
            until = earlier(until, Some(log.deadline()));
        }
        let fds = [self.place.watched(), self.log.as_ref().map(TitleLog::fd)];
        let ready = poll::wait(&fds, until).unwrap_or_default();
        if ready.has(0) {
            self.place.forget_told();
            let at = self.place.rested();
            self.look_at = Some(self.look_at.map_or(at, |planned| planned.min(at)));
        }
        if let Some(log) = &mut self.log {
            log.turn(ready.has(1));
        }
    }

    fn reap(&mut self) {
        while let Some((pid, _)) = child::reap() {
            self.table.ended(pid, clock::mono());
        }
    }

    /// Debian's packages send ALRM and wait for a newer stamp.
    fn rescan_on_demand(&mut self) {
        self.look_at = self.look();
        self.table.wake(clock::mono());
        // The label alone, without a line end, as theirs.
        let label = clock::wall().label();
        let written = file::create(FORCED_RESCAN).and_then(|file| fd::write_all(file, &label));
        if let Err(error) = written {
            self.voice
                .warning_because(&[b"unable to write ", FORCED_RESCAN.to_bytes()], error);
        }
    }

    /// Tells every runsv to go and waits until the last one has gone.
    fn leave(mut self) -> i32 {
        self.table.terminate_all();
        // While they end.
        self.place.stop_watching();
        while self.table.any_alive() {
            let log = [self.log.as_ref().map(TitleLog::fd)];
            let ready =
                poll::wait(&log, self.log.as_ref().map(TitleLog::deadline)).unwrap_or_default();
            if let Some(log) = &mut self.log {
                log.turn(ready.has(0));
            }
            let arrived = Arrived::take();
            self.reap();
            if arrived.has(Number::TERM) {
                return 0;
            }
        }
        exit::FATAL
    }
}
