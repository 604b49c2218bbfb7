//! Rules about the sources.

use super::code;
use super::tree::File;

/// Most lines of a file, and of a file of tests.
const MOST_LINES: usize = 600;
const MOST_LINES_OF_TESTS: usize = 800;
/// Most lines of code of a program's door.
const MOST_LINES_OF_A_DOOR: usize = 3;
/// The one place of unsafe code, and the one that knows of systems.
const SYS: &str = "init/sys/src/";
const PLATFORM: &str = "init/sys/src/platform/";
const CORE: &str = "init/core/src/";
const DOORS: &str = "init/programs/src/bin/";

fn rust(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|f| f.is_rust())
}

/// `PATH:LINE: what`
fn complaint(file: &File, line: usize, what: &str) -> String {
    format!("{}:{}: {what}", file.path, line + 1)
}

/// Numbers of the lines whose code has this word.
fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let lines = code.lines().enumerate();
    lines
        .filter(|(_, line)| code::has_word(line, word))
        .map(|(n, _)| n)
        .collect()
}

pub fn unsafe_outside_sys(files: &[File]) -> Vec<String> {
    word_outside(files, "unsafe", SYS)
}

pub fn target_os_outside_platform(files: &[File]) -> Vec<String> {
    word_outside(files, "target_os", PLATFORM)
}

fn word_outside(files: &[File], word: &str, place: &str) -> Vec<String> {
    let others = rust(files).filter(|f| !f.path.starts_with(place));
    others
        .flat_map(|f| {
            let lines = lines_with(&code::only(&f.text), word);
            lines
                .into_iter()
                .map(|n| complaint(f, n, &format!("{word} belongs to {place}")))
        })
        .collect()
}

pub fn unsafe_without_reason(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in rust(files).filter(|f| f.path.starts_with(SYS)) {
        let code = code::only(&file.text);
        let code: Vec<&str> = code.lines().collect();
        let text: Vec<&str> = file.text.lines().collect();
        for n in lines_with(&code.join("\n"), "unsafe") {
            if !has_reason(&text, &code, n) && !in_unsafe_impl(&code, n) {
                complaints.push(complaint(file, n, "no SAFETY: sentence before it"));
            }
        }
    }
    complaints
}

/// A comment with the reason stands above the statement or item.
fn has_reason(text: &[&str], code: &[&str], n: usize) -> bool {
    let mut above = (0..n).rev().peekable();
    // Up to where the statement begins.
    while let Some(&line) = above.peek() {
        let before = code[line].trim();
        let ended = before.ends_with([';', '{', '}', ',']);
        let attribute = before.starts_with("#[");
        if before.is_empty() || (ended && !attribute) {
            break;
        }
        above.next();
    }
    let comment: Vec<&str> = above
        .map(|line| text[line].trim())
        .take_while(|line| line.starts_with("//"))
        .collect();
    // From the bottom up, so what follows the mark was seen before it.
    let mut words = 0;
    for line in comment {
        let line = line.trim_start_matches(['/', '!']).trim();
        if let Some(rest) = line.strip_prefix("SAFETY:") {
            return words + rest.split_whitespace().count() >= 3;
        }
        if line == "# Safety" {
            return words >= 3;
        }
        words += line.split_whitespace().count();
    }
    false
}

/// Functions of an unsafe impl have the promise of the trait.
fn in_unsafe_impl(code: &[&str], n: usize) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    if !code[n].trim_start().starts_with("unsafe fn") {
        return false;
    }
    let outer = (0..n)
        .rev()
        .find(|&line| !code[line].trim().is_empty() && depth(code[line]) < depth(code[n]));
    outer.is_some_and(|line| code[line].trim_start().starts_with("unsafe impl"))
}

pub fn core_with_more_than_core(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in rust(files).filter(|f| f.path.starts_with(CORE)) {
        if file.path.ends_with("src/lib.rs") {
            for promise in ["#![no_std]", "#![forbid(unsafe_code)]"] {
                if !file.text.lines().any(|line| line == promise) {
                    complaints.push(complaint(file, 0, &format!("no {promise}")));
                }
            }
        }
        let code = without_tests(&code::only(&file.text));
        for word in ["std", "alloc"] {
            for n in lines_with(&code, word) {
                complaints.push(complaint(file, n, &format!("{word} is above the core")));
            }
        }
    }
    complaints
}

/// Blanks out items that are there for tests only.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    // Indentation of the item that is being left out, and whether its body has begun.
    let mut leaving: Option<&str> = None;
    for line in code.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match leaving {
            None if line.trim() == "#[cfg(test)]" => leaving = Some(indent),
            None => out.push_str(line),
            Some(item) => {
                let ends = line.trim_end().ends_with([';', '}']);
                if indent == item && ends && !line.trim().is_empty() {
                    leaving = None;
                }
            }
        }
        out.push('\n');
    }
    out
}

pub fn without_head(files: &[File]) -> Vec<String> {
    rust(files)
        .filter(|f| {
            let head = f.text.lines().next().unwrap_or_default();
            head.strip_prefix("//!")
                .is_none_or(|says| says.trim().is_empty())
        })
        .map(|f| complaint(f, 0, "does not begin with a //! that says what it is for"))
        .collect()
}

pub fn too_long(files: &[File]) -> Vec<String> {
    let long = rust(files).filter_map(|f| {
        let most = if f.is_test() {
            MOST_LINES_OF_TESTS
        } else {
            MOST_LINES
        };
        let lines = f.text.lines().count();
        (lines > most).then(|| complaint(f, lines, &format!("more than {most} lines")))
    });
    long.collect()
}

pub fn doors_with_rooms(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for door in rust(files).filter(|f| f.path.starts_with(DOORS)) {
        let code = code::only(&door.text);
        let lines = code.lines().filter(|line| !line.trim().is_empty()).count();
        if lines > MOST_LINES_OF_A_DOOR {
            let what = format!("more than {MOST_LINES_OF_A_DOOR} lines of code");
            complaints.push(complaint(door, 0, &what));
        }
        // An ordinary main is killed before it begins where descriptors 0 to 2 are closed.
        if !code.contains("#![no_main]") || !code.contains("runit_sys::entry!(") {
            complaints.push(complaint(door, 0, "not a C entry by runit_sys::entry!"));
        }
    }
    complaints
}
