//! One supervised process as states and events: the service and its logger alike.
//!
//! Decides what to do when a command arrives, a process ends or time passes. It never waits: a
//! restart that is too early is a deadline, a hook that runs is a note in a slot. What must hold
//! whatever happens (property-tested in `tests/service.rs`): never two live processes of one
//! service, and no signal to a process that was already reaped.

use crate::clock::{Mono, Now};
use crate::control::Command;
use crate::exit::Exit;
use crate::hook::{HOOKS, Hook, Signal};
use crate::list::List;
use crate::status::{State, Status, Want};
use crate::tai::Tai64n;

/// Milliseconds that must lie between two starts of a process that ends by itself.
pub const RESTART_MS: u64 = 1000;
/// Milliseconds before another try when the system could not fork.
pub const FORK_RETRY_MS: u64 = 5000;

/// Which of the pair this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// `./run`: has hooks and a finish script, and obeys `x`.
    Service,
    /// `./log/run`: has none of these.
    Log,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Time passed; deadlines are looked at.
    Wake,
    /// An order arrived.
    Command(Command),
    /// Answer to [`Action::Start`] and [`Action::Finish`].
    Started(u32),
    /// The same, but fork failed.
    NotStarted,
    /// Answer to [`Action::Hook`]: it runs.
    HookStarted(Hook, u32),
    /// Answer to [`Action::Hook`]: there is none, or it could not be started.
    NoHook(Hook),
    /// A child ended. `finish`: an executable `./finish` exists.
    Exited {
        /// Whose end it is; pids that belong to nobody here are ignored.
        pid: u32,
        /// How it ended.
        exit: Exit,
        /// Whether there is a finish script to run.
        finish: bool,
    },
}

/// What the caller is to do, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Fork and execute `./run`; answer with `Started` or `NotStarted`.
    Start,
    /// Fork and execute `./finish` with these two arguments; answer likewise.
    Finish(Exit),
    /// Run the hook with the pid of the service as argument; answer `HookStarted` or `NoHook`.
    Hook(Hook, Option<u32>),
    /// Send the signal to this process, which has not been reaped yet.
    Send(Signal, u32),
    /// Write the status files.
    Record,
}

/// The actions of one step.
pub type Actions = List<Action, 6>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// No process.
    Down,
    /// Still down; `control/u` runs before the start.
    Preparing,
    /// `Action::Start` is out.
    Starting,
    /// `./run` lives.
    Run(u32),
    /// `./run` ended so; finish could not be forked yet.
    FinishDue(Exit),
    /// `Action::Finish` is out.
    Finishing(Exit),
    /// `./finish` lives.
    Finish(u32),
}

/// What follows when the hook `control/t` has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    Nothing,
    /// CONT, then this hook: the order was `d` or `x`.
    ContinueAnd(Hook),
}

/// A hook that was asked for and has not ended.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// The hook's own process, once it runs.
    hook: Option<u32>,
    /// The process the command was meant for.
    target: Option<u32>,
}

/// One side of a runsv.
#[derive(Clone, Debug)]
pub struct Service {
    side: Side,
    phase: Phase,
    want: Want,
    paused: bool,
    got_term: bool,
    since: Tai64n,
    changed: Tai64n,
    last_start: Option<Mono>,
    not_before: Mono,
    after_term: Then,
    asked: [Option<Asked>; HOOKS],
}

impl Service {
    /// A side that is down; `want` is `Down` where a `down` file exists, else `Up`.
    #[must_use]
    pub const fn new(side: Side, want: Want, now: Now) -> Service {
        Service {
            side,
            phase: Phase::Down,
            want,
            paused: false,
            got_term: false,
            since: now.wall,
            changed: now.wall,
            last_start: None,
            not_before: now.mono,
            after_term: Then::Nothing,
            asked: [None; HOOKS],
        }
    }

    /// Sets what `new` was not told, before anything happens.
    pub fn begin(&mut self, want: Want, now: Now) {
        self.want = want;
        self.since = now.wall;
        self.changed = now.wall;
        self.not_before = now.mono;
    }

    /// What the status files tell.
    #[must_use]
    pub const fn status(&self) -> Status {
        Status {
            since: self.since,
            pid: self.pid(),
            paused: self.paused,
            want: self.want,
            got_term: self.got_term,
            state: self.state(),
        }
    }

    /// Wall time of the last change of [`State`]; other programs read it as the mtime of `stat`.
    #[must_use]
    pub const fn changed(&self) -> Tai64n {
        self.changed
    }

    /// The process of this side, `./run` or `./finish`.
    #[must_use]
    pub const fn pid(&self) -> Option<u32> {
        match self.phase {
            Phase::Run(pid) | Phase::Finish(pid) => Some(pid),
            _ => None,
        }
    }

