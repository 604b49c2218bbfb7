//! `./check` of a service: asked once, and again after a while when it says no; never waited for.

use crate::cli::Voice;
use runit_core::clock::Mono;
use runit_core::exit::Exit;
use runit_core::layout;
use runit_sys::signal::Number;
use runit_sys::spawn::Child;
use runit_sys::{child, clock, fd, file, signal};
use std::os::fd::AsFd;

/// Milliseconds between two runs, and between looks where nothing tells.
pub const AGAIN_MS: u64 = 420;

/// The state of `./check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Not asked yet, or the service changed since.
    Unasked,
    /// It runs as this process.
    Asked(u32),
    /// It said yes.
    Agreed,
    /// It said no; to be asked again at this moment.
    Refused(Mono),
}

impl Check {
    /// Whether it says yes; starts it where it has not been asked. Only in the directory of the
    /// service that is called `name`.
    pub fn agrees(&mut self, name: &[u8]) -> bool {
        match *self {
            Check::Agreed => return true,
            Check::Asked(_) => return false,
            Check::Refused(again) if again > clock::mono() => return false,
            Check::Refused(_) | Check::Unasked => {}
        }
        if !file::exists(layout::CHECK).unwrap_or(false) {
            return true;
        }
        let called = [name, b"/check"].concat();
        // Its output is nobody's business: sv prints one line a service.
        let quiet = fd::open_null().ok();
        let child = Child {
            complaint: &[b"warning: "],
            called: &called,
            verb: b"unable to run ",
            stdio: [None, quiet.as_ref().map(AsFd::as_fd), None],
            ..Child::new(layout::CHECK, &[layout::CHECK])
        };
        *self = match child.spawn() {
            Ok(pid) => Check::Asked(child::number(pid)),
            Err(error) => {
                Voice::new(b"sv").warning_because(&[b"unable to fork for ", &called], error);
                Check::Refused(clock::mono().plus_ms(AGAIN_MS))
            }
        };
        false
    }

    /// A child ended; perhaps this one.
    pub fn ended(&mut self, pid: u32, exit: Exit) {
        if *self == Check::Asked(pid) {
            *self = match exit.success() {
                true => Check::Agreed,
                false => Check::Refused(clock::mono().plus_ms(AGAIN_MS)),
            };
        }
    }

    /// One that hangs must not outlive the call that asked it.
    pub fn give_up(&self) {
        if let Check::Asked(pid) = *self {
            if let Some(pid) = child::pid(pid) {
                let _ = signal::send(pid, Number::KILL);
            }
        }
    }
}
