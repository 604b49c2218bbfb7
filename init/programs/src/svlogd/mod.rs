//! svlogd: standard input, line by line, into log directories that rotate by themselves.
//!
//! The story: read what is there, hand it to each log, and write it at once; when nothing is
//! there, wait for more, for a signal, or for the time of a log. What cannot be written stops the
//! reading until it can, unless the log says otherwise; nothing else ever does.

mod append;
mod config;
mod deliver;
mod input;
mod journal;
mod keeper;
mod log;
mod old;
mod options;
mod process;
mod slot;
mod tell;

use deliver::Outlet;
use input::Input;
use log::Closing;
use options::Call;
use runit_core::clock::{Mono, earlier};
use runit_core::exit;
use runit_sys::entry::Args;
use runit_sys::signal::{self, Arrived, Number};
use runit_sys::{child, clock, localtime, poll};
use slot::Slot;
use tell::{Once, SVLOGD, Teller};

/// How long svlogd pauses when something cannot be done.
const PAUSE_MS: u64 = 3_000;
/// How long after TERM it still tries to write what it has, and lets a processor end.
const LAST_MS: u64 = 10_000;

/// Standard input and where it goes.
struct Svlogd {
    call: Call,
    slots: Vec<Slot>,
    input: Input,
    outlet: Outlet,
    /// No more input will come.
    ended: bool,
    /// TERM came; until then things may still be tried.
    last_try: Option<Mono>,
    /// Something cannot be done; until then nothing is tried.
    pause: Option<Mono>,
    /// The journal is not where it should be; not before then it is moved there.
    move_at: Option<Mono>,
    /// Said that there is none, and lines may be dropped.
    no_journal: Once,
}

/// `svlogd [-tttv] [-r c] [-R xyz] [-l len] [-b buflen] dir ...`; 111 when there is no log to
/// write to.
pub fn main(args: Args) -> i32 {
    let call = match options::read(&args) {
        Ok(call) => call,
        Err(code) => return code,
    };
    signal::listen(&[Number::TERM, Number::HUP, Number::ALRM, Number::CHLD]);
    localtime::read_rules();
    let verbose = call.verbose;
    let slots = call
        .dirs
        .iter()
        .map(|dir| Slot::new(Teller { dir, verbose }));
    let mut svlogd = Svlogd {
        slots: slots.collect(),
        input: Input::new(call.buffer, call.head, call.clean.clone()),
        outlet: Outlet::new(),
        ended: false,
        last_try: None,
        pause: None,
        move_at: None,
        no_journal: Once::default(),
        call,
    };
    svlogd.open_all();
    svlogd.take_up();
    if !svlogd.begin_all() {
        return no_logs();
    }
    svlogd.run()
}

fn no_logs() -> i32 {
    SVLOGD.fatal(&[b"no functional log directories."])
}

impl Svlogd {
    /// Opens each log.
    fn open_all(&mut self) {
        for slot in &mut self.slots {
            slot.open(&self.call);
            self.outlet.make_room_for(slot, &self.call);
        }
    }

    /// Begins to write to each; tells whether there is one.
    fn begin_all(&mut self) -> bool {
        for (number, slot) in self.slots.iter_mut().enumerate() {
            let held = self.outlet.holds_for(slot);
            slot.begin(number, &self.input, held);
        }
        self.slots.iter().any(Slot::is_open)
    }

    fn run(&mut self) -> i32 {
        self.deliver();
        while !(self.ended && self.pause.is_none()) {
            let listen = !self.ended && self.pause.is_none();
            let more = listen && self.input.backlog();
            let until = if more {
                Some(clock::mono())
            } else {
                self.deadline()
            };
            let ready = match poll::wait(&[listen.then(Input::fd)], until) {
                Ok(ready) => ready,
                Err(why) => return SVLOGD.fatal_because(&[b"unable to poll"], why),
            };
            if !self.signals() {
                return no_logs();
            }
            if listen && !self.ended && (more || ready.has(0)) {
                self.read();
            }
            self.timers();
            self.deliver();
            if self.given_up() {
                return self.lose();
            }
        }
        self.wait_for_processors();
        let why = if self.leaves_something() {
            Closing::Stuck
        } else {
            Closing::Complete
        };
        for slot in &mut self.slots {
            slot.close(why);
        }
        0
    }

    /// Hands to each log what it has not seen yet, and gets it written.
    fn deliver(&mut self) {
        if self.pause.is_some() {
            return;
        }
        let now = clock::wall();
        let last = self.ended && !self.input.broken_off;
        // There is one buffer for what is rendered: whose it is comes first, and then all.
        let held = self.slots.iter().position(|s| self.outlet.holds_for(s));
        let order = held.into_iter().chain(0..self.slots.len());
        let done = order.into_iter().try_for_each(|number| {
            let slot = &mut self.slots[number];
            self.outlet.serve(slot, &self.call, &self.input, last, now)
        });
        match done {
            Ok(()) => {
                let bytes = self.input.bytes().len();
                let done = self.slots.iter().map(|slot| slot.at.min(bytes)).min();
                let done = done.unwrap_or(bytes);
                self.input.forget(done);
                self.slots.iter_mut().for_each(|slot| slot.at -= done);
            }
            Err(()) => self.begin_pause(),
        }
        self.start_processors();
    }

