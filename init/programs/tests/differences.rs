//! The list of differences and the tests agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const LIST: &str = include_str!("DIFFERENCES.md");

/// The text of all test programs.
fn tests_in(dir: &Path, text: &mut String) {
    for entry in fs::read_dir(dir).expect("the tests are here").flatten() {
        let path = entry.path();
        if path.is_dir() {
            tests_in(&path, text);
        } else if path.extension().is_some_and(|e| e == "rs") {
            text.push_str(&fs::read_to_string(path).expect("a test is text"));
        }
    }
}

#[test]
fn every_difference_is_tested_described_and_named_once() {
    let mut tests = String::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    tests_in(&here, &mut tests);
    let mut seen = BTreeSet::new();
    let sections: Vec<&str> = LIST.split("\n### ").skip(1).collect();
    assert!(sections.len() > 20);
    for section in sections {
        let (name, text) = section.split_once('\n').expect("a name and a text");
        assert!(seen.insert(name), "{name} is listed twice");
        let text = text.split("\n## ").next().unwrap_or_default();
        assert!(text.trim().len() > 10, "{name} is not described");
        let used = [
            format!("ours(\"{name}\")"),
            format!("their_old(\"{name}\")"),
        ];
        assert!(
            used.iter().any(|u| tests.contains(u)),
            "no test asks for {name}"
        );
    }
}
