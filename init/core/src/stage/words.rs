//! The words of process 1: its stages, what may happen to it, what it asks for, and what it says.
//!
//! Names only; what follows from what is decided in [`super`].

use crate::exit::Exit;
use crate::list::List;
use crate::power::{Ending, Seen};
use core::ffi::CStr;

/// The three stages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Prepares the system, and ends.
    One,
    /// Runs as long as the system does.
    Two,
    /// Takes the system down.
    Three,
}

/// What else runs at a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hook {
    /// The three keys were pressed.
    CtrlAltDel,
    /// The power supply says that it ends.
    PowerFail,
}

/// Both hooks; `HOOKS[hook as usize] == hook`.
pub const HOOKS: [Hook; 2] = [Hook::CtrlAltDel, Hook::PowerFail];

/// A program that process 1 runs, as its messages name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    /// A stage.
    Stage(Stage),
    /// A hook.
    Hook(Hook),
}

impl Program {
    /// The file.
    #[must_use]
    pub const fn path(self) -> &'static CStr {
        match self {
            Program::Stage(Stage::One) => c"/etc/runit/1",
            Program::Stage(Stage::Two) => c"/etc/runit/2",
            Program::Stage(Stage::Three) => c"/etc/runit/3",
            Program::Hook(Hook::CtrlAltDel) => c"/etc/runit/ctrlaltdel",
            Program::Hook(Hook::PowerFail) => c"/etc/runit/pwrfail",
        }
    }
}

/// What somebody asks of process 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// Stop, if the file `stopit` says so.
    LookAtStopit,
    /// What the hook does; in a container without one, stop.
    Hook(Hook),
    /// Stop in this way, whatever the files say.
    Stop(Ending),
    /// Look for new services now: for stage 2 to act on.
    Rescan,
    /// Go on as the program that is installed now.
    Upgrade,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Process 1 is set up; also the first event of one that took over.
    Begin,
    /// A request arrived.
    Request(Request),
    /// Answer to [`Action::Start`].
    Started(u32),
    /// The same, but fork failed.
    NotStarted,
    /// Answer to [`Action::RunHook`].
    HookStarted(Hook, u32),
    /// The same: there is none that may be executed.
    NoHook(Hook),
    /// The same: fork failed.
    HookNotStarted(Hook),
    /// Answer to [`Action::LookAtStopit`].
    Stopit(bool),
    /// Answer to [`Action::ReadFlags`].
    Flags(Seen),
    /// Answer to [`Action::Probe`].
    Probing(u32),
    /// The same, but there is nothing to try or fork failed.
    NoProbe,
    /// A child ended; pids that belong to nothing here are ignored.
    Exited {
        /// Whose end it is.
        pid: u32,
        /// How it ended.
        exit: Exit,
    },
    /// The stage, as told by the image before this one, is no child any more: it ended unseen.
    Lost,
    /// Time passed; deadlines are looked at.
    Wake,
}

/// What the caller is to do, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Fork and execute a stage; answer `Started` or `NotStarted`.
    Start(Stage),
    /// Run a hook; answer `HookStarted`, `NoHook` or `HookNotStarted`.
    RunHook(Hook),
    /// The same, after fork failed: it was announced before.
    RetryHook(Hook),
    /// Answer `Stopit`: whether the file may be executed; where it may, clear it.
    LookAtStopit,
    /// Answer `Flags`.
    ReadFlags,
    /// Ask stage 2, which has not been reaped yet, to end.
    Term(u32),
    /// Tell stage 2 to look for new services.
    Alarm(u32),
    /// End this child at once.
    Kill(u32),
    /// End what stage 2 left behind.
    KillGroup(u32),
    /// Start the installed program on trial; answer `Probing` or `NoProbe`.
    Probe,
    /// Become the program that was on trial. No answer: returns only if that fails.
    Become,
    /// The program that was on trial ended so, instead of proving that it starts.
    BadImage(Exit),
    /// Tell the console.
    Say(Message),
    /// All is over: end everything and the system with it.
    Finish(Ending),
}

/// What the console is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message {
    /// A program has ended.
    Leave(Program),
    /// It exited with a code other than 0.
    Failed(Program),
    /// A signal ended it.
    Crashed(Program),
    /// There will be no stage 2.
    SkippingStage2,
    /// What is left of stage 2 is killed.
    KillingStage2,
    /// Stage 2 is started again.
    Restarting,
    /// Stage 2 did not end at TERM.
    NotTerminated,
    /// The request came too late.
    TooLate,
    /// The request came too early, and waits.
    Remembered,
}

/// The actions of one step.
pub type Actions = List<Action, 8>;