    /// What its supervisor wants of it.
    #[must_use]
    pub const fn want(&self) -> Want {
        self.want
    }

    /// Down with nothing on its way.
    #[must_use]
    pub const fn at_rest(&self) -> bool {
        matches!(self.phase, Phase::Down)
    }

    /// When `Event::Wake` is due, if ever.
    #[must_use]
    pub const fn deadline(&self) -> Option<Mono> {
        match (self.phase, self.want) {
            (Phase::Down, Want::Up) | (Phase::FinishDue(_), _) => Some(self.not_before),
            _ => None,
        }
    }

    const fn state(&self) -> State {
        match self.phase {
            Phase::Down | Phase::Preparing | Phase::Starting => State::Down,
            Phase::Run(_) => State::Run,
            Phase::FinishDue(_) | Phase::Finishing(_) | Phase::Finish(_) => State::Finish,
        }
    }

    /// The process of `./run`, for commands that leave a finish script alone.
    const fn run_pid(&self) -> Option<u32> {
        match self.phase {
            Phase::Run(pid) => Some(pid),
            _ => None,
        }
    }

    /// One event in, what to do out.
    pub fn step(&mut self, now: Now, event: Event) -> Actions {
        let before = self.state();
        let mut out = Actions::new();
        match event {
            Event::Wake => self.wake(now, &mut out),
            Event::Command(command) => self.command(command, &mut out),
            Event::Started(pid) => self.started(now, pid, &mut out),
            Event::NotStarted => self.not_started(now, &mut out),
            Event::HookStarted(hook, pid) => {
                if let Some(asked) = &mut self.asked[hook as usize] {
                    asked.hook = Some(pid);
                }
                if hook == Hook::Up {
                    out.push(Action::Record);
                }
            }
            Event::NoHook(hook) => self.hook_ended(hook, false, &mut out),
            Event::Exited { pid, exit, finish } => self.exited(now, pid, exit, finish, &mut out),
        }
        if self.state() != before {
            self.changed = now.wall;
        }
        out
    }

    fn wake(&mut self, now: Now, out: &mut Actions) {
        if now.mono < self.not_before {
            return;
        }
        match self.phase {
            Phase::Down if self.want == Want::Up => self.prepare(out),
            Phase::FinishDue(exit) => self.finish(exit, out),
            _ => {}
        }
    }

    fn command(&mut self, command: Command, out: &mut Actions) {
        match command {
            Command::Up => {
                self.set_want(Want::Up, out);
                self.start_now(out);
            }
            Command::Once => {
                self.set_want(Want::Down, out);
                self.start_now(out);
            }
            Command::Down => self.take_down(Want::Down, Hook::Down, out),
            Command::Exit if self.side == Side::Service => {
                self.take_down(Want::Exit, Hook::Exit, out)
            }
            Command::Exit => {}
            Command::Term => {
                if let Some(pid) = self.run_pid() {
                    self.after_term = Then::Nothing;
                    self.ask(Hook::Term, Some(pid), out);
                }
            }
            Command::Send(hook) => {
                // Nothing but KILL is for a finish script, and that so that one can be ended.
                let target = match hook {
                    Hook::Kill => self.pid(),
                    _ => self.run_pid(),
                };
                if let Some(pid) = target {
                    self.ask(hook, Some(pid), out);
                }
            }
        }
    }

    /// An order to start is obeyed at once: the restart delay is against loops, not against people.
    fn start_now(&mut self, out: &mut Actions) {
        if self.phase == Phase::Down {
            self.prepare(out);
        }
    }

    fn take_down(&mut self, want: Want, hook: Hook, out: &mut Actions) {
        self.set_want(want, out);
        if self.phase == Phase::Preparing {
            self.phase = Phase::Down;
            self.asked[Hook::Up as usize] = None;
        }
        if let Some(pid) = self.run_pid() {
            self.after_term = Then::ContinueAnd(hook);
            self.ask(Hook::Term, Some(pid), out);
        }
    }

    /// The pair closes the logger down: no restart, and no signal, for it ends at end-of-file.
    pub fn drain(&mut self) -> Actions {
        let mut out = Actions::new();
        self.set_want(Want::Exit, &mut out);
        out
    }

    /// Starts the process once more although it is to go: a logger with lines still in its pipe.
    pub fn start_to_drain(&mut self) -> Actions {
        let mut out = Actions::new();
        self.start_now(&mut out);
        out
    }

    fn set_want(&mut self, want: Want, out: &mut Actions) {
        if self.want != want {
            self.want = want;
            out.push(Action::Record);
        }
    }

