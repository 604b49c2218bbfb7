//! Process 1 as states and events: three stages, requests, hooks, and the way out.
//!
//! Decides which stage runs, what a request means now, and when the system ends. It never waits: a
//! stage, a hook and a probe of a new image are all only children that may end at any time. What
//! must hold whatever happens (property-tested in `tests/stage.rs`): one stage at a time and in
//! order, no request lost, no signal to a child that was already reaped, and an end only after
//! stage 3.

use crate::clock::{Mono, earlier};
use crate::exit::Exit;
use crate::power::{Ending, Seen};

mod words;
pub use words::*;

/// Milliseconds before another try when the system could not fork, or when stage 2 crashed.
pub const RETRY_MS: u64 = 5000;
/// Milliseconds stage 2 has to end at TERM.
pub const TERM_MS: u64 = 5000;
/// Milliseconds a new image has to prove that it starts.
pub const PROBE_MS: u64 = 5000;
/// Exit code by which an image says that it started: one that no other program gives by accident.
pub const PROBED: u8 = 33;
/// Exit code of stage 1 for "do not go on".
const SKIP_STAGE_2: u8 = 100;
/// Exit code of stage 2 for "start me again".
const AGAIN: u8 = 111;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// `Action::Start` is out, or to be put out when it all begins.
    Starting(Stage),
    /// Fork failed; another try then.
    StartDue(Stage, Mono),
    /// The stage lives.
    Running(Stage, u32),
    /// Stage 1 is over; whether stage 2 is wanted at all is being looked at.
    Between,
    /// Stage 2 crashed; it starts again then.
    RestartDue(Mono),
    /// Stage 3 is over; the flags are being read.
    Deciding,
    /// The end was ordered.
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stopping {
    No,
    /// TERM was sent to stage 2; KILL follows then.
    Term(Mono),
    /// KILL was sent.
    Killed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Upgrade {
    No,
    /// Asked for; the trial is to begin.
    Due,
    /// On trial, at most until then (`None`: it was killed); `again`: asked for once more meanwhile.
    Probing {
        pid: u32,
        until: Option<Mono>,
        again: bool,
    },
}

/// Process 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Init {
    pub(crate) container: bool,
    pub(crate) phase: Phase,
    pub(crate) stopping: Stopping,
    pub(crate) upgrade: Upgrade,
    /// The hooks that run.
    pub(crate) hooks: [Option<u32>; HOOKS.len()],
    /// Hooks asked for that could not run yet.
    pub(crate) waiting: [bool; HOOKS.len()],
    /// The hook of the keys could not be forked; another try then.
    pub(crate) keys_due: Option<Mono>,
    /// `LookAtStopit` was asked for before its time.
    pub(crate) look: bool,
    /// The ending that was named by a request, and needs no flags.
    pub(crate) named: Option<Ending>,
    /// A `Stop` came before its time.
    pub(crate) stop_early: bool,
    /// The flags when they were last read.
    pub(crate) flags: Seen,
}

impl Init {
    /// Before stage 1. `container`: requests that need no files are honoured.
    #[must_use]
    pub const fn new(container: bool) -> Init {
        Init {
            container,
            phase: Phase::Starting(Stage::One),
            stopping: Stopping::No,
            upgrade: Upgrade::No,
            hooks: [None; HOOKS.len()],
            waiting: [false; HOOKS.len()],
            keys_due: None,
            look: false,
            named: None,
            stop_early: false,
            flags: Seen::NONE,
        }
    }

    /// When what the image before told cannot be read: stage 2 again, since services keep a system
    /// going, and since those that still run hold their locks.
    #[must_use]
    pub const fn after_unreadable(container: bool) -> Init {
        Init {
            phase: Phase::Starting(Stage::Two),
            ..Init::new(container)
        }
    }

    /// Whether requests without files are honoured.
    #[must_use]
    pub const fn container(&self) -> bool {
        self.container
    }

