//! The table of which test tries which letter (`tests/COVERAGE.md`) is complete, and true.

use super::page::Page;
use super::{Options, place, read, sources};
use std::collections::{BTreeMap, BTreeSet};

/// A row: the tests, and the difference under which ours alone has the letter.
struct Row {
    tests: Vec<String>,
    difference: String,
}

/// The rows below a heading, by their letters.
fn rows(table: &str, heading: &str) -> BTreeMap<String, Row> {
    let begin = format!("\n## {heading}\n");
    let (_, text) = table
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no {heading}"));
    let text = text.split("\n## ").next().unwrap_or_default();
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{heading}: {line}");
        let row = Row {
            tests: cells[2].split(", ").map(str::to_owned).collect(),
            difference: cells[3].to_owned(),
        };
        let letter = cells[1].trim_matches('`').to_owned();
        let twice = rows.insert(letter, row).is_some();
        assert!(!twice, "{heading}: {line} is there twice");
    }
    rows
}

/// The text of a test `file::function`; it must be one.
fn test(name: &str) -> String {
    let (file, function) = name.split_once("::").expect("file::function");
    let text = read(&place("tests").join(format!("{file}.rs")));
    let head = format!("#[test]\nfn {function}() {{\n");
    let (_, body) = text
        .split_once(&head)
        .unwrap_or_else(|| panic!("no test {name}"));
    body.split("\n}\n").next().unwrap_or_default().to_owned()
}

/// A test that ends at once where the C program runs.
fn is_ours_alone(test: &str) -> bool {
    let start = test.lines().take(3).collect::<Vec<_>>().join("\n");
    start.contains("if !ours(")
}

fn demand(heading: &str, letters: &Options) {
    let table = read(&place("tests/COVERAGE.md"));
    let rows = rows(&table, heading);
    let tried: Options = rows.keys().cloned().collect();
    assert_eq!(&tried, letters, "{heading} in COVERAGE.md");
    for (letter, row) in rows {
        let tests: Vec<String> = row.tests.iter().map(|name| test(name)).collect();
        let both = tests.iter().any(|test| !is_ours_alone(test));
        let named = !row.difference.is_empty();
        assert!(both || named, "{heading} {letter}: never tried with theirs");
        if named {
            let asked = format!("ours(\"{}\")", row.difference);
            let all = read_beside(&row.tests);
            assert!(all.contains(&asked), "{heading} {letter}: {asked}?");
        }
    }
}

/// The directories that the tests are in: a test may ask through a function of its neighbours.
fn read_beside(tests: &[String]) -> String {
    let programs = tests
        .iter()
        .filter_map(|test| test.split(['/', ':']).next());
    let programs: BTreeSet<&str> = programs.collect();
    let files = programs
        .into_iter()
        .flat_map(|program| sources::files_of(&place("tests"), program));
    files.map(|file| read(&file)).collect()
}

fn dashed(letters: Options) -> Options {
    letters.into_iter().map(|l| format!("-{l}")).collect()
}

#[test]
fn every_letter_of_the_logging_programs_is_tried_on_both_sides() {
    for program in ["svlogd", "chpst", "utmpset"] {
        let page = Page::read(&format!("{program}.8"));
        demand(program, &dashed(page.options(program)));
    }
    let chpst = Page::read("chpst.8");
    let mut without_letters = Options::new();
    for name in chpst.names().into_iter().filter(|n| n != "chpst") {
        let letters = chpst.options(&name);
        if letters.is_empty() {
            without_letters.insert(name);
        } else {
            demand(&name, &dashed(letters));
        }
    }
    demand("the other names of chpst", &without_letters);
    let mut settings = Page::read("svlogd.8").first_letters("Cm");
    settings.insert("#".to_owned());
    demand("config of svlogd", &settings);
    let mut switch = dashed(Page::read("runsvchdir.8").options("runsvchdir"));
    switch.insert("runsvchdir".to_owned());
    demand("runsvchdir", &switch);
}
