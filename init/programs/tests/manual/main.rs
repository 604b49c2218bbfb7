//! Programs, their pages, their completions and their tests agree: what a program takes is
//! documented and completed, and nothing else is.
//!
//! What a program takes is read from its source ([`sources`]) and, where that does no harm, asked
//! of the program itself. It must never call a program in a way that could end the machine: halt
//! and its other names are read and not run.

mod completions;
mod coverage;
mod page;
mod sources;

use page::Page;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Letters, and words with one dash in front for long options.
type Options = BTreeSet<String>;

/// A name a program goes by.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    /// The name itself.
    called: String,
    /// The program that it is a name of.
    program: String,
}

/// Programs that can be called without doing anything, and the arguments that have them explain
/// themselves.
const EXPLAIN_THEMSELVES: [(&str, &[&str]); 17] = [
    ("boot-duty", &[]),
    ("chpst", &[]),
    ("coldplug", &["-x"]),
    ("initctld", &["-x"]),
    ("power-button", &[]),
    ("zzz", &["-x"]),
    ("runit-init", &[]),
    ("runlevel", &["-x"]),
    ("runsv", &[]),
    ("runsvchdir", &[]),
    ("runsvdir", &[]),
    ("seedrng", &["-x"]),
    ("sv", &[]),
    ("svlogd", &[]),
    ("svtai", &["-Z"]),
    ("utmpset", &[]),
    ("wait4path", &[]),
];
/// Names under which they name a letter that they do not know.
const NAME_LETTERS: [&str; 10] = [
    "boot-duty",
    "chpst",
    "seedrng",
    "setlock",
    "softlimit",
    "sv",
    "svlogd",
    "svtai",
    "utmpset",
    "wait4path",
];
/// Commands with options of their own.
const SUBCOMMANDS: [(&str, &str); 1] = [("sv log", "sv")];
/// Sections that each page of a program has.
const SECTIONS: [&str; 8] = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "OPTIONS",
    "EXIT STATUS",
    "DIFFERENCES",
    "EXAMPLES",
    "SEE ALSO",
];
/// Pages of other packages that ours may name.
const OTHER_PAGES: [&str; 8] = [
    "dmesg 1",
    "last 1",
    "mount 8",
    "pam_nologin 8",
    "ps 1",
    "reboot 2",
    "setrlimit 2",
    "who 1",
];
/// Tests of programs that only live as process 1, or that speak to it.
const TESTED_ELSEWHERE: [(&str, &str); 6] = [
    ("initctld", "pid1/initctl.rs"),
    ("runlevel", "pid1/runlevel.rs"),
    ("shutdown", "pid1/shutdown.rs"),
    ("runit", "pid1/stages.rs"),
    ("runit-init", "pid1/init.rs"),
    ("halt", "pid1/halt.rs"),
];

/// A path in the crate of the programs.
fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All programs, by the doors there are.
fn programs() -> Vec<String> {
    let doors = fs::read_dir(place("src/bin")).expect("src/bin");
    let mut names: Vec<String> = doors
        .map(|door| door.expect("door").path())
        .map(|door| {
            door.file_stem()
                .expect("name")
                .to_str()
                .expect("text")
                .to_owned()
        })
        .collect();
    names.sort();
    assert!(names.len() > 5, "{names:?}");
    names
}

/// All names of all programs: their own, and those whose page is a link to their page.
fn names() -> Vec<Name> {
    let mut names: Vec<Name> = programs()
        .into_iter()
        .map(|program| Name {
            called: program.clone(),
            program,
        })
        .collect();
    for (called, program) in page::links() {
        names.push(Name { called, program });
    }
    for (called, program) in SUBCOMMANDS {
        let (called, program) = (called.to_owned(), program.to_owned());
        names.push(Name { called, program });
    }
    names
}

/// The arguments that have a program explain itself; `None` where calling it might do harm.
fn explaining(name: &Name) -> Option<&'static [&'static str]> {
    let found = EXPLAIN_THEMSELVES.iter().find(|(p, _)| *p == name.program);
    found.map(|(_, args)| *args)
}

