//! Random arguments: every one is answered by the program's code or by one of ours, never by a
//! crash, and a usage error is told by the usage. Random files in a directory of variables: each
//! means what core reads, on either side.

use crate::common::*;
use crate::{chpst, said};
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
    random::runner(256).run(&words, answered).expect("answered");
}

/// Contents of random bytes, many of them those that mean something, become what core reads.
#[test]
fn random_files_mean_what_core_reads() {
    let byte = prop_oneof![
        3 => prop::sample::select(b"\n \t\0\0\r=a".to_vec()),
        1 => any::<u8>(),
    ];
    let contents = prop::collection::vec(prop::collection::vec(byte, 0..12), 200);
    let read = random::runner(10).run(&contents, |contents| {
        let t = Scratch::new();
        let dir = t.mkdir("env");
        for (number, content) in contents.iter().enumerate() {
            fs::write(dir.join(format!("V{number}_")), content).expect("file");
        }
        // Each was set before, so that removing it can be told from doing nothing.
        let old = (0..contents.len()).map(|n| format!("V{n}_=old"));
        let run = t.command("env").args(old).arg(program_path("chpst"));
        let run = run
            .args(["-e", "env", "cp", "/proc/self/environ", "seen"])
            .run();
        prop_assert_eq!(run, said(""));
        let seen = fs::read(t.path("seen")).expect("seen");
        let seen: Vec<&[u8]> = seen.split(|&b| b == 0).collect();
        for (number, mut content) in contents.into_iter().enumerate() {
            let name = format!("V{number}_=");
            let is: Vec<_> = seen
                .iter()
                .filter_map(|v| v.strip_prefix(name.as_bytes()))
                .collect();
            let text = String::from_utf8_lossy(&content).into_owned();
            let should: Vec<_> = runit_core::envdir::value(&mut content)
                .into_iter()
                .collect();
            prop_assert_eq!(is, should, "{:?}", text);
        }
        Ok(())
    });
    read.unwrap_or_else(|e| panic!("{e}"));
}
