//! Options, the words it knows, and what it says to others.

use crate::common::*;
use crate::fake::*;

const USAGE: &str = "usage: sv [-v] [-w sec] command service ...\n\n";

#[track_caller]
fn assert_usage(args: &[&str], before: &str) {
    let t = Scratch::new();
    let out = t.program("sv").args(args).run();
    assert_eq!(
        (out.code, out.stderr, out.stdout),
        (100, format!("{before}{USAGE}"), String::new()),
        "sv {args:?}"
    );
}

#[test]
fn without_command_or_service_it_prints_its_usage() {
    for args in [
        &[][..],
        &["-v"],
        &["up"],
        &["status"],
        &["-w", "1"],
        &["-w1", "start"],
        &["--"],
        &["--", "start"],
        &[""],
    ] {
        assert_usage(args, "");
    }
}

#[test]
fn an_option_without_its_argument_is_named() {
    assert_usage(&["-w"], "sv: option requires an argument -- w\n");
    assert_usage(&["-vw"], "sv: option requires an argument -- w\n");
}

#[test]
fn an_unknown_option_is_named() {
    assert_usage(&["-x", "up", "a"], "sv: illegal option -- x\n");
    assert_usage(&["-vx", "up", "a"], "sv: illegal option -- x\n");
}

#[test]
fn unknown_commands_are_usage_errors() {
    for word in ["foo", "zzz", "restar", "3", "U", "S", "K", "", "-"] {
        assert_usage(&[word, "a"], "");
    }
}

#[test]
fn the_version_goes_to_stderr_with_the_usage() {
    let t = Scratch::new();
    let out = t.program("sv").arg("-V").run();
    assert_eq!((out.code, out.stdout.as_str()), (100, ""));
    let (version, rest) = out.stderr.split_once('\n').unwrap();
    assert_eq!(rest, USAGE);
    assert!(!version.is_empty());
}

#[test]
fn a_time_that_is_no_number_is_refused() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for time in ["abc", "1x", "-1", "", "99999999999999999999"] {
        let out = s.sv("status").run();
        assert_eq!(out.code, 0);
        let out = t
            .program("sv")
            .args(["-w", time, "status"])
            .arg(s.dir())
            .run();
        if ours("numbers-are-checked") {
            assert_eq!((out.code, out.stdout.as_str()), (100, ""), "-w {time}");
            assert!(out.stderr.ends_with(USAGE), "{}", out.stderr);
        } else {
            assert_eq!((out.code, out.stderr.as_str()), (0, ""), "-w {time}");
        }
    }
}

#[test]
fn options_may_be_bundled_and_ended() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for args in [
        &["-v", "-w", "2", "up"][..],
        &["-vw2", "up"],
        &["-vw", "2", "up"],
        &["-w2", "-v", "--", "up"],
        &["-vvv", "up"],
    ] {
        let out = t.program("sv").args(args).arg(s.dir()).run();
        let line = format!("ok: run: {}: (pid 7) Ns\n", s.dir().display());
        assert_eq!(
            (out.code, without_seconds(&out.stdout), out.stderr.as_str()),
            (0, line, ""),
            "{args:?}"
        );
        if !their_old("sv-always-writes") {
            assert_eq!(s.commands(), "u");
        }
    }
}

#[test]
fn options_after_the_command_are_services() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let out = t.program("sv").args(["status", "-v"]).arg(s.dir()).run();
    let dir = s.dir().display();
    assert_eq!(
        without_seconds(&out.stdout),
        format!(
            "fail: -v: unable to change to service directory: file does not exist\n\
             run: {dir}: (pid 7) Ns\n"
        )
    );
    assert_eq!(out.code, 1);
}

#[test]
fn a_directory_it_cannot_come_back_to_is_fatal() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let secret = t.mkdir("secret");
    use std::os::unix::fs::PermissionsExt;
    let root = rustix::process::geteuid().is_root();
    // To be entered, but not to be opened.
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o111)).unwrap();
    let mut sv = s.sv("status").cwd(&secret);
    if root {
        sv = sv.user(65534, 65534);
    }
    let out = sv.run();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o700)).unwrap();
    let program = if ours("fatal-names-its-program") {
        "sv: "
    } else {
        ""
    };
    let why = format!("{program}fatal: unable to open current directory: access denied\n");
    assert_eq!((out.code, out.stderr, out.stdout.as_str()), (100, why, ""));
}