    /// The stage it is in; stage 2 includes the time before its restart.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self.phase {
            Phase::Starting(stage) | Phase::StartDue(stage, _) | Phase::Running(stage, _) => stage,
            Phase::Between => Stage::One,
            Phase::RestartDue(_) => Stage::Two,
            Phase::Deciding | Phase::Over => Stage::Three,
        }
    }

    /// The process of the stage.
    #[must_use]
    pub const fn stage_pid(&self) -> Option<u32> {
        match self.phase {
            Phase::Running(_, pid) => Some(pid),
            _ => None,
        }
    }

    /// The process of a hook.
    #[must_use]
    pub const fn hook_pid(&self, hook: Hook) -> Option<u32> {
        self.hooks[hook as usize]
    }

    /// Whether the end of this process means anything here; that of all others changes nothing.
    #[must_use]
    pub fn knows(&self, pid: u32) -> bool {
        let on_trial = matches!(self.upgrade, Upgrade::Probing { pid: own, .. } if own == pid);
        on_trial || self.stage_pid() == Some(pid) || self.hooks.contains(&Some(pid))
    }

    /// When `Event::Wake` is due, if ever.
    #[must_use]
    pub fn deadline(&self) -> Option<Mono> {
        let phase = match self.phase {
            Phase::StartDue(_, at) | Phase::RestartDue(at) => Some(at),
            _ => None,
        };
        let stopping = match (self.phase, self.stopping) {
            (Phase::Running(Stage::Two, _), Stopping::Term(at)) => Some(at),
            _ => None,
        };
        let upgrade = match self.upgrade {
            Upgrade::Probing { until, .. } => until,
            _ => None,
        };
        earlier(earlier(phase, stopping), earlier(upgrade, self.keys_due))
    }

    /// One event in, what to do out.
    pub fn step(&mut self, now: Mono, event: Event) -> Actions {
        let mut out = Actions::new();
        match event {
            Event::Begin => self.begin(&mut out),
            Event::Request(request) => self.request(now, request, &mut out),
            Event::Started(pid) => self.started(pid, &mut out),
            Event::NotStarted => {
                if let Phase::Starting(stage) = self.phase {
                    self.phase = Phase::StartDue(stage, now.plus_ms(RETRY_MS));
                }
            }
            Event::HookStarted(hook, pid) => self.hooks[hook as usize] = Some(pid),
            Event::NoHook(hook) => {
                if self.container {
                    let ending = match hook {
                        Hook::CtrlAltDel => Ending::Restart,
                        Hook::PowerFail => Ending::Halt,
                    };
                    self.stop_as(now, ending, &mut out);
                }
            }
            Event::HookNotStarted(Hook::CtrlAltDel) => {
                self.keys_due = Some(now.plus_ms(RETRY_MS));
            }
            // The power does not wait.
            Event::HookNotStarted(Hook::PowerFail) => self.stop_by_flags(now, &mut out),
            Event::Stopit(set) => self.looked(now, set, &mut out),
            Event::Flags(flags) => self.read(flags, &mut out),
            Event::Probing(pid) => {
                self.upgrade = Upgrade::Probing {
                    pid,
                    until: Some(now.plus_ms(PROBE_MS)),
                    again: false,
                };
            }
            Event::NoProbe => self.upgrade = Upgrade::No,
            Event::Exited { pid, exit } => self.exited(now, pid, exit, &mut out),
            Event::Lost => self.lost(now, &mut out),
            Event::Wake => self.wake(now, &mut out),
        }
        out
    }

    fn begin(&mut self, out: &mut Actions) {
        match self.phase {
            Phase::Starting(stage) => self.enter(stage, out),
            Phase::Between => out.push(Action::LookAtStopit),
            Phase::Deciding => out.push(Action::ReadFlags),
            Phase::Over => {
                let ending = self.named.unwrap_or(self.flags.ending());
                out.push(Action::Finish(ending));
            }
            _ => {}
        }
        // A trial that an earlier image began is not ours to judge: begin anew.
        if self.upgrade != Upgrade::No {
            self.upgrade = Upgrade::Due;
            out.push(Action::Probe);
        }
    }

    fn enter(&mut self, stage: Stage, out: &mut Actions) {
        self.phase = Phase::Starting(stage);
        out.push(Action::Start(stage));
    }

    fn started(&mut self, pid: u32, out: &mut Actions) {
        let Phase::Starting(stage) = self.phase else {
            return;
        };
        self.phase = Phase::Running(stage, pid);
        if stage == Stage::Two {
            for hook in HOOKS {
                // One that still runs, from before a restart, is followed by the next at its end.
                let idle = self.hooks[hook as usize].is_none();
                if idle && core::mem::take(&mut self.waiting[hook as usize]) {
                    self.run_hook(hook, out);
                }
            }
        }
    }

    fn run_hook(&mut self, hook: Hook, out: &mut Actions) {
        // One that is about to be tried again is the one asked for.
        if hook != Hook::CtrlAltDel || self.keys_due.is_none() {
            out.push(Action::RunHook(hook));
        }
    }

    fn request(&mut self, now: Mono, request: Request, out: &mut Actions) {
        match (request, self.stage()) {
            (Request::Upgrade, _) => match &mut self.upgrade {
                Upgrade::No => {
                    self.upgrade = Upgrade::Due;
                    out.push(Action::Probe);
                }
                Upgrade::Due => {}
                Upgrade::Probing { again, .. } => *again = true,
            },
            (Request::Stop(_), _) if !self.container => {}
            (Request::Rescan, Stage::Two) => {
                if let (Phase::Running(_, pid), Stopping::No) = (self.phase, self.stopping) {
                    out.push(Action::Alarm(pid));
                }
            }
            // Stage 2 will look by itself when it starts.
            (Request::Rescan, Stage::One) => {}
            (Request::Rescan, Stage::Three) => out.push(Action::Say(Message::TooLate)),
            (Request::LookAtStopit, Stage::One) => {
                self.look = true;
                out.push(Action::Say(Message::Remembered));
            }
            (Request::LookAtStopit, Stage::Two) => out.push(Action::LookAtStopit),
            (Request::LookAtStopit, Stage::Three) => {
                out.push(Action::Say(Message::TooLate));
                // Too late to stop anything, but not to choose how it ends.
                out.push(Action::LookAtStopit);
            }
            (Request::Hook(hook), Stage::One) => {
                self.waiting[hook as usize] = true;
                out.push(Action::Say(Message::Remembered));
            }
            (Request::Hook(hook), Stage::Two) => {
                if self.hooks[hook as usize].is_some() {
                    self.waiting[hook as usize] = true;
                } else {
                    self.run_hook(hook, out);
                }
            }
            (Request::Hook(_), Stage::Three) => out.push(Action::Say(Message::TooLate)),
            (Request::Stop(ending), Stage::One) => {
                self.named = Some(ending);
                self.stop_early = true;
                out.push(Action::Say(Message::Remembered));
            }
            (Request::Stop(ending), Stage::Two) => self.stop_as(now, ending, out),
            (Request::Stop(ending), Stage::Three) => self.named = Some(ending),
        }
    }

    /// The answer about the file `stopit`.
    fn looked(&mut self, now: Mono, set: bool, out: &mut Actions) {
        match (self.phase, set) {
            (Phase::Between, true) => {
                self.named = None;
                self.skip_stage_2(out);
            }
            (Phase::Between, false) => self.enter(Stage::Two, out),
            (_, true) => self.stop_by_flags(now, out),
            (_, false) => {}
        }
    }

    fn stop_by_flags(&mut self, now: Mono, out: &mut Actions) {
        self.named = None;
        out.push(Action::ReadFlags);
        self.stop_stage_2(now, out);
    }

    fn stop_as(&mut self, now: Mono, ending: Ending, out: &mut Actions) {
        self.named = Some(ending);
        self.stop_stage_2(now, out);
    }

    fn stop_stage_2(&mut self, now: Mono, out: &mut Actions) {
        match self.phase {
            Phase::Running(Stage::Two, pid) if self.stopping == Stopping::No => {
                self.stopping = Stopping::Term(now.plus_ms(TERM_MS));
                out.push(Action::Term(pid));
            }
            Phase::StartDue(Stage::Two, _) | Phase::RestartDue(_) => {
                self.leave(Stage::Two, out);
                self.enter_three(out);
            }
            _ => {}
        }
    }

    fn leave(&mut self, stage: Stage, out: &mut Actions) {
        out.push(Action::Say(Message::Leave(Program::Stage(stage))));
    }

    fn skip_stage_2(&mut self, out: &mut Actions) {
        out.push(Action::Say(Message::SkippingStage2));
        self.enter_three(out);
    }

    fn enter_three(&mut self, out: &mut Actions) {
        // Nothing asked for before stage 3 is done after it.
        self.look = false;
        self.waiting = [false; HOOKS.len()];
        self.keys_due = None;
        if self.named.is_none() {
            out.push(Action::ReadFlags);
        }
        self.enter(Stage::Three, out);
    }

    fn read(&mut self, flags: Seen, out: &mut Actions) {
        self.flags = flags.or_else(self.flags);
        if self.phase == Phase::Deciding {
            self.phase = Phase::Over;
            out.push(Action::Finish(self.flags.ending()));
        }
    }

    fn exited(&mut self, now: Mono, pid: u32, exit: Exit, out: &mut Actions) {
        match (self.phase, self.upgrade) {
            (Phase::Running(stage, own), _) if own == pid => {
                self.stage_ended(now, stage, pid, exit, out)
            }
            (
                _,
                Upgrade::Probing {
                    pid: own, again, ..
                },
            ) if own == pid => {
                self.probe_ended(exit, again, out);
            }
            _ => {
                let own = HOOKS
                    .into_iter()
                    .find(|&h| self.hooks[h as usize] == Some(pid));
                if let Some(hook) = own {
                    self.hook_ended(hook, exit, out);
                }
            }
        }
    }

    fn stage_ended(&mut self, now: Mono, stage: Stage, pid: u32, exit: Exit, out: &mut Actions) {
        let stopping = core::mem::replace(&mut self.stopping, Stopping::No) != Stopping::No;
        // At an end that was asked for, how it ended says nothing.
        if !stopping {
            say_how(Program::Stage(stage), exit, out);
        }
        let crashed = exit.signal().is_some();
        match stage {
            Stage::One => {
                self.leave(stage, out);
                if crashed || exit.code() == Some(SKIP_STAGE_2) {
                    self.skip_stage_2(out);
                } else {
                    self.go_on_to_two(out);
                }
            }
            Stage::Two if !stopping && (crashed || exit.code() == Some(AGAIN)) => {
                self.restart_due(now, out);
                out.push(Action::KillGroup(pid));
            }
            Stage::Two => {
                self.leave(stage, out);
                self.enter_three(out);
            }
            Stage::Three => {
                self.leave(stage, out);
                self.decide(out);
            }
        }
    }

    fn restart_due(&mut self, now: Mono, out: &mut Actions) {
        out.push(Action::Say(Message::KillingStage2));
        self.phase = Phase::RestartDue(now.plus_ms(RETRY_MS));
    }

    fn go_on_to_two(&mut self, out: &mut Actions) {
        if self.stop_early {
            self.skip_stage_2(out);
        } else if core::mem::take(&mut self.look) {
            self.phase = Phase::Between;
            out.push(Action::LookAtStopit);
        } else {
            self.enter(Stage::Two, out);
        }
    }

    fn decide(&mut self, out: &mut Actions) {
        if let Some(ending) = self.named {
            self.phase = Phase::Over;
            out.push(Action::Finish(ending));
        } else {
            self.phase = Phase::Deciding;
            out.push(Action::ReadFlags);
        }
    }

    fn hook_ended(&mut self, hook: Hook, exit: Exit, out: &mut Actions) {
        self.hooks[hook as usize] = None;
        // Its exit code tells nothing that anybody acts on.
        if exit.signal().is_some() {
            out.push(Action::Say(Message::Crashed(Program::Hook(hook))));
        }
        out.push(Action::Say(Message::Leave(Program::Hook(hook))));
        // A hook that asks for a stop does so by the file.
        out.push(Action::LookAtStopit);
        if core::mem::take(&mut self.waiting[hook as usize]) {
            self.run_hook(hook, out);
        }
    }

    fn probe_ended(&mut self, exit: Exit, again: bool, out: &mut Actions) {
        if again {
            self.upgrade = Upgrade::Due;
            out.push(Action::Probe);
            return;
        }
        self.upgrade = Upgrade::No;
        out.push(if exit.code() == Some(PROBED) {
            Action::Become
        } else {
            Action::BadImage(exit)
        });
    }

    /// Nobody knows how the stage ended: what keeps the system going is assumed.
    fn lost(&mut self, now: Mono, out: &mut Actions) {
        let Phase::Running(stage, _) = self.phase else {
            return;
        };
        let stopping = core::mem::replace(&mut self.stopping, Stopping::No) != Stopping::No;
        match stage {
            Stage::Two if !stopping => self.restart_due(now, out),
            Stage::One => {
                self.leave(stage, out);
                self.go_on_to_two(out);
            }
            Stage::Two => {
                self.leave(stage, out);
                self.enter_three(out);
            }
            Stage::Three => {
                self.leave(stage, out);
                self.decide(out);
            }
        }
    }

    fn wake(&mut self, now: Mono, out: &mut Actions) {
        match self.phase {
            Phase::StartDue(stage, at) if at <= now => {
                self.phase = Phase::Starting(stage);
                out.push(Action::Start(stage));
            }
            Phase::RestartDue(at) if at <= now => {
                out.push(Action::Say(Message::Restarting));
                self.enter(Stage::Two, out);
            }
            Phase::Running(Stage::Two, pid) => {
                if matches!(self.stopping, Stopping::Term(at) if at <= now) {
                    self.stopping = Stopping::Killed;
                    out.push(Action::Say(Message::NotTerminated));
                    out.push(Action::Kill(pid));
                }
            }
            _ => {}
        }
        if self.keys_due.is_some_and(|at| at <= now) {
            self.keys_due = None;
            self.waiting[Hook::CtrlAltDel as usize] = false;
            out.push(Action::RetryHook(Hook::CtrlAltDel));
        }
        if let Upgrade::Probing { pid, until, .. } = &mut self.upgrade {
            if until.is_some_and(|at| at <= now) {
                *until = None;
                out.push(Action::Kill(*pid));
            }
        }
    }
}

fn say_how(program: Program, exit: Exit, out: &mut Actions) {
    if exit.signal().is_some() {
        out.push(Action::Say(Message::Crashed(program)));
    } else if !exit.success() {
        out.push(Action::Say(Message::Failed(program)));
    }
}
