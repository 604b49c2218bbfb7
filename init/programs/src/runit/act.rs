//! Doing what `core::stage` asks for.

use super::trial::Trial;
use super::{finish, flags, messages};
use runit_core::clock::Mono;
use runit_core::stage::{Action, Event, HOOKS, Hook, Init, Program, Stage};
use runit_sys::signal::Number;
use runit_sys::spawn::{Child, Session};
use runit_sys::{Errno, child, clock, console, fd, file, platform, reap, reexec, signal};
use std::ffi::CStr;

/// Process 1 at work: the state machine and what it needs to act.
#[derive(Debug)]
pub struct Process1 {
    init: Init,
    /// Where the program is installed: what an upgrade executes.
    path: &'static CStr,
    trial: Trial,
    over: Option<i32>,
}

impl Process1 {
    /// With this state, not begun yet.
    #[must_use]
    pub fn new(init: Init) -> Process1 {
        Process1 {
            init,
            path: reexec::path(),
            trial: Trial::default(),
            over: None,
        }
    }

    /// Begins, or goes on where the image before this one was.
    pub fn begin(&mut self) {
        let children = HOOKS.map(|hook| self.init.hook_pid(hook));
        let stage = self.init.stage_pid();
        self.feed(Event::Begin);
        if stage.is_some_and(|pid| !reap::is_child(pid)) {
            self.feed(Event::Lost);
        }
        for pid in children.into_iter().flatten() {
            if !reap::is_child(pid) {
                let exit = runit_core::exit::Exit::with_code(0);
                self.feed(Event::Exited { pid, exit });
            }
        }
    }

    /// Whether requests of container managers count.
    #[must_use]
    pub fn in_container(&self) -> bool {
        self.init.container()
    }

    /// When to wake up by itself.
    #[must_use]
    pub fn deadline(&self) -> Option<Mono> {
        self.init.deadline()
    }

    /// All is over: exit with this code.
    #[must_use]
    pub fn over(&self) -> Option<i32> {
        self.over
    }

    /// Takes away every child that ended; those that mean something are noted before.
    pub fn reap(&mut self) {
        while let Some((pid, exit)) = reap::peek() {
            // An orphan: there may be thousands, and nothing is to be noted of them.
            if !self.init.knows(pid) {
                reap::collect(pid);
                continue;
            }
            let ours = self.init.stage_pid() == Some(pid)
                || HOOKS
                    .iter()
                    .any(|&hook| self.init.hook_pid(hook) == Some(pid));
            if ours {
                self.open_console();
            }
            let actions = self.init.step(clock::mono(), Event::Exited { pid, exit });
            reexec::keep(&self.init.to_text());
            reap::collect(pid);
            for action in actions {
                self.act(action);
            }
        }
    }

    /// Whatever a child did to the terminal, messages reach it again. On a machine the console may
    /// also be there only now, after stage 1; in a container what was given stays.
    fn open_console(&self) {
        if (reexec::has_console() || !self.in_container()) && console::open().is_ok() {
            reexec::keep_console(true);
        }
    }

    /// Lets the machine do what has become due.
    pub fn wake(&mut self) {
        if self.deadline().is_some_and(|at| at <= clock::mono()) {
            self.feed(Event::Wake);
        }
    }

    /// Hands an event to the machine and does what it answers.
    pub fn feed(&mut self, event: Event) {
        let actions = self.init.step(clock::mono(), event);
        reexec::keep(&self.init.to_text());
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Start(stage) => match self.start(stage) {
                Ok(pid) => self.feed(Event::Started(pid)),
                Err(error) => {
                    let path = Program::Stage(stage).path();
                    messages::unable_to_fork(path.to_bytes(), b"pausing", error);
                    self.feed(Event::NotStarted);
                }
            },
            Action::RunHook(hook) => {
                let answer = self.run_hook(hook, true);
                self.feed(answer);
            }
            Action::RetryHook(hook) => {
                let answer = self.run_hook(hook, false);
                self.feed(answer);
            }
            Action::LookAtStopit => self.feed(Event::Stopit(flags::take_stopit())),
            Action::ReadFlags => self.feed(Event::Flags(flags::read())),
            Action::Term(pid) => send(pid, Number::TERM),
            Action::Alarm(pid) => send(pid, Number::ALRM),
            Action::Kill(pid) => send(pid, Number::KILL),
            Action::KillGroup(pid) => {
                if let Some(group) = child::pid(pid) {
                    let _ = signal::send_group(group, Number::KILL);
                }
            }
            Action::Probe => {
                let answer = match self.trial.begin(self.path, &self.init) {
                    Some(pid) => Event::Probing(pid),
                    None => Event::NoProbe,
                };
                self.feed(answer);
            }
            Action::BadImage(exit) => self.trial.failed(self.path, exit),
            Action::Become => self.trial.become_it(self.path),
            Action::Say(message) => messages::say(message),
            Action::Finish(ending) => {
                self.over = Some(finish::finish(ending, self.in_container()));
            }
        }
    }

    fn start(&mut self, stage: Stage) -> Result<u32, Errno> {
        let path = Program::Stage(stage).path();
        let held = reexec::holds_terminal();
        let session = match (stage, held) {
            (Stage::One, true) => Session::Foreground,
            (Stage::One, false) if platform::TERMINAL_CAN_BE_RELEASED => Session::Same,
            (Stage::One, false) => Session::NewOnStandardInput,
            (_, true) => Session::NewReleasingTerminal,
            (_, false) => Session::New,
        };
        let pid = self.child(path, session)?;
        if stage != Stage::One {
            reexec::keep_terminal(false);
        }
        Ok(pid)
    }

    fn run_hook(&mut self, hook: Hook, announce: bool) -> Event {
        let path = Program::Hook(hook).path();
        if !file::owner_may_execute(path) {
            return Event::NoHook(hook);
        }
        if announce {
            messages::announce(hook);
        }
        if hook == Hook::PowerFail {
            flags::set_stopit_if_there();
        }
        match self.child(path, Session::New) {
            Ok(pid) => Event::HookStarted(hook, pid),
            Err(error) => {
                let consequence: &[u8] = match hook {
                    Hook::CtrlAltDel => b"pausing",
                    Hook::PowerFail => b"forcing shutdown",
                };
                messages::unable_to_fork(path.to_bytes(), consequence, error);
                Event::HookNotStarted(hook)
            }
        }
    }

    fn child(&self, path: &CStr, session: Session) -> Result<u32, Errno> {
        let [stdin, stdout, _] = fd::standard();
        // Standard error of process 1 does not block; that of its children does.
        let stdio = match reexec::has_console() {
            true => [Some(stdin), Some(stdout), Some(stdout)],
            false => [None; 3],
        };
        let mut called = runit_core::line::Line::<64>::new();
        called.push(b"child: ").push(path.to_bytes());
        let mut announce = runit_core::line::Line::<64>::new();
        announce
            .push(b"- runit: enter stage: ")
            .push(path.to_bytes());
        let pid = Child {
            stdio,
            session,
            announce: announce.as_bytes(),
            complaint: &[b"- runit: fatal: "],
            called: called.as_bytes(),
            failure: 0,
            ..Child::new(path, &[path])
        }
        .spawn()?;
        Ok(child::number(pid))
    }
}

fn send(pid: u32, number: Number) {
    if let Some(pid) = child::pid(pid) {
        let _ = signal::send(pid, number);
    }
}
