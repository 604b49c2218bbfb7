//! The hands of runsv: does what `core::pair` decides, and answers how it went.

use super::record::Record;
use super::setup::{self, Held};
use super::{LOG_CONTROL, SERVICE_CONTROL};
use crate::cli::Voice;
use runit_core::clock::{Mono, Now};
use runit_core::exit::Exit;
use runit_core::hook::Hook;
use runit_core::layout;
use runit_core::line::Line;
use runit_core::list::List;
use runit_core::pair::{MOST_AHEAD, Pair, PairAction, PairEvent};
use runit_core::service::{Action, Event, Side};
use runit_core::status::Want;
use runit_sys::spawn::Child;
use runit_sys::{Errno, child, clock, fd, file, signal};
use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The signal that no process survives, as a wait status names it.
const KILL: u8 = 9;

/// The logger's side: what it holds and the pipe between the two.
#[derive(Debug)]
pub struct LogSide {
    held: Held,
    dir: OwnedFd,
    reader: OwnedFd,
    /// Closed when the service is gone for good.
    writer: Option<OwnedFd>,
    record: Record,
}

impl LogSide {
    /// A logger that has not been started.
    pub fn new(held: Held, dir: OwnedFd, reader: OwnedFd, writer: OwnedFd) -> LogSide {
        LogSide {
            held,
            dir,
            reader,
            writer: Some(writer),
            record: Record::new(&layout::LOGGER),
        }
    }
}

/// What is too large for the stack: a page of it that is touched once stays with the process.
#[derive(Debug)]
pub struct Desk {
    pair: Pair,
    /// What is to be done, the next thing last.
    ahead: List<PairAction, MOST_AHEAD>,
}

impl Desk {
    /// With nothing ahead.
    pub const fn new() -> Desk {
        Desk {
            pair: Pair::new(Want::Up, Now::NEVER),
            ahead: List::new(),
        }
    }
}

/// A runsv at work.
#[derive(Debug)]
pub struct Runsv {
    voice: Voice<'static>,
    desk: &'static mut Desk,
    held: Held,
    record: Record,
    log: Option<LogSide>,
    /// By side: its files are to be written.
    outdated: [bool; 2],
    quit: bool,
}

impl Runsv {
    /// In possession of its directory, with nothing started.
    pub fn new(
        voice: Voice<'static>,
        desk: &'static mut Desk,
        held: Held,
        log: Option<LogSide>,
    ) -> Runsv {
        let now = clock::now();
        desk.pair.begin(setup::wanted(layout::DOWN), now);
        if log.is_some() {
            desk.pair.add_log(setup::wanted(layout::LOGGER.down), now);
        }
        Runsv {
            voice,
            desk,
            held,
            record: Record::new(&layout::SERVICE),
            log,
            outdated: [true; 2],
            quit: false,
        }
    }

    /// Tells that nothing runs yet.
    pub fn begin(&mut self) {
        self.write_records();
    }

    /// Both sides are gone.
    pub fn may_quit(&self) -> bool {
        self.quit
    }

    /// When something is due although nothing happens.
    pub fn deadline(&self) -> Option<Mono> {
        self.desk.pair.deadline()
    }

    /// The control FIFOs, in the order of the constants in `mod.rs`.
    pub fn controls(&self) -> [Option<BorrowedFd<'_>>; 2] {
        let mut fds = [None, None];
        fds[SERVICE_CONTROL] = Some(self.held.control.as_fd());
        fds[LOG_CONTROL] = self.log.as_ref().map(|log| log.held.control.as_fd());
        fds
    }

    /// Reads waiting command bytes of one side.
    pub fn read_control(&self, side: Side, bytes: &mut [u8]) -> usize {
        let control = match side {
            Side::Service => &self.held.control,
            Side::Log => match &self.log {
                Some(log) => &log.held.control,
                None => return 0,
            },
        };
        fd::read(control, bytes).unwrap_or(0)
    }

    /// A child was reaped: the service, its finish, a hook, or the logger.
    pub fn child_ended(&mut self, pid: u32, exit: Exit) {
        let is_of = |side| {
            let service = self.desk.pair.side(side);
            service.is_some_and(|service| service.pid() == Some(pid))
        };
        let finish = is_of(Side::Service) && file::owner_may_execute(layout::FINISH);
        // Who kills it does not want it back.
        let early = is_of(Side::Log) && exit.signal() != Some(KILL) && self.lines_wait();
        let event = Event::Exited { pid, exit, finish };
        self.handle(if early {
            PairEvent::LogEndedEarly(event)
        } else {
            PairEvent::Both(event)
        });
    }

    /// The logger's pipe is not empty.
    fn lines_wait(&self) -> bool {
        let wait_in = |log: &LogSide| fd::waiting(&log.reader).is_ok_and(|bytes| bytes > 0);
        self.log.as_ref().is_some_and(wait_in)
    }

    /// One event through the state machine, and everything that follows from it.
    pub fn handle(&mut self, event: PairEvent) {
        let before = self.desk.ahead.len();
        self.step(event);
        while self.desk.ahead.len() > before {
            if let Some(answer) = self.desk.ahead.pop().and_then(|next| self.carry_out(next)) {
                self.step(answer);
            }
        }
        self.write_records();
    }

    /// What follows from an event comes before what was ahead already.
    #[inline(never)]
    fn step(&mut self, event: PairEvent) {
        let actions = self.desk.pair.step(clock::now(), event);
        for action in actions.iter().rev() {
            self.desk.ahead.push(action);
        }
    }

