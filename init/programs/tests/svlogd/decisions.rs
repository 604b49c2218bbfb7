//! Random patterns and lines: what the program under test decides is what the rules in core say.
//!
//! Run with `theirs` it compares core with the C program. A case is one svlogd with many logs, each
//! with rules of its own; `PROPTEST_CASES` says how many cases there are.

use crate::logs::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
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
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config::default();
    let mut runner = TestRunner::new(Config {
        cases: if asked { config.cases } else { 10 },
        failure_persistence: None,
        ..config
    });
    let lines = vec(word(7), LINES).prop_map(|lines| lines.into_iter().collect());
    let cases = (vec(rules(), LOGS), lines);
    let decided = runner.run(&cases, |(configs, lines)| decide(&configs, &lines));
    decided.unwrap_or_else(|e| panic!("{e}"));
}
