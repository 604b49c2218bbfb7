//! The hooks of a service: `control/u`, `control/t` and the rest, one per control byte.

use core::ffi::CStr;

/// A signal a service can be sent, named as POSIX names it; numbers belong to the system floor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Signal {
    Term,
    Cont,
    Stop,
    Kill,
    Hup,
    Alrm,
    Int,
    Quit,
    Usr1,
    Usr2,
}

/// A program in the `control` directory that runs before, or instead of, a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Hook {
    Up,
    Down,
    Exit,
    Term,
    Kill,
    Pause,
    Continue,
    Alarm,
    Hup,
    Interrupt,
    Quit,
    User1,
    User2,
}

/// How many hooks there are; `Hook as usize` is below it.
pub const HOOKS: usize = 13;

impl Hook {
    /// All of them; `ALL[hook as usize] == hook`.
    pub const ALL: [Hook; HOOKS] = [
        Hook::Up,
        Hook::Down,
        Hook::Exit,
        Hook::Term,
        Hook::Kill,
        Hook::Pause,
        Hook::Continue,
        Hook::Alarm,
        Hook::Hup,
        Hook::Interrupt,
        Hook::Quit,
        Hook::User1,
        Hook::User2,
    ];

    /// The file, relative to the service directory.
    #[must_use]
    pub const fn path(self) -> &'static CStr {
        match self {
            Hook::Up => c"control/u",
            Hook::Down => c"control/d",
            Hook::Exit => c"control/x",
            Hook::Term => c"control/t",
            Hook::Kill => c"control/k",
            Hook::Pause => c"control/p",
            Hook::Continue => c"control/c",
            Hook::Alarm => c"control/a",
            Hook::Hup => c"control/h",
            Hook::Interrupt => c"control/i",
            Hook::Quit => c"control/q",
            Hook::User1 => c"control/1",
            Hook::User2 => c"control/2",
        }
    }

    /// The signal that is sent where the hook is missing or fails; `u`, `d` and `x` have none.
    #[must_use]
    pub const fn signal(self) -> Option<Signal> {
        Some(match self {
            Hook::Up | Hook::Down | Hook::Exit => return None,
            Hook::Term => Signal::Term,
            Hook::Kill => Signal::Kill,
            Hook::Pause => Signal::Stop,
            Hook::Continue => Signal::Cont,
            Hook::Alarm => Signal::Alrm,
            Hook::Hup => Signal::Hup,
            Hook::Interrupt => Signal::Int,
            Hook::Quit => Signal::Quit,
            Hook::User1 => Signal::Usr1,
            Hook::User2 => Signal::Usr2,
        })
    }
}