/// Calls a program of those that may be called.
fn call(name: &Name, args: &[&str]) -> Output {
    assert!(explaining(name).is_some(), "{name:?}");
    let beside = Path::new(env!("CARGO_BIN_EXE_sv"));
    let mut words = name.called.split(' ');
    Command::new(beside.with_file_name(&name.program))
        .arg0(words.next().unwrap_or_default())
        .args(words)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{name:?}: {e}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The letters among options.
fn letters(options: &Options) -> Options {
    let letters = options.iter().filter(|o| !o.starts_with('-'));
    letters.cloned().collect()
}

/// Every name and what its source takes.
fn taken() -> Vec<(Name, Options)> {
    let with_options = names().into_iter().map(|name| {
        let options = sources::options(&name.program, &name.called);
        (name, options)
    });
    with_options.collect()
}

#[test]
fn every_program_has_a_page_with_all_sections() {
    for program in programs() {
        let page = Page::read(&format!("{program}.8"));
        for section in SECTIONS {
            assert!(page.has(section), "{program}.8 has no section {section}");
        }
    }
}

#[test]
fn every_page_is_of_a_program() {
    let names = names();
    for file in page::files() {
        let Some(called) = file.strip_suffix(".8") else {
            continue;
        };
        let name = names.iter().find(|name| name.called == called);
        let program = &name
            .unwrap_or_else(|| panic!("{file} is about no program"))
            .program;
        assert!(programs().contains(program), "{file} leads to {program}");
        let page = Page::read(&format!("{program}.8"));
        assert!(
            page.names().iter().any(|n| n == called),
            "{program}.8 does not name {called}: {:?}",
            page.names()
        );
    }
}

#[test]
fn pages_name_only_pages_that_exist() {
    let files = page::files();
    for file in files.iter().filter(|f| !page::is_link(f)) {
        let page = Page::read(file);
        for other in page.references() {
            let ours = files.contains(&other.replace(' ', "."));
            assert!(
                ours || OTHER_PAGES.contains(&other.as_str()),
                "{file} names {other}"
            );
        }
    }
}

#[test]
fn the_overview_names_every_program() {
    let named = Page::read("runit-rs.7").references();
    for program in programs() {
        assert!(
            named.contains(&format!("{program} 8")),
            "{program} is not in runit-rs.7"
        );
    }
}

#[test]
fn options_of_the_source_are_those_of_the_page() {
    for (name, options) in taken() {
        let page = Page::read(&format!("{}.8", name.program));
        assert_eq!(page.options(&name.called), options, "OPTIONS of {name:?}");
        assert_eq!(
            letters(&page.synopsis(&name.called)),
            letters(&options),
            "SYNOPSIS of {name:?}"
        );
    }
}

#[test]
fn programs_take_the_letters_of_their_page_and_refuse_all_others() {
    let mut known = 0;
    for (name, options) in taken() {
        // Without letters of its own, a name takes everything for arguments.
        if options.is_empty() || !NAME_LETTERS.contains(&name.called.as_str()) {
            continue;
        }
        for letter in ('!'..='~').filter(|&l| l != '-') {
            let said = text(&call(&name, &[&format!("-{letter}")]).stderr);
            let refused = said.contains(&format!("illegal option -- {letter}\n"));
            let taken = options.contains(&letter.to_string());
            assert_eq!(taken, !refused, "{} -{letter} says: {said}", name.called);
            known += usize::from(taken);
        }
    }
    assert!(known > 30, "only {known} letters were tried");
}

#[test]
fn usage_lines_name_no_other_options_than_the_synopsis() {
    let mut lines = 0;
    for name in names() {
        let usage = match explaining(&name) {
            Some(args) => {
                let said = text(&call(&name, args).stderr);
                let line = said.lines().find_map(|l| l.strip_prefix("usage: "));
                let line = line.unwrap_or_else(|| panic!("{name:?} says {said}"));
                line.to_owned()
            }
            None => match sources::usage(&name.program) {
                Some(usage) => usage,
                None => continue,
            },
        };
        let page = Page::read(&format!("{}.8", name.program));
        let mut synopsis = page.synopsis(&name.called);
        synopsis.append(&mut page.options(&name.called));
        let used = sources::options_in_usage(&usage);
        assert!(
            used.is_subset(&synopsis),
            "{name:?}: {usage}\nSYNOPSIS: {synopsis:?}"
        );
        lines += 1;
    }
    assert!(lines > 8, "only {lines} usage lines were seen");
}

#[test]
fn the_commands_of_sv_are_those_of_its_page() {
    let (words, first_letters) = sources::sv_words();
    let documented = Page::read("sv.8").commands("DESCRIPTION");
    for word in words.iter().chain(&first_letters) {
        assert!(
            documented.contains(word),
            "sv {word} is not in sv.8: {documented:?}"
        );
    }
    for word in &documented {
        let known = words.contains(word) || first_letters.contains(&word[..1]);
        assert!(known, "sv.8 documents {word}, which sv does not know");
    }
}

#[test]
fn control_bytes_are_those_of_the_pages() {
    let bytes = sources::matched_bytes("../core/src/control.rs");
    assert!(bytes.len() > 10, "{bytes:?}");
    assert_eq!(Page::read("runsv.8").first_letters("Cm"), bytes);
    let overview = Page::read("runit-rs.7").first_letters("Li");
    assert_eq!(overview, bytes, "runit-rs.7");
}

#[test]
fn settings_of_svlogd_are_those_of_its_page() {
    let mut bytes = sources::matched_bytes("../core/src/log_config.rs");
    assert!(bytes.remove("#"), "comments are told of in words");
    assert!(bytes.len() > 10, "{bytes:?}");
    assert_eq!(Page::read("svlogd.8").first_letters("Cm"), bytes);
}

#[test]
fn completions_offer_the_options_of_the_page() {
    for (name, options) in taken() {
        for shell in completions::SHELLS {
            let offered = completions::options(shell, &name.called, &name.program);
            assert_eq!(offered, options, "{shell} about {name:?}");
        }
    }
}

#[test]
fn completions_offer_the_commands_of_sv() {
    let (words, _) = sources::sv_words();
    let documented = Page::read("sv.8").commands("DESCRIPTION");
    let long: Options = documented
        .into_iter()
        .filter(|word| word.len() > 1)
        .collect();
    for word in &words {
        assert!(long.contains(word), "{word}");
    }
    for shell in completions::SHELLS {
        assert_eq!(completions::sv_commands(shell), long, "{shell}");
    }
}

#[test]
fn bash_completes_services_and_levels() {
    completions::bash_offers_services();
    completions::bash_offers_levels();
}

#[test]
fn every_program_has_tests() {
    for program in programs() {
        let elsewhere = TESTED_ELSEWHERE.iter().find(|(name, _)| *name == program);
        let files = match elsewhere {
            Some((_, path)) => vec![place("tests").join(path)],
            None => sources::files_of(&place("tests"), &program),
        };
        let tests: usize = files
            .iter()
            .map(|f| read(f).matches("#[test]").count())
            .sum();
        assert!(tests > 0, "no test of {program} in {files:?}");
    }
}
