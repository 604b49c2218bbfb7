//! Torture: numbered lines into a svlogd that is killed, signalled, robbed of its processor, its disk
//! and its time, over and over; each line must come out once and in order, or be counted.
//!
//! A run is a row of rounds, each with other options and config files. What happens is decided by a
//! seed, when it happens by the machine.

mod check;
mod disk;
mod lines;
mod round;

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What to do.
pub struct Plan {
    /// The svlogd.
    pub program: PathBuf,
    /// A directory to work in; empty.
    pub dir: PathBuf,
    /// How long.
    pub time: Duration,
    /// What happens.
    pub seed: u64,
    /// Step the clock, too: only where it is nobody else's.
    pub clock: bool,
    /// The directory is a small file system of our own, and may be filled.
    pub disk: bool,
}

/// What happened.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
    pub rounds: u64,
    pub lines: u64,
    pub bytes: u64,
    pub dropped: u64,
    pub markers: u64,
    pub files: u64,
    pub kills: u64,
    pub terms: u64,
    /// Lines that came in two, since their end did not come within a second of TERM.
    pub torn: u64,
    pub hups: u64,
    pub alarms: u64,
    pub processor_kills: u64,
    pub fills: u64,
    pub steps: u64,
    pub stops: u64,
}

/// Random numbers from a seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ x >> 31) % end
    }

    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// Does it; panics where a line is lost, doubled, torn or out of order.
pub fn run(plan: &Plan) -> Counts {
    let mut counts = Counts::default();
    let mut dice = Dice::new(plan.seed);
    let end = Instant::now() + plan.time;
    while Instant::now() < end || counts.rounds == 0 {
        counts.rounds += 1;
        round::play(plan, &mut dice, &mut counts, end);
    }
    assert!(counts.torn <= 2 * counts.terms, "{counts:?}");
    counts
}
