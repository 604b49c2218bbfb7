//! The control bytes: what `sv` writes into `supervise/control` and `runsv` reads.

use crate::hook::Hook;

/// One order to a runsv.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    /// `u`: start, and restart when it ends.
    Up,
    /// `d`: TERM and CONT, and do not restart.
    Down,
    /// `o`: start if down, do not restart.
    Once,
    /// `x`: as down, then the supervisor itself exits.
    Exit,
    /// `t`: TERM; the service comes back if it is wanted up.
    Term,
    /// `k p c a h i q 1 2`: the hook of that letter, or else its signal.
    Send(Hook),
}

impl Command {
    /// The command a byte stands for; `None` for bytes that mean nothing (they are ignored).
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Command> {
        Some(match byte {
            b'u' => Command::Up,
            b'd' => Command::Down,
            b'o' => Command::Once,
            b'x' => Command::Exit,
            b't' => Command::Term,
            b'k' => Command::Send(Hook::Kill),
            b'p' => Command::Send(Hook::Pause),
            b'c' => Command::Send(Hook::Continue),
            b'a' => Command::Send(Hook::Alarm),
            b'h' => Command::Send(Hook::Hup),
            b'i' => Command::Send(Hook::Interrupt),
            b'q' => Command::Send(Hook::Quit),
            b'1' => Command::Send(Hook::User1),
            b'2' => Command::Send(Hook::User2),
            _ => return None,
        })
    }
}
