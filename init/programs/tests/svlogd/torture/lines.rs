//! The lines: what is in each follows from its number. And who writes them into the pipe.

use super::Dice;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Line `number`, with its end. Every third has an x, and no other letter x is in any.
pub fn line(number: u64) -> Vec<u8> {
    let mut dice = Dice::new(number);
    let len = match dice.below(400) {
        0 => dice.below(20_000),
        1..=20 => 0,
        21..=60 => dice.below(2_500),
        _ => dice.below(150),
    };
    let mark = if left_out(number) { "x" } else { "." };
    let mut line = format!("{number:010} {mark}").into_bytes();
    let first = dice.below(20);
    line.extend((0..len).map(|i| b'a' + ((first + i) % 20) as u8));
    line.push(b'\n');
    line
}

/// The pattern `*x*` matches it.
pub fn left_out(number: u64) -> bool {
    number % 3 == 0
}

/// Writes lines until it is told to stop.
pub struct Writer {
    thread: JoinHandle<()>,
    stop: Arc<AtomicBool>,
    lines: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
}

impl Writer {
    pub fn start(pipe: File, seed: u64) -> Writer {
        let stop = Arc::new(AtomicBool::new(false));
        let lines = Arc::new(AtomicU64::new(0));
        let bytes = Arc::new(AtomicU64::new(0));
        let shared = (stop.clone(), lines.clone(), bytes.clone());
        let thread =
            thread::spawn(move || write(pipe, Dice::new(seed), &shared.0, &shared.1, &shared.2));
        Writer {
            thread,
            stop,
            lines,
            bytes,
        }
    }

    /// Finishes the line it is in and closes the pipe; still has to be waited for.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Waits; how many lines and bytes there were.
    pub fn finish(self) -> (u64, u64) {
        self.thread.join().expect("the writer");
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.lines), count(&self.bytes))
    }
}

fn write(
    mut pipe: File,
    mut dice: Dice,
    stop: &AtomicBool,
    lines: &AtomicU64,
    written: &AtomicU64,
) {
    let mut next = 0;
    let mut held: Vec<u8> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        // A burst or a trickle: so many lines, so many at once, and a pause now and then.
        let (count, at_once, pause) = match dice.below(5) {
            0 => (dice.below(3_000), 60_000, 0),
            1 => (dice.below(40), 1, 2_000),
            2 => (dice.below(300), 1, 0),
            3 => (dice.below(300), dice.below(300) as usize + 1, 100),
            _ => (1, 1, dice.below(40_000)),
        };
        let mut put = |bytes: &[u8]| {
            pipe.write_all(bytes).expect("the pipe is held open");
            written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        };
        for _ in 0..count {
            held.extend(line(next));
            next += 1;
            while held.len() >= at_once {
                // Not always whole lines; but the rest follows at once, since at TERM svlogd waits
                // for it no longer than a second.
                let some = held.len().min(at_once + 200);
                put(&held[..some]);
                held.drain(..some);
            }
            if pause > 0 && dice.below(8) == 0 {
                put(&held);
                held.clear();
                thread::sleep(Duration::from_micros(pause));
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        put(&held);
        held.clear();
    }
    lines.store(next, Ordering::Relaxed);
}
