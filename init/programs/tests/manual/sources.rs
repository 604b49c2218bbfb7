//! What a program takes, as its source says it.
//!
//! Options stand in one of three forms: the letters given to `Options::new`, or a constant
//! `LETTERS`; words in quotes (`b"-V"`, `b"--force"`) that are compared with an argument; or, in a
//! file called `options.rs`, single letters that are matched. A program that takes its options
//! apart in another way is refused, so that none is overlooked.

use super::{Options, place, programs, read};
use std::fs;
use std::path::{Path, PathBuf};

/// Options that are not for people.
const INTERNAL: [(&str, &str); 1] = [("runit", "-probe")];

/// Tables of programs that are several: file, function, and the name they are for.
const SEVERAL: [(&str, &str, &str); 4] = [
    ("sv/log.rs", "main", "sv log"),
    ("sv/older.rs", "status", "runsvstat"),
    ("sv/older.rs", "wait_up", "svwaitup"),
    ("sv/older.rs", "wait_down", "svwaitdown"),
];

/// The sources of a program, or of its tests: `NAME.rs`, and all of `NAME/`.
pub fn files_of(dir: &Path, name: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for name in [name.to_owned(), name.replace('-', "_")] {
        files.push(dir.join(format!("{name}.rs")));
        let inside = fs::read_dir(dir.join(&name)).into_iter().flatten();
        files.extend(inside.map(|entry| entry.expect("source").path()));
    }
    files.retain(|file| file.extension().is_some_and(|e| e == "rs") && file.exists());
    files.sort();
    files.dedup();
    files
}

fn sources(program: &str) -> Vec<(PathBuf, String)> {
    let files = files_of(&place("src"), program);
    assert!(!files.is_empty(), "{program} has no source");
    let read = files.into_iter().map(|file| {
        let text = read(&file);
        // What tests type is not what the program takes.
        let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
        (file, code.to_owned())
    });
    read.collect()
}

/// The options that a program takes under this name.
///
/// A table in a function that is called like one of the names belongs to that name; every other
/// one to the program.
pub fn options(program: &str, called: &str) -> Options {
    let others = names_with_tables(program);
    let mine = |table: &Option<String>| match table {
        Some(name) => name == called,
        None if others.is_empty() => true,
        None => called == program,
    };
    let mut found = Options::new();
    for (_, table, options) in tables(program) {
        if mine(&table) {
            found.extend(options);
        }
    }
    for (name, option) in INTERNAL {
        if name == program {
            assert!(found.remove(option), "{program} has no {option} any more");
        }
    }
    found
}

/// Names of the program for which there are tables of their own.
fn names_with_tables(program: &str) -> Vec<String> {
    let names = tables(program).into_iter().filter_map(|(_, name, _)| name);
    names.filter(|name| name != program).collect()
}

/// File, name where the table is of one name, and the options of each table.
fn tables(program: &str) -> Vec<(PathBuf, Option<String>, Options)> {
    let names: Vec<String> = super::page::links()
        .into_iter()
        .filter(|(_, of)| of == program)
        .map(|(name, _)| name)
        .chain([program.to_owned()])
        .collect();
    let mut found = Vec::new();
    for (file, code) in sources(program) {
        let by_hand = code.contains("[b'-',");
        assert!(
            !by_hand || file.ends_with("options.rs"),
            "{} takes options apart: move that to options.rs",
            file.display()
        );
        for mark in ["Options::new(b\"", "LETTERS: &[u8] = b\""] {
            for (at, letters) in quoted(&code, mark) {
                let function = function_at(&code, at);
                let several = SEVERAL
                    .iter()
                    .find(|(path, of, _)| file.ends_with(path) && function.as_deref() == Some(of));
                let name = match several {
                    Some((_, _, name)) => Some((*name).to_owned()),
                    None => function.filter(|f| names.contains(f)),
                };
                let letters = letters.chars().filter(|&c| c != ':');
                found.push((file.clone(), name, letters.map(String::from).collect()));
            }
        }
        let words = quoted(&code, "b\"-").into_iter().filter_map(|(_, word)| {
            let is_long = word.starts_with('-') && word.len() > 1;
            (is_long || (word.len() == 1 && word != "-")).then_some(word)
        });
        found.push((file.clone(), None, words.collect()));
        if by_hand {
            let letters = quoted(&code, "b'").into_iter().map(|(_, letter)| letter);
            let letters = letters.filter(|l| l != "-").collect();
            found.push((file.clone(), None, letters));
        }
    }
    found
}

