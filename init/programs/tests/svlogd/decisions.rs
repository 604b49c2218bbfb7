//! Random rules, lines and numbers: what the program under test decides is what core says.
//!
//! Run with `theirs` it compares core with the C program. A case is one svlogd with many logs, each
//! with rules of its own; `PROPTEST_CASES` says how many cases there are.

use crate::common::*;
use crate::logs::*;
use proptest::collection::vec;
use proptest::prelude::*;
use runit_core::log_config::{self, Setting};
use runit_core::log_pattern::{Chosen, Rule, Verdict, choose};
use std::collections::BTreeSet;
use std::fs;

/// Logs of one svlogd, and lines for them all.
const LOGS: usize = 40;
const LINES: usize = 300;
/// Before each line stands this longer one of a byte that no pattern has: the C program looks at
/// what the line before left in its buffer when a text ends before a `+`.
const BETWEEN: &[u8] = b"################";

/// Bytes that mean something in patterns, and some that do not, so few that they meet often.
fn word(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(prop::sample::select(b"aab*+".to_vec()), 0..=most)
}

/// Lines of a config: a log that begins with nothing or with everything, and a few rules.
fn rules() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let sign = prop::sample::select(b"++-eE".to_vec());
    let rule = (sign, word(5)).prop_map(|(sign, pattern)| [&[sign], &pattern[..]].concat());
    (any::<bool>(), vec(rule, 0..5)).prop_map(|(nothing, mut rules)| {
        if nothing {
            rules.insert(0, b"-*".to_vec());
        }
        rules
    })
}

/// What core says of a line under these rules.
fn should(lines: &[Vec<u8>], line: &[u8]) -> Chosen {
    let text = lines.concat();
    let mut start = 0;
    let rules = lines.iter().map(|rule| {
        let end = start + rule.len();
        let verdict = match rule[0] {
            b'+' => Verdict::Keep,
            b'-' => Verdict::Leave,
            b'e' => Verdict::Alert,
            _ => Verdict::Hush,
        };
        let rule = Rule {
            verdict,
            start: start + 1,
            end,
        };
        start = end;
        rule
    });
    choose(&rules.collect::<Vec<_>>(), &text, line)
}

/// The lines behind this prefix.
fn behind<'a>(text: &'a [u8], prefix: &[u8]) -> BTreeSet<&'a [u8]> {
    let lines = text.split(|&b| b == b'\n');
    lines.filter_map(|line| line.strip_prefix(prefix)).collect()
}

fn decide(configs: &[Vec<Vec<u8>>], lines: &BTreeSet<Vec<u8>>) -> Result<(), TestCaseError> {
    let logs = Logs::new();
    let name = |number: usize| format!("{number}> ");
    for (number, rules) in configs.iter().enumerate() {
        let mut config = format!("p{}\n", name(number)).into_bytes();
        for rule in rules {
            config.extend_from_slice(rule);
            config.push(b'\n');
        }
        let dir = logs.t.mkdir(number.to_string());
        fs::write(dir.join("config"), config).expect("config");
    }
    let mut input = Vec::new();
    for line in lines {
        input.extend([BETWEEN, b"\n", line, b"\n"].concat());
    }
    let names = (0..configs.len()).map(|n| n.to_string());
    let out = logs.feed(logs.t.program("svlogd").args(names), &input);
    prop_assert_eq!(out.code, 0, "{}", out.stderr);
    for (number, rules) in configs.iter().enumerate() {
        let prefix = name(number).into_bytes();
        let current = fs::read(logs.t.path(number.to_string()).join("current"));
        let current = current.expect("current");
        let kept = behind(&current, &prefix);
        let alerted = behind(out.stderr.as_bytes(), &prefix);
        for line in lines {
            let is = Chosen {
                keep: kept.contains(&line[..]),
                alert: alerted.contains(&line[..]),
            };
            let text: Vec<_> = rules.iter().map(|r| String::from_utf8_lossy(r)).collect();
            let of = String::from_utf8_lossy(line);
            prop_assert_eq!(is, should(rules, line), "{:?} of {:?}", text, of);
        }
    }
    Ok(())
}

#[test]
fn random_rules_decide_alike() {
    let mut runner = random::runner(10);
    let lines = vec(word(7), LINES).prop_map(|lines| lines.into_iter().collect());
    let cases = (vec(rules(), LOGS), lines);
    let decided = runner.run(&cases, |(configs, lines)| decide(&configs, &lines));
    decided.unwrap_or_else(|e| panic!("{e}"));
}

/// Numbers as people write them, and as they do not: with units, blanks, signs and letters.
fn number() -> impl Strategy<Value = String> {
    "[ +-]?[0-9]{0,3}[kmh]?[ a-z\\t]?[0-9]?"
}

/// What core makes of a line, written in the plainest way. Where it finds no number the setting
/// stays as it is; the C program takes that for 0.
fn plain(line: &str, default: u64) -> String {
    let number = match log_config::line(line.as_bytes()).setting {
        Some(Setting::Size(number) | Setting::Files(number)) => number,
        _ if ours("svlogd-complains-about-config") => default,
        _ => 0,
    };
    format!("{}{number}", &line[..1])
}

/// Logs whose numbers are written in some way do what logs do whose numbers are written plainly.
#[test]
fn random_numbers_mean_what_core_reads() {
    let pairs = (number(), number()).prop_map(|(size, files)| {
        let (size, files) = (format!("s{size}"), format!("n{files}"));
        let plainly = (plain(&size, 1_000_000), plain(&files, 10));
        [(size, files), plainly].map(|(size, files)| format!("{size}\n{files}\n"))
    });
    let input: String = (0..20).map(|n| format!("line {n:04}\n")).collect();
    let mut runner = random::runner(2);
    let read = runner.run(&vec(pairs, LOGS / 2), |pairs| {
        let logs = Logs::new();
        for (number, pair) in pairs.iter().enumerate() {
            for (side, config) in ["written", "plain"].iter().zip(pair) {
                let dir = logs.t.mkdir(format!("{side}-{number}"));
                fs::write(dir.join("config"), config).expect("config");
            }
        }
        let dirs: Vec<_> = ["written", "plain"]
            .iter()
            .flat_map(|side| (0..pairs.len()).map(move |n| format!("{side}-{n}")))
            .collect();
        let program = logs.t.program("svlogd").args(["-l", "10", "-b", "11"]);
        let out = logs.feed(program.args(&dirs), &input);
        prop_assert_eq!(out.code, 0, "{}", out.stderr);
        let sizes = |dir: String| -> Vec<u64> {
            let dir = logs.t.path(dir);
            let size = |name: String| fs::metadata(dir.join(name)).expect("a log file").len();
            names(&dir).into_iter().map(size).collect()
        };
        for (number, pair) in pairs.iter().enumerate() {
            let (written, plainly) = (format!("written-{number}"), format!("plain-{number}"));
            prop_assert_eq!(sizes(written), sizes(plainly), "{:?}", pair);
        }
        Ok(())
    });
    read.unwrap_or_else(|e| panic!("{e}"));
}