    /// Nothing is tried for some time.
    fn begin_pause(&mut self) {
        self.pause = Some(clock::mono().plus_ms(PAUSE_MS));
        if let Some(journal) = &mut self.input.journal {
            journal.settle();
        }
    }

    /// Deals with the signals that came; `false` when no log is left.
    fn signals(&mut self) -> bool {
        let arrived = Arrived::take();
        if arrived.has(Number::TERM) && self.last_try.is_none() {
            self.tell_signal(b"sigterm received.");
            self.last_try = Some(clock::mono().plus_ms(LAST_MS));
            if !self.ended {
                let inside = match self.input.bytes().last() {
                    Some(&last) => last != b'\n',
                    None => self.slots.iter().any(Slot::mid_line),
                };
                self.input.finish_line(inside);
                self.ended = true;
            }
        }
        if arrived.has(Number::CHLD) {
            self.tell_signal(b"sigchild received.");
            self.reap();
        }
        if arrived.has(Number::ALRM) {
            self.tell_signal(b"sigalarm received.");
            for slot in &mut self.slots {
                slot.rotate();
            }
        }
        if arrived.has(Number::HUP) {
            self.tell_signal(b"sighangup received.");
            localtime::read_rules();
            for slot in &mut self.slots {
                slot.close(Closing::ToGoOn);
            }
            self.pause = None;
            self.open_all();
            let open = self.begin_all();
            self.look_home();
            return open;
        }
        true
    }

    fn tell_signal(&self, what: &[u8]) {
        if self.call.verbose {
            SVLOGD.info(&[what]);
        }
    }

    fn reap(&mut self) {
        while let Some((pid, exit)) = child::reap() {
            let slot = self.slots.iter_mut().find(|slot| slot.work.is(pid));
            if let Some(slot) = slot {
                slot.processor_ended(exit, self.ended);
            }
        }
    }

    fn start_processors(&mut self) {
        let now = clock::mono();
        for slot in &mut self.slots {
            slot.process(now, self.ended);
        }
    }

    /// Does what is due by time alone.
    fn timers(&mut self) {
        let now = clock::mono();
        if self.pause.is_some_and(|until| now >= until) {
            self.pause = None;
            for (number, slot) in self.slots.iter_mut().enumerate() {
                if slot.follow_directory(&self.call) {
                    slot.begin(number, &self.input, self.outlet.holds_for(slot));
                }
            }
            self.look_home();
        }
        for slot in &mut self.slots {
            slot.timers(now);
        }
        if self.pause.is_none() {
            self.empty_if_quiet(now);
        }
    }

    /// When time alone is a reason to wake up.
    fn deadline(&self) -> Option<Mono> {
        let slots = self.slots.iter().map(Slot::deadline);
        let pause = earlier(self.pause, self.last_try.filter(|_| self.pause.is_some()));
        let quiet = self.quiet_at().filter(|_| self.pause.is_none());
        slots.fold(earlier(pause, quiet), earlier)
    }

    /// TERM came long ago, and still not everything is written.
    fn given_up(&self) -> bool {
        self.pause.is_some() && self.last_try.is_some_and(|until| clock::mono() >= until)
    }

    /// Ends without having written everything.
    fn lose(&mut self) -> i32 {
        for slot in &mut self.slots {
            if slot.unwritten(&self.input, &self.outlet) {
                slot.tell.warning(match &self.input.journal {
                    Some(_) => b"unable to write the last lines, left for the next start",
                    None => b"unable to write the last lines, lost",
                });
            }
            slot.close(Closing::Stuck);
        }
        exit::FATAL
    }

    /// Lets processors end; after TERM not for long.
    fn wait_for_processors(&mut self) {
        self.start_processors();
        for slot in &self.slots {
            slot.work.tell_left(&slot.tell);
        }
        while self.slots.iter().any(|slot| slot.work.stamp().is_some()) {
            if poll::wait(&[], self.last_try).is_err() {
                return;
            }
            let arrived = Arrived::take();
            if arrived.has(Number::TERM) && self.last_try.is_none() {
                self.tell_signal(b"sigterm received.");
                self.last_try = Some(clock::mono().plus_ms(LAST_MS));
            }
            self.reap();
            self.start_processors();
            if self.last_try.is_some_and(|until| clock::mono() >= until) {
                self.slots.iter_mut().for_each(Slot::abandon_processor);
                return;
            }
        }
    }
}