/// What stands between each `mark` and the next quote, and where.
fn quoted(code: &str, mark: &str) -> Vec<(usize, String)> {
    let end = mark
        .chars()
        .rfind(|c| matches!(c, '"' | '\''))
        .expect("a quote");
    let texts = code.match_indices(mark).filter_map(|(at, _)| {
        let rest = &code[at + mark.len()..];
        Some((at, rest[..rest.find(end)?].to_owned()))
    });
    texts.collect()
}

/// The name of the function that a position is in.
fn function_at(code: &str, at: usize) -> Option<String> {
    let line = code[..at].lines().rev().find_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("pub ")
            .unwrap_or(line)
            .strip_prefix("fn ")
    })?;
    line.split('(').next().map(str::to_owned)
}

/// What follows the name in the usage line, where that is a constant of the source.
pub fn usage(program: &str) -> Option<String> {
    let texts = sources(program)
        .into_iter()
        .flat_map(|(_, code)| quoted(&code, "USAGE: &[u8] = b\""));
    let (_, text) = texts.into_iter().next()?;
    text.split("\\n").next().map(str::to_owned)
}

/// The options in a usage line: letters in bundles, or words after two dashes.
pub fn options_in_usage(usage: &str) -> Options {
    let words = usage.split([' ', '[', ']', '|']);
    let mut found = Options::new();
    for bundle in words.filter_map(|word| word.strip_prefix('-')) {
        if bundle.starts_with('-') {
            found.insert(bundle.to_owned());
        } else {
            found.extend(bundle.chars().map(String::from));
        }
    }
    found
}

/// The words that sv matches whole, and the letters that decide for all others.
pub fn sv_words() -> (Options, Options) {
    let code = read(&place("src/sv/words.rs"));
    let pattern = |mark| {
        let found = quoted(&code, mark).into_iter().filter(|(at, text)| {
            let after = &code[at + mark.len() + text.len() + 1..];
            let after = after.trim_start();
            after.starts_with("=>") || after.starts_with('|')
        });
        found.map(|(_, text)| text).collect::<Options>()
    };
    let (mut words, letters) = (pattern("b\""), pattern("b'"));
    // Told apart before all others.
    let log = read(&place("src/sv/log.rs"));
    words.extend(
        quoted(&log, "WORD: &[u8] = b\"")
            .into_iter()
            .map(|(_, word)| word),
    );
    assert!(
        words.contains("start") && letters.contains("u"),
        "{words:?} {letters:?}"
    );
    (words, letters)
}

/// The bytes that a file matches, each with an arm of its own or among others.
pub fn matched_bytes(path: &str) -> Options {
    let text = read(&place(path));
    let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
    let arms = code
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("b'"));
    arms.filter_map(|arm| arm.split("=>").next())
        .flat_map(|patterns| quoted(patterns, "b'"))
        .map(|(_, byte)| byte)
        .collect()
}

#[test]
fn sources_are_read() {
    let set = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Options>();
    assert_eq!(
        options_in_usage(" [-vP] [-u [+]user[:group]] [-l|-L lock] [ -nN ] [--no-wall] prog"),
        set(&["v", "P", "u", "l", "L", "n", "N", "-no-wall"])
    );
    assert_eq!(options("chpst", "setlock"), set(&["n", "N", "x", "X"]));
    assert_eq!(options("chpst", "envdir"), set(&[]));
    assert!(options("chpst", "chpst").contains("/"));
    assert_eq!(options("halt", "reboot"), options("halt", "halt"));
    assert_eq!(options("runsvdir", "runsvdir"), set(&["P"]));
    assert!(
        programs()
            .iter()
            .all(|program| !sources(program).is_empty())
    );
}
