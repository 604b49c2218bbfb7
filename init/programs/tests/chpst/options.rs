//! How options are written, what is refused, and the simple ones.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said, usage};

#[test]
fn without_a_program_it_prints_its_usage_and_exits_100() {
    let t = Scratch::new();
    let cases: [&[&str]; 6] = [
        &[],
        &["-v"],
        &["-u", "root"],
        &["-b", "x"],
        &["-0"],
        &["--"],
    ];
    for args in cases {
        assert_eq!(chpst(&t, args), usage(""), "{args:?}");
    }
}

#[test]
fn unknown_letters_and_missing_values_are_named() {
    let t = Scratch::new();
    let illegal = |letter| usage(&format!("chpst: illegal option -- {letter}"));
    let missing = |letter| usage(&format!("chpst: option requires an argument -- {letter}"));
    assert_eq!(chpst(&t, &["-x", "true"]), illegal('x'));
    assert_eq!(chpst(&t, &["-Px", "true"]), illegal('x'));
    assert_eq!(chpst(&t, &["-:", "true"]), illegal(':'));
    assert_eq!(chpst(&t, &["-a", "1", "true"]), illegal('a'));
    for letter in "uUbemdopfcrt/CnlL".chars() {
        if letter == 'C' && their_old("chpst-directory") {
            continue;
        }
        assert_eq!(chpst(&t, &[&format!("-{letter}")]), missing(letter));
        assert_eq!(chpst(&t, &[&format!("-P{letter}")]), missing(letter));
    }
    // The first mistake counts.
    assert_eq!(chpst(&t, &["-x", "-V"]), illegal('x'));
}

#[test]
fn it_is_called_what_it_was_called() {
    let t = Scratch::new();
    let out = t.program("chpst").arg0("/some/path/xchpst").arg("-x").run();
    let first = "xchpst: illegal option -- x\nusage: xchpst [-vVP";
    assert_eq!(
        (out.code, out.stderr.starts_with(first)),
        (100, true),
        "{out:?}"
    );
    // Its complaints are chpst's, whatever the name.
    let out = t.program("chpst").arg0("xchpst").arg("/nosuch").run();
    assert_eq!(out, fatal("unable to run: /nosuch: file does not exist"));
}

#[test]
fn the_version_ends_in_the_usage() {
    let t = Scratch::new();
    for args in [&["-V"][..], &["-vVP", "true"], &["-V", "-x"]] {
        let out = chpst(&t, args);
        let (first, rest) = out.stderr.split_once('\n').expect("two lines");
        assert_eq!((out.code, rest), (100, usage("").stderr.as_str()));
        let named = if ours("version-string") {
            first == format!("runit-rs {}", env!("CARGO_PKG_VERSION"))
        } else {
            first.starts_with("$Id: ")
        };
        assert!(named, "{first}");
    }
}

#[test]
fn letters_are_bundled_and_values_may_be_attached() {
    let t = Scratch::new();
    let cases: [(&[&str], &str); 8] = [
        (&["-n", "5", "nice"], "5\n"),
        (&["-n5", "nice"], "5\n"),
        (&["-Pn", "5", "nice"], "5\n"),
        (&["-Pn5", "nice"], "5\n"),
        (&["-vn+5", "nice"], "5\n"),
        (&["-P", "--", "echo", "-x"], "-x\n"),
        (&["echo", "-x", "--"], "-x --\n"),
        (&["-n5", "-n3", "nice"], "3\n"),
    ];
    for (args, text) in cases {
        assert_eq!(chpst(&t, args), said(text), "{args:?}");
    }
    let lone = fatal("unable to run: -: file does not exist");
    assert_eq!(chpst(&t, &["-P", "-", "true"]), lone);
    let after_end = fatal("unable to run: -u: file does not exist");
    assert_eq!(chpst(&t, &["--", "-u"]), after_end);
}

#[test]
fn only_two_dashes_end_the_options() {
    let t = Scratch::new();
    let refused = |name: &str, code: i32| {
        let out = t.program(name).args(["--verbose", "echo"]).run();
        let first = format!("{name}: illegal option -- -\n");
        assert!(out.stderr.starts_with(&first), "{out:?}");
        assert_eq!(out.code, code);
    };
    if ours("long-options-are-refused") {
        refused("chpst", 100);
        refused("svlogd", 111);
        refused("utmpset", 1);
    } else {
        assert_eq!(chpst(&t, &["--verbose", "echo", "x"]), said("x\n"));
    }
    assert_eq!(chpst(&t, &["--", "echo", "x"]), said("x\n"));
}

#[test]
fn a_program_that_cannot_be_run_is_111() {
    let t = Scratch::new();
    std::fs::write(t.path("file"), "").expect("file");
    let cases = [
        ("nosuch", "file does not exist"),
        ("./file", "access denied"),
        ("file/x", "not a directory"),
        ("/", "access denied"),
        ("/nosuch/x", "file does not exist"),
        ("", "access denied"),
    ];
    for (program, why) in cases {
        let why = format!("unable to run: {program}: {why}");
        assert_eq!(chpst(&t, &[program]), fatal(&why));
    }
}

