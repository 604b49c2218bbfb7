//! What one image of process 1 tells the next: its whole state in one argument, as text.
//!
//! `--resume=HANDOVER STATE PATH`: what the images need to know of each other, the state of the
//! machine in [`crate::stage`], and the path under which the program is installed.
//! The two images may be of different versions, so fields have letters: a reader skips letters it
//! does not know and takes the usual for those that are missing. It must never panic, whatever it
//! is given, and must refuse what cannot be a state.

use crate::clock::Mono;
use crate::line::Line;
use crate::power::{Ending, Flags, Seen};
use crate::stage::{HOOKS, Hook, Init, Phase, Stage, Stopping, Upgrade};

/// Longest text of a state, and of a handover.
pub const TEXT: usize = 192;
/// Longest path that is handed over.
pub const PATH: usize = 255;
/// Longest argument: mark, two texts, a path, two spaces.
pub const ARGUMENT: usize = MARK.len() + 2 * TEXT + PATH + 2;

/// How the argument begins.
const MARK: &[u8] = b"--resume=";

/// The version of the meaning of the letters; a reader refuses any other.
const VERSION: u64 = 1;

/// Where a stage is in its life.
const STARTING: u64 = 0;
const RUNNING: u64 = 1;
const START_DUE: u64 = 2;
const RESTART_DUE: u64 = 3;
const BETWEEN: u64 = 4;
const DECIDING: u64 = 5;
const OVER: u64 = 6;

/// What waits, as bits.
const LOOK: u64 = 1;
const CTRL_ALT_DEL: u64 = 2;
const POWER_FAIL: u64 = 4;
const STOP_EARLY: u64 = 8;

/// What an image needs to know of the one before it, besides the state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Handover {
    /// The signal that ended it; `None` for an upgrade.
    pub signal: Option<u8>,
    /// How many crashes there were in a row.
    pub crashes: u32,
    /// When the last one was.
    pub last_crash: Mono,
    /// Signals that had arrived and were not looked at: bit `n - 1` is signal `n`.
    pub arrived: u64,
    /// The descriptor on which the image is open.
    pub image: Option<u32>,
    /// Process 1 took the console as its terminal, and holds it for stage 1.
    pub terminal: bool,
    /// Standard input, output and error are the console, opened by process 1 itself.
    pub console: bool,
}

impl Handover {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> Line<TEXT> {
        fields([
            (b'x', self.signal.unwrap_or(0).into()),
            (b'n', self.crashes.into()),
            (b't', self.last_crash.0),
            // In two halves: the numbers of a line are signed.
            (b'a', self.arrived & u64::from(u32::MAX)),
            (b'b', self.arrived >> 32),
            (b'f', self.image.map_or(0, |fd| u64::from(fd) + 1)),
            (b'y', self.terminal.into()),
            (b'o', self.console.into()),
        ])
    }

    fn from_text(text: &[u8]) -> Option<Handover> {
        let values = Values::read(text)?;
        let image = values.of(b'f');
        Some(Handover {
            signal: match values.of(b'x') {
                0 => None,
                signal => Some(u8::try_from(signal).ok()?),
            },
            crashes: u32::try_from(values.of(b'n')).ok()?,
            last_crash: Mono(values.of(b't')),
            arrived: values.of(b'a') & u64::from(u32::MAX) | values.of(b'b') << 32,
            image: match image.checked_sub(1) {
                None => None,
                Some(fd) => Some(u32::try_from(fd).ok()?),
            },
            terminal: values.of(b'y') != 0,
            console: values.of(b'o') != 0,
        })
    }
}

/// The whole argument. A path that is too long is left out.
#[must_use]
pub fn argument(handover: &Handover, state: &[u8], path: &[u8]) -> Line<ARGUMENT> {
    let mut line = Line::new();
    line.push(MARK).push(handover.to_text().as_bytes());
    line.push(b" ")
        .push(&state[..state.len().min(TEXT)])
        .push(b" ");
    if path.len() <= PATH {
        line.push(path);
    }
    line
}

/// An argument taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resumed<'a> {
    /// Of the image before.
    pub handover: Handover,
    /// The state, where it can be read.
    pub init: Option<Init>,
    /// Where the program is installed; empty when unknown.
    pub path: &'a [u8],
}

impl Resumed<'_> {
    /// Takes an argument apart; `None` when it is not one of these.
    #[must_use]
    pub fn from_argument(argument: &[u8]) -> Option<Resumed<'_>> {
        let mut parts = argument.strip_prefix(MARK)?.splitn(3, |&b| b == b' ');
        let (handover, state, path) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Resumed {
            handover: Handover::from_text(handover)?,
            init: Init::from_text(state),
            path: if path.len() <= PATH { path } else { b"" },
        })
    }
}

