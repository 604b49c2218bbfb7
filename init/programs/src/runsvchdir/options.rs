//! What was typed after runsvchdir.
//!
//! Only the options it knows are options: any other word is the name of a level, as it was for the
//! original, which takes none.

use runit_core::decimal;
use runit_sys::entry::Args;
use std::ffi::CStr;

/// What follows the name of the program.
pub const USAGE: &[u8] =
    b" dir | -l | -n level | [-w [sec]] [-o stop-first|start-first] [--confirm sec] level | --yes";
/// Seconds that `-w` and `-o` wait where nothing is said.
pub const WAIT: u64 = 60;
/// Most seconds until a switch must be confirmed: a day.
const MOST_CONFIRM: u64 = 86_400;

/// Who goes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// Nobody: runsvdir does both at once.
    #[default]
    AtOnce,
    /// What leaves is down before what comes is started.
    StopFirst,
    /// What comes is up before what leaves is stopped.
    StartFirst,
}

/// How to switch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Manner {
    /// Wait for the services, at most so many seconds.
    pub wait: Option<u64>,
    /// Go back after so many seconds, unless that is called off.
    pub confirm: Option<u64>,
    /// Who goes first.
    pub order: Order,
}

/// What to do.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    /// Switch to this level.
    Switch(&'static CStr, Manner),
    /// Say what a switch to it would do.
    Plan(&'static CStr),
    /// Say which levels there are.
    List,
    /// The switch is good: stay.
    Confirm,
}

/// Why nothing can be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mistake {
    /// There is no argument at all.
    Nothing,
    /// An option without its value, or without a level.
    Option,
}

/// Reads all arguments; what follows the level is not looked at, as ever.
pub fn read(args: &Args) -> Result<Task, Mistake> {
    let mut manner = Manner::default();
    let mut at = 1;
    let text = |at| args.get(at).map(CStr::to_bytes);
    loop {
        let word = args.get(at).ok_or(if at == 1 {
            Mistake::Nothing
        } else {
            Mistake::Option
        })?;
        at += 1;
        match word.to_bytes() {
            b"-l" => return Ok(Task::List),
            b"--yes" => return Ok(Task::Confirm),
            b"-n" => return args.get(at).map(Task::Plan).ok_or(Mistake::Option),
            b"-w" => {
                // A number is the time, unless nothing follows: then it is the level.
                let seconds = text(at).and_then(decimal::unsigned);
                match seconds.filter(|_| text(at + 1).is_some()) {
                    Some(seconds) => {
                        manner.wait = Some(seconds);
                        at += 1;
                    }
                    None => manner.wait = Some(WAIT),
                }
            }
            b"--confirm" => {
                let seconds = text(at).and_then(decimal::unsigned);
                let seconds = seconds.filter(|n| (1..=MOST_CONFIRM).contains(n));
                manner.confirm = Some(seconds.ok_or(Mistake::Option)?);
                at += 1;
            }
            b"-o" => {
                manner.order = match text(at) {
                    Some(b"stop-first") => Order::StopFirst,
                    Some(b"start-first") => Order::StartFirst,
                    _ => return Err(Mistake::Option),
                };
                at += 1;
            }
            b"--" => {
                let level = args.get(at).ok_or(Mistake::Option)?;
                return Ok(Task::Switch(level, manner));
            }
            _ => return Ok(Task::Switch(word, manner)),
        }
    }
}