#[test]
fn the_program_is_named_by_its_file_when_it_cannot_be_run() {
    let t = Scratch::new();
    let out = chpst(&t, &["-b", "other", "/nosuch"]);
    let name = if ours("chpst-names-the-file") {
        "/nosuch"
    } else {
        "other"
    };
    let why = format!("unable to run: {name}: file does not exist");
    assert_eq!(out, fatal(&why));
}

#[test]
fn the_exit_code_is_the_programs() {
    let t = Scratch::new();
    assert_eq!(chpst(&t, &["sh", "-c", "exit 7"]).code, 7);
    assert_eq!(chpst(&t, &["sh", "-c", "kill -9 $$"]).code, -9);
}

#[test]
fn the_program_may_be_called_anything() {
    let t = Scratch::new();
    for name in ["other", "", "-sh", "/x/y z"] {
        let out = chpst(&t, &["-b", name, "cat", "/proc/self/cmdline"]);
        assert_eq!(out.stdout, format!("{name}\0/proc/self/cmdline\0"));
    }
}

#[test]
fn the_nice_level_is_changed_by_a_step() {
    let t = Scratch::new();
    let cases = [
        ("5", "5"),
        ("+5", "5"),
        ("-5", "-5"),
        ("0", "0"),
        ("-0", "0"),
        ("100", "19"),
        ("-100", "-20"),
        ("99999999999", "19"),
    ];
    for (step, level) in cases {
        let out = chpst(&t, &["-n", step, "nice"]);
        assert_eq!(out, said(&format!("{level}\n")), "{step}");
    }
    let refused = fatal("unable to set nice level: permission denied");
    assert_eq!(as_nobody(&t, &["-n", "-5", "nice"]), refused);
    assert_eq!(as_nobody(&t, &["-n", "0", "nice"]), said("0\n"));
}

#[test]
fn numbers_that_are_none_are_usage_errors() {
    let t = Scratch::new();
    for step in ["5x", "x", "--", " 5", "++5", "+-5", "5 "] {
        assert_eq!(chpst(&t, &["-n", step, "nice"]), usage(""), "{step:?}");
    }
    for number in ["12x", "x", "-5", " 5", "=", "=5"] {
        for letter in ["-m", "-d", "-o", "-p", "-f", "-c", "-r", "-t"] {
            assert_eq!(
                chpst(&t, &[letter, number, "true"]),
                usage(""),
                "{number:?}"
            );
        }
    }
}

#[test]
fn an_empty_or_too_large_number_is_a_usage_error() {
    let t = Scratch::new();
    let cases = [
        ("-n", ""),
        ("-n", "-"),
        ("-n", "+"),
        ("-c", ""),
        ("-c", "18446744073709551616"),
    ];
    for (letter, number) in cases {
        let out = chpst(&t, &[letter, number, "true"]);
        if ours("chpst-numbers") {
            assert_eq!(out, usage(""), "{letter} {number:?}");
        } else {
            assert_eq!(out, said(""), "{letter} {number:?}");
        }
    }
}

#[test]
fn a_session_begins_with_a_new_group() {
    let t = Scratch::new();
    let ids = "ps -o pid=,sid=,pgid= -p $$";
    let words = |out: Output| -> Vec<String> {
        out.stdout.split_whitespace().map(str::to_string).collect()
    };
    let own = words(chpst(&t, &["-P", "sh", "-c", ids]));
    assert!(own[0] == own[1] && own[0] == own[2], "{own:?}");
    let same = words(chpst(&t, &["sh", "-c", ids]));
    assert!(same[0] != same[1], "{same:?}");
    // A group's leader keeps its session, and that is no error.
    let leader = t.program("chpst").args(["-P", "true"]).own_group().run();
    assert_eq!(leader, said(""));
}

#[test]
fn an_alarm_survives_into_the_program() {
    let t = Scratch::new();
    if ours("chpst-more-options") {
        let out = chpst(&t, &["-A", "1", "sleep", "1000"]);
        assert_eq!(out.code, -14);
        assert_eq!(chpst(&t, &["-A", "0", "true"]), said(""));
        for bad in ["", "x", "-1", "4294967296"] {
            assert_eq!(chpst(&t, &["-A", bad, "true"]), usage(""));
        }
        let missing = usage("chpst: option requires an argument -- A");
        assert_eq!(chpst(&t, &["-A"]), missing);
    } else {
        for letter in ['A', 'F', 'I', 'N'] {
            let refused = usage(&format!("chpst: illegal option -- {letter}"));
            assert_eq!(chpst(&t, &[&format!("-{letter}"), "true"]), refused);
        }
    }
}

#[test]
fn signal_actions_and_masks_are_handed_on() {
    let t = Scratch::new();
    let path = program_path("chpst");
    let line = format!(
        "trap '' HUP PIPE; exec {} grep Sig /proc/self/status",
        path.display()
    );
    let out = t.command("sh").args(["-c", &line]).run();
    let direct = t
        .command("sh")
        .args(["-c", "trap '' HUP PIPE; exec grep Sig /proc/self/status"])
        .run();
    let lines = |text: &str| -> Vec<String> {
        let wanted = ["SigBlk", "SigIgn", "SigCgt"];
        let lines = text
            .lines()
            .filter(|l| wanted.iter().any(|w| l.starts_with(w)));
        lines.map(str::to_string).collect()
    };
    assert_eq!(lines(&out.stdout), lines(&direct.stdout));
    assert_eq!(lines(&out.stdout).len(), 3);
}