    fn prepare(&mut self, out: &mut Actions) {
        self.phase = Phase::Preparing;
        self.ask(Hook::Up, None, out);
    }

    /// Asks for a hook; a newer order of the same kind takes the place of an older one, whose hook
    /// may run on but no longer counts.
    fn ask(&mut self, hook: Hook, target: Option<u32>, out: &mut Actions) {
        self.asked[hook as usize] = Some(Asked { hook: None, target });
        match self.side {
            Side::Service => out.push(Action::Hook(hook, target)),
            Side::Log => self.hook_ended(hook, false, out),
        }
    }

    /// `handled`: the hook ran and exited 0, so the signal is not sent.
    fn hook_ended(&mut self, hook: Hook, handled: bool, out: &mut Actions) {
        let Some(asked) = self.asked[hook as usize].take() else {
            return;
        };
        let alive = asked.target.filter(|&pid| self.pid() == Some(pid));
        match hook {
            Hook::Up => {
                if self.phase == Phase::Preparing {
                    self.phase = Phase::Starting;
                    out.push(Action::Start);
                }
            }
            Hook::Term => self.term_hook_ended(handled, alive, out),
            Hook::Down | Hook::Exit => {}
            Hook::Pause => {
                if let Some(pid) = alive {
                    if !handled {
                        out.push(Action::Send(Signal::Stop, pid));
                    }
                    self.paused = true;
                    out.push(Action::Record);
                }
            }
            Hook::Continue => {
                if let Some(pid) = alive {
                    if !handled {
                        out.push(Action::Send(Signal::Cont, pid));
                    }
                    if self.paused {
                        self.paused = false;
                        out.push(Action::Record);
                    }
                }
            }
            Hook::Kill
            | Hook::Alarm
            | Hook::Hup
            | Hook::Interrupt
            | Hook::Quit
            | Hook::User1
            | Hook::User2 => {
                if let (Some(pid), false, Some(signal)) = (alive, handled, hook.signal()) {
                    out.push(Action::Send(signal, pid));
                }
            }
        }
    }

    fn term_hook_ended(&mut self, handled: bool, alive: Option<u32>, out: &mut Actions) {
        if let (Some(pid), false) = (alive, handled) {
            out.push(Action::Send(Signal::Term, pid));
            self.got_term = true;
            out.push(Action::Record);
        }
        let Then::ContinueAnd(hook) = self.after_term else {
            return;
        };
        self.after_term = Then::Nothing;
        if let Some(pid) = alive {
            // A stopped process cannot die of TERM. The flag goes with the stop.
            self.paused = false;
            out.push(Action::Send(Signal::Cont, pid));
        }
        self.ask(hook, alive, out);
    }

    fn started(&mut self, now: Now, pid: u32, out: &mut Actions) {
        match self.phase {
            Phase::Starting => {
                self.phase = Phase::Run(pid);
                self.since = now.wall;
                self.last_start = Some(now.mono);
                self.paused = false;
                self.got_term = false;
            }
            Phase::Finishing(_) => self.phase = Phase::Finish(pid),
            _ => return,
        }
        out.push(Action::Record);
    }

    fn not_started(&mut self, now: Now, out: &mut Actions) {
        self.phase = match self.phase {
            Phase::Finishing(exit) => Phase::FinishDue(exit),
            _ => Phase::Down,
        };
        self.not_before = now.mono.plus_ms(FORK_RETRY_MS);
        out.push(Action::Record);
    }

    fn finish(&mut self, exit: Exit, out: &mut Actions) {
        self.phase = Phase::Finishing(exit);
        out.push(Action::Finish(exit));
    }

    fn exited(&mut self, now: Now, pid: u32, exit: Exit, finish: bool, out: &mut Actions) {
        match self.phase {
            Phase::Run(own) if own == pid => {
                self.got_term = false;
                self.paused = false;
                if finish && self.side == Side::Service {
                    self.finish(exit, out);
                } else {
                    self.went_down(now, out);
                }
            }
            Phase::Finish(own) if own == pid => self.went_down(now, out),
            _ => {
                let running = |asked: &Option<Asked>| asked.is_some_and(|a| a.hook == Some(pid));
                if let Some(at) = self.asked.iter().position(running) {
                    self.hook_ended(Hook::ALL[at], exit.success(), out);
                }
            }
        }
    }

    fn went_down(&mut self, now: Now, out: &mut Actions) {
        self.phase = Phase::Down;
        self.since = now.wall;
        self.not_before = self
            .last_start
            .map_or(now.mono, |at| at.plus_ms(RESTART_MS));
        self.wake(now, out);
        // Where a start follows at once, its own record tells everything.
        if self.at_rest() {
            out.push(Action::Record);
        }
    }
}
