//! Random arguments: every one is answered by the program's code or by one of ours, never by a
//! crash, and a usage error is told by the usage.

use crate::chpst;
use crate::common::*;
use proptest::prelude::*;
use std::fs;

const VALUES: [&str; 21] = [
    "root",
    ":1:2",
    ":",
    "+root",
    "nosuch",
    "5",
    "-5",
    "+60",
    "12x",
    "envd",
    "lock",
    "/",
    ".",
    "x",
    "-",
    "--",
    "",
    "=",
    "18446744073709551616",
    "\u{1}",
    "é",
];

/// Words that mean something to chpst, and some that do not.
fn word() -> impl Strategy<Value = String> {
    let letters = "[uUbemdopfcrt/CnlLAvPFIN012Vxz:]{1,4}";
    prop_oneof![
        letters.prop_map(|l| format!("-{l}")),
        (letters, prop::sample::select(&VALUES[..])).prop_map(|(l, v)| format!("-{l}{v}")),
        prop::sample::select(&VALUES[..]).prop_map(str::to_string),
    ]
}

#[test]
fn every_command_line_is_answered() {
    let t = Scratch::new();
    t.mkdir("envd");
    fs::write(t.path("envd/A"), "value").expect("file");
    let cases = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let words = prop::collection::vec(word(), 0..6);
    let answered = |mut words: Vec<String>| {
        words.push("true".to_string());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let out = chpst(&t, &words);
        // A limit may be too small for any program; then it is not we who die.
        let limited = words.iter().any(|w| w.contains(['m', 'd', 't', 'f']));
        let known = [0, 100, 111, 127].contains(&out.code);
        let died = limited && [-11, -9, -24, -25, 126].contains(&out.code);
        prop_assert!(known || died, "{words:?}: {out:?}");
        let told = out.stderr.contains("usage: chpst ");
        prop_assert_eq!(out.code == 100, told, "{:?}: {:?}", words, out);
        prop_assert!(!out.stderr.contains("panicked"), "{words:?}: {out:?}");
        Ok(())
    };
    let mut runner = proptest::test_runner::TestRunner::new(cases);
    runner.run(&words, answered).expect("answered");
}
