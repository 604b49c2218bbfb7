//! `make bench-reboot`: the time from `reboot` to the reset of the machine, with 1, 100 and 1,000
//! services that end at once; ours, Debian's runit and the services alone in turn, so that
//! whatever else this machine does meets all of them. One Markdown table.
//!
//! Two clocks. *Instructions*: QEMU's clock counts the guest's instructions (4 ns each), so two runs
//! agree whatever else this machine does; sleeps count in full. *Wall*: seconds of our own clock.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use vm_tests::ends::{BEGIN, END, Side};
use vm_tests::{End, Guest};

/// The clock of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Clock {
    Instructions,
    Wall,
}

struct Asked {
    rounds: usize,
    counts: Vec<usize>,
    clocks: Vec<Clock>,
    sides: Vec<Side>,
    markdown: Option<String>,
}

const CLOCKS: [(&str, Clock); 2] = [("instructions", Clock::Instructions), ("wall", Clock::Wall)];
const SIDES: [(&str, Side); 3] = [
    ("ours", Side::Ours),
    ("debian", Side::Debian),
    ("floor", Side::Floor),
];

/// The values of a list of names; `what` they are, for the complaint.
fn named<T: Copy>(what: &str, list: &str, known: &[(&str, T)]) -> Result<Vec<T>, String> {
    let find = |name| {
        let found = known.iter().find(|(known, _)| *known == name);
        found
            .map(|&(_, value)| value)
            .ok_or_else(|| format!("no {what} '{name}'"))
    };
    list.split(',').map(find).collect()
}

fn main() -> ExitCode {
    let asked = match arguments() {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("vm-reboot: {why}");
            eprintln!(
                "usage: vm-reboot [--quick] [--rounds N] [--services N,...] [--clocks instructions,wall] [--sides ours,debian,floor] [--markdown FILE]"
            );
            return ExitCode::from(100);
        }
    };
    let begin = Instant::now();
    let mut found: BTreeMap<(Clock, usize, usize), Vec<f64>> = BTreeMap::new();
    for round in 0..asked.rounds {
        for &count in &asked.counts {
            for &clock in &asked.clocks {
                let mut line = format!(
                    "{:5.0} s  round {}, {count} services,",
                    begin.elapsed().as_secs_f64(),
                    round + 1
                );
                for turn in 0..asked.sides.len() {
                    let which = (turn + round) % asked.sides.len();
                    let side = asked.sides[which];
                    let ms = measure(side, count, clock);
                    found.entry((clock, count, which)).or_default().push(ms);
                    let _ = write!(line, " {} {ms:.0} ms,", side.title());
                }
                eprintln!("{line} {clock:?}");
            }
        }
    }
    let text = table(&asked, &found);
    print!("{text}");
    if let Some(file) = &asked.markdown {
        let about = format!(
            "# From `reboot` to the reset of the machine\n\nMade by `make bench-reboot`.\n\n{text}"
        );
        if let Err(e) = std::fs::write(file, about) {
            eprintln!("vm-reboot: {file}: {e}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn arguments() -> Result<Asked, String> {
    let mut asked = Asked {
        rounds: 3,
        counts: vec![1, 100, 1000],
        clocks: vec![Clock::Instructions, Clock::Wall],
        sides: Side::ALL.to_vec(),
        markdown: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--quick" {
            (asked.rounds, asked.counts, asked.clocks) =
                (1, vec![1, 100], vec![Clock::Instructions]);
            continue;
        }
        let value = words
            .next()
            .ok_or_else(|| format!("{word}: a value is missing"))?;
        let numbers = || {
            value
                .split(',')
                .map(str::parse)
                .collect::<Result<Vec<usize>, _>>()
                .map_err(|e| format!("{word}: {e}"))
        };
        match word.as_str() {
            "--rounds" => asked.rounds = numbers()?[0].max(1),
            "--services" => asked.counts = numbers()?,
            "--markdown" => asked.markdown = Some(value),
            "--clocks" => asked.clocks = named("clock", &value, &CLOCKS)?,
            "--sides" => asked.sides = named("side", &value, &SIDES)?,
            _ => return Err(format!("unknown option {word}")),
        }
    }
    Ok(asked)
}

/// Boots a guest, waits for its end, and gives the milliseconds between the two words of its kernel.
fn measure(side: Side, count: usize, clock: Clock) -> f64 {
    let name = format!("bench-reboot-{side:?}-{count}-{clock:?}");
    let tree = side.tree(count).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut guest = Guest::of(&name, tree)
        .memory(1024)
        .words(&format!("SERVICES={count}"));
    if clock == Clock::Instructions {
        guest = guest.qemu(&["-icount", "shift=2,sleep=off"]);
    }
    let mut vm = guest.start();
    vm.expect(BEGIN);
    let begin = Instant::now();
    assert_eq!(vm.ends(), End::Reset, "{name}");
    let wall = begin.elapsed().as_secs_f64() * 1000.0;
    vm.expect_ever(END, 1);
    match clock {
        Clock::Wall => wall,
        Clock::Instructions => {
            let said = vm.transcript();
            let at =
                |word| stamp(&said, word).unwrap_or_else(|| panic!("{name}: no time of '{word}'"));
            (at(END) - at(BEGIN)) * 1000.0
        }
    }
}

/// The kernel's time, in seconds, in front of a word of its: `[   12.345678] word`.
fn stamp(said: &str, word: &str) -> Option<f64> {
    let line = &said[..said.find(word)?];
    let from = line.rfind('[')? + 1;
    line[from..].split(']').next()?.trim().parse().ok()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn table(asked: &Asked, found: &BTreeMap<(Clock, usize, usize), Vec<f64>>) -> String {
    let mut text = String::from("| services | clock |");
    for side in &asked.sides {
        let _ = write!(text, " {} |", side.title());
    }
    text.push_str("\n|---:|---|");
    text.push_str(&"---:|".repeat(asked.sides.len()));
    text.push('\n');
    for &count in &asked.counts {
        for &clock in &asked.clocks {
            let _ = write!(
                text,
                "| {count} | {} |",
                if clock == Clock::Wall {
                    "wall"
                } else {
                    "instructions"
                }
            );
            for which in 0..asked.sides.len() {
                let values = found
                    .get(&(clock, count, which))
                    .map_or(&[][..], Vec::as_slice);
                let (low, high) = values.iter().fold((f64::MAX, 0.0_f64), |(low, high), v| {
                    (low.min(*v), high.max(*v))
                });
                let _ = write!(text, " {:.0} ms ({low:.0}-{high:.0}) |", median(values));
            }
            text.push('\n');
        }
    }
    text
}
