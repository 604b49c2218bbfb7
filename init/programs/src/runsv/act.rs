//! The hands of runsv: does what `core::pair` decides, and answers how it went.

use super::record::Record;
use super::setup::{self, Held};
use super::{LOG_CONTROL, SERVICE_CONTROL};
use crate::cli::Voice;
use runit_core::clock::Mono;
use runit_core::exit::Exit;
use runit_core::hook::Hook;
use runit_core::layout;
use runit_core::line::Line;
use runit_core::pair::{Pair, PairAction, PairEvent};
use runit_core::service::{Action, Event, Side};
use runit_core::status::Want;
use runit_sys::spawn::Child;
use runit_sys::{Errno, child, clock, fd, file, signal};
use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

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
            record: Record::new(layout::LOGGER),
        }
    }
}

/// A runsv at work.
#[derive(Debug)]
pub struct Runsv {
    voice: Voice<'static>,
    pair: Pair,
    held: Held,
    record: Record,
    log: Option<LogSide>,
    quit: bool,
}

impl Runsv {
    /// In possession of its directory, with nothing started.
    pub fn new(voice: Voice<'static>, want: Want, held: Held, log: Option<LogSide>) -> Runsv {
        let now = clock::now();
        let mut pair = Pair::new(want, now);
        if log.is_some() {
            pair.add_log(setup::wanted(layout::LOGGER.down), now);
        }
        let mut runsv = Runsv {
            voice,
            pair,
            held,
            record: Record::new(layout::SERVICE),
            log,
            quit: false,
        };
        runsv.write_record(Side::Service);
        runsv.write_record(Side::Log);
        runsv
    }

    /// Both sides are gone.
    pub fn may_quit(&self) -> bool {
        self.quit
    }

    /// When something is due although nothing happens.
    pub fn deadline(&self) -> Option<Mono> {
        self.pair.deadline()
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
        let of_service = self
            .pair
            .side(Side::Service)
            .is_some_and(|service| service.pid() == Some(pid));
        let finish = of_service && file::owner_may_execute(layout::FINISH);
        self.handle(PairEvent::Both(Event::Exited { pid, exit, finish }));
    }

    /// One event through the state machine, and everything that follows from it.
    pub fn handle(&mut self, event: PairEvent) {
        let now = clock::now();
        for action in self.pair.step(now, event) {
            match action {
                PairAction::Of(side, Action::Record) => self.write_record(side),
                PairAction::Of(side, Action::Start) => {
                    let answer = self.start(side);
                    self.handle(PairEvent::Only(side, answer));
                }
                PairAction::Of(side, Action::Finish(exit)) => {
                    let answer = self.finish(exit);
                    self.handle(PairEvent::Only(side, answer));
                }
                PairAction::Of(side, Action::Hook(hook, pid)) => {
                    let answer = self.run_hook(hook, pid);
                    self.handle(PairEvent::Only(side, answer));
                }
                PairAction::Of(_, Action::Send(signal, pid)) => {
                    if let Some(pid) = child::pid(pid) {
                        // It may have ended and wait to be reaped; that is no trouble.
                        let _ = signal::send(pid, signal.into());
                    }
                }
                PairAction::CloseLogPipe => {
                    if let Some(log) = &mut self.log {
                        log.writer = None;
                    }
                }
                PairAction::Quit => self.quit = true,
            }
        }
    }

    fn write_record(&mut self, side: Side) {
        let Some(service) = self.pair.side(side) else {
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

    fn run_hook(&self, hook: Hook, pid: Option<u32>) -> Event {
        if !file::owner_may_execute(hook.path()) {
            return Event::NoHook(hook);
        }
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
    fn look_for_late_log(&mut self) {
        if self.log.is_some() {
            return;
        }
        self.log = setup::open_late_log(self.voice);
        if self.log.is_some() {
            let now = clock::now();
            self.pair.add_log(setup::wanted(layout::LOGGER.down), now);
            self.write_record(Side::Log);
            self.handle(PairEvent::Only(Side::Log, Event::Wake));
        }
    }
}

/// Text that ends with a NUL as a C string; without one, the empty string.
fn c_string(text: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(text).unwrap_or(c"")
}