impl Init {
    /// The state as text.
    #[must_use]
    pub fn to_text(&self) -> Line<TEXT> {
        let (life, value) = match self.phase {
            Phase::Starting(_) => (STARTING, 0),
            Phase::Running(_, pid) => (RUNNING, u64::from(pid)),
            Phase::StartDue(_, at) => (START_DUE, at.0),
            Phase::RestartDue(at) => (RESTART_DUE, at.0),
            Phase::Between => (BETWEEN, 0),
            Phase::Deciding => (DECIDING, 0),
            Phase::Over => (OVER, 0),
        };
        let waits = [
            (self.look, LOOK),
            (self.waiting[Hook::CtrlAltDel as usize], CTRL_ALT_DEL),
            (self.waiting[Hook::PowerFail as usize], POWER_FAIL),
            (self.stop_early, STOP_EARLY),
        ];
        let waits = waits
            .into_iter()
            .filter_map(|(set, bit)| set.then_some(bit))
            .sum();
        let (term, killed) = match self.stopping {
            Stopping::No => (0, 0),
            // Zero is no deadline: one millisecond later does not matter.
            Stopping::Term(at) => (at.0.max(1), 0),
            Stopping::Killed => (0, 1),
        };
        fields([
            (b'v', VERSION),
            (b's', self.stage() as u64 + 1),
            (b'l', life),
            (b'p', value),
            (b'c', self.container.into()),
            (b't', term),
            (b'k', killed),
            (
                b'h',
                self.hooks[Hook::CtrlAltDel as usize].unwrap_or(0).into(),
            ),
            (
                b'w',
                self.hooks[Hook::PowerFail as usize].unwrap_or(0).into(),
            ),
            (b'm', waits),
            (b'r', self.keys_due.map_or(0, |at| at.0.max(1))),
            (b'e', self.named.map_or(0, Ending::number).into()),
            (b'f', self.flags.etc.number().into()),
            (b'g', self.flags.run.number().into()),
            (b'u', (self.upgrade != Upgrade::No).into()),
        ])
    }

    /// The state a text tells; `None` when it is not one.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Option<Init> {
        let values = Values::read(text)?;
        let value = |letter: u8| values.of(letter);
        if value(b'v') != VERSION {
            return None;
        }
        let stage = match value(b's') {
            1 => Stage::One,
            2 => Stage::Two,
            3 => Stage::Three,
            _ => return None,
        };
        let at = Mono(value(b'p'));
        let phase = match (value(b'l'), stage) {
            (STARTING, _) => Phase::Starting(stage),
            (RUNNING, _) => Phase::Running(stage, pid(value(b'p'))??),
            (START_DUE, _) => Phase::StartDue(stage, at),
            (RESTART_DUE, Stage::Two) => Phase::RestartDue(at),
            (BETWEEN, Stage::One) => Phase::Between,
            (DECIDING, Stage::Three) => Phase::Deciding,
            (OVER, Stage::Three) => Phase::Over,
            _ => return None,
        };
        let stopping = match (value(b't'), value(b'k')) {
            (_, 1) => Stopping::Killed,
            (0, _) => Stopping::No,
            (at, _) => Stopping::Term(Mono(at)),
        };
        let mut hooks = [None; HOOKS.len()];
        hooks[Hook::CtrlAltDel as usize] = pid(value(b'h'))?;
        hooks[Hook::PowerFail as usize] = pid(value(b'w'))?;
        let mut waiting = [false; HOOKS.len()];
        waiting[Hook::CtrlAltDel as usize] = value(b'm') & CTRL_ALT_DEL != 0;
        waiting[Hook::PowerFail as usize] = value(b'm') & POWER_FAIL != 0;
        Some(Init {
            container: value(b'c') != 0,
            phase,
            stopping,
            upgrade: match value(b'u') {
                0 => Upgrade::No,
                _ => Upgrade::Due,
            },
            hooks,
            waiting,
            keys_due: match value(b'r') {
                0 => None,
                at => Some(Mono(at)),
            },
            look: value(b'm') & LOOK != 0,
            named: Ending::from_number(value(b'e')),
            stop_early: value(b'm') & STOP_EARLY != 0,
            flags: Seen {
                etc: Flags::from_number(value(b'f')),
                run: Flags::from_number(value(b'g')),
            },
        })
    }
}

fn fields<const N: usize>(fields: [(u8, u64); N]) -> Line<TEXT> {
    let mut text = Line::new();
    for (at, (letter, value)) in fields.into_iter().enumerate() {
        if at > 0 {
            text.push(b",");
        }
        text.push(&[letter]);
        // Milliseconds since the machine started and process ids are far below the limit.
        text.number(i64::try_from(value).unwrap_or(i64::MAX));
    }
    text
}

/// The number of each letter; zero for letters that are not there.
struct Values([u64; 26]);

impl Values {
    fn read(text: &[u8]) -> Option<Values> {
        let mut values = [0u64; 26];
        for field in text.split(|&b| b == b',') {
            let (&letter, digits) = field.split_first()?;
            if !letter.is_ascii_lowercase() {
                return None;
            }
            values[usize::from(letter - b'a')] = decimal(digits)?;
        }
        Some(Values(values))
    }

    const fn of(&self, letter: u8) -> u64 {
        self.0[(letter - b'a') as usize]
    }
}

/// `Some(None)` is "no process"; `None` a number that is no process id.
fn pid(value: u64) -> Option<Option<u32>> {
    match u32::try_from(value) {
        Ok(0) => Some(None),
        // 1 is process 1 itself.
        Ok(pid) if pid > 1 && i32::try_from(pid).is_ok() => Some(Some(pid)),
        _ => None,
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, &digit| {
        let digit = digit.checked_sub(b'0').filter(|&d| d < 10)?;
        sum.checked_mul(10)?.checked_add(digit.into())
    })
}