    /// Does one thing; gives the machine's answer to it, where it waits for one.
    ///
    /// Not inlined, here and elsewhere in this file: what each needs on the stack is needed only
    /// while it runs, and a page that is touched once stays with the process.
    #[inline(never)]
    fn carry_out(&mut self, action: PairAction) -> Option<PairEvent> {
        let (side, answer) = match action {
            PairAction::Of(side, Action::Record) => {
                self.outdated[side as usize] = true;
                return None;
            }
            PairAction::Of(side, Action::Start) => (side, self.start(side)),
            PairAction::Of(side, Action::Finish(exit)) => (side, self.finish(exit)),
            PairAction::Of(side, Action::Hook(hook, pid)) => (side, self.run_hook(hook, pid)),
            PairAction::Of(side, Action::Send(signal, pid)) => {
                // As with runit, who gets a signal can read what it means: whether to stay down.
                self.write_record(side);
                if let Some(pid) = child::pid(pid) {
                    // It may have ended and wait to be reaped; that is no trouble.
                    let _ = signal::send(pid, signal.into());
                }
                return None;
            }
            PairAction::CloseLogPipe => {
                if let Some(log) = &mut self.log {
                    log.writer = None;
                }
                return None;
            }
            PairAction::Quit => {
                self.quit = true;
                return None;
            }
        };
        Some(PairEvent::Only(side, answer))
    }

    /// Once for all that followed from an event: nobody needs to see the states in between.
    fn write_records(&mut self) {
        for side in [Side::Service, Side::Log] {
            if std::mem::take(&mut self.outdated[side as usize]) {
                self.write_record(side);
            }
        }
    }

    #[inline(never)]
    fn write_record(&mut self, side: Side) {
        let Some(service) = self.desk.pair.side(side) else {
            return;
        };
        match side {
            Side::Service => self.record.write(service, self.voice),
            Side::Log => {
                if let Some(log) = &mut self.log {
                    log.record.write(service, self.voice);
                }
            }
        }
    }

    #[inline(never)]
    fn start(&mut self, side: Side) -> Event {
        let prefix = self.voice.fatal_prefix();
        let mut child = Child {
            complaint: &prefix,
            ..Child::new(layout::RUN, &[layout::RUN])
        };
        match side {
            Side::Service => {
                self.look_for_late_log();
                child.called = b"./run";
                child.stdio[1] = self.pipe_writer();
                self.spawned(child)
            }
            Side::Log => {
                let Some(log) = &self.log else {
                    return Event::NotStarted;
                };
                child.called = b"log/./run";
                child.stdio[0] = Some(log.reader.as_fd());
                child.dir = Some(log.dir.as_fd());
                self.spawned(child)
            }
        }
    }

    #[inline(never)]
    fn finish(&self, exit: Exit) -> Event {
        let (mut code, mut status) = (Line::<8>::new(), Line::<8>::new());
        code.number(exit.finish_code()).push(b"\0");
        status.number(exit.finish_status()).push(b"\0");
        let args = [
            layout::FINISH,
            c_string(code.as_bytes()),
            c_string(status.as_bytes()),
        ];
        let prefix = self.voice.fatal_prefix();
        let mut child = Child {
            complaint: &prefix,
            called: b"./finish",
            ..Child::new(layout::FINISH, &args)
        };
        child.stdio[1] = self.pipe_writer();
        self.spawned(child)
    }

    #[inline(never)]
    fn run_hook(&mut self, hook: Hook, pid: Option<u32>) -> Event {
        if !file::owner_may_execute(hook.path()) {
            return Event::NoHook(hook);
        }
        // A hook may look at what was asked for.
        self.write_records();
        let mut argument = Line::<16>::new();
        if let Some(pid) = pid {
            argument.number(pid);
        }
        argument.push(b"\0");
        let args = [hook.path(), c_string(argument.as_bytes())];
        let prefix = self.voice.fatal_prefix();
        let mut child = Child {
            complaint: &prefix,
            called: hook.path().to_bytes(),
            ..Child::new(hook.path(), &args)
        };
        child.stdio[1] = self.pipe_writer();
        match child.spawn() {
            Ok(pid) => Event::HookStarted(hook, child::number(pid)),
            Err(error) => {
                self.warn_fork(hook.path().to_bytes(), error);
                Event::NoHook(hook)
            }
        }
    }

    #[inline(never)]
    fn spawned(&self, child: Child<'_>) -> Event {
        match child.spawn() {
            Ok(pid) => Event::Started(child::number(pid)),
            Err(error) => {
                self.warn_fork(child.called, error);
                Event::NotStarted
            }
        }
    }

    fn warn_fork(&self, what: &[u8], error: Errno) {
        self.voice
            .warning_because(&[b"unable to fork for ", what], error);
    }

    fn pipe_writer(&self) -> Option<BorrowedFd<'_>> {
        self.log.as_ref()?.writer.as_ref().map(AsFd::as_fd)
    }

    /// A logger that was put in place after this runsv started is taken up with the next start.
    #[inline(never)]
    fn look_for_late_log(&mut self) {
        if self.log.is_some() {
            return;
        }
        self.log = setup::open_late_log(self.voice);
        if self.log.is_some() {
            let want = setup::wanted(layout::LOGGER.down);
            self.desk.pair.add_log(want, clock::now());
            self.outdated[Side::Log as usize] = true;
            self.handle(PairEvent::Only(Side::Log, Event::Wake));
        }
    }
}

/// Text that ends with a NUL as a C string; without one, the empty string.
fn c_string(text: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(text).unwrap_or(c"")
}
