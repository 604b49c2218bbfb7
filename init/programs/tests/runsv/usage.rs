//! Arguments, refusals at start, and exit codes.

use crate::common::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn without_or_with_too_many_arguments_it_prints_its_usage_and_exits_1() {
    let t = Scratch::new();
    for args in [&[][..], &["a", "b"][..], &["--", "a"][..]] {
        let path = program_path("runsv");
        let out = t.program("runsv").args(args).run();
        let usage = format!("usage: {} dir\n\n", path.display());
        assert_eq!(
            (out.code, out.stderr, out.stdout),
            (1, usage, String::new())
        );
    }
}

/// Runs runsv on `s` in the test's directory and compares its end: one line, code 111.
#[track_caller]
fn assert_refused(t: &Scratch, name: &str, why: &str) {
    let out = t.program("runsv").arg(name).run();
    let line = format!("runsv {name}: fatal: {why}\n");
    assert_eq!((out.code, out.stderr), (111, line));
    assert_eq!(out.stdout, "");
}

#[test]
fn a_missing_directory_is_fatal() {
    let t = Scratch::new();
    for name in ["nope", "", "-V", "-"] {
        assert_refused(
            &t,
            name,
            "unable to change to directory: file does not exist",
        );
    }
}

#[test]
fn a_file_is_no_service_directory() {
    let t = Scratch::new();
    fs::write(t.path("file"), "").unwrap();
    assert_refused(&t, "file", "unable to change to directory: not a directory");
}

#[test]
fn a_looping_link_is_no_service_directory() {
    let t = Scratch::new();
    symlink("loop", t.path("loop")).unwrap();
    assert_refused(
        &t,
        "loop",
        "unable to change to directory: symbolic link loop",
    );
}

#[test]
fn a_name_too_long_for_the_system_is_refused() {
    let t = Scratch::new();
    let name = "n".repeat(300);
    assert_refused(
        &t,
        &name,
        "unable to change to directory: file name too long",
    );
}

#[test]
fn supervise_being_a_file_is_fatal() {
    let t = Scratch::new();
    t.service("s").file("supervise", "");
    assert_refused(&t, "s", "unable to open supervise/lock: not a directory");
}

#[test]
fn supervise_being_a_looping_link_is_fatal() {
    let t = Scratch::new();
    let s = t.service("s");
    symlink("supervise", s.path("supervise")).unwrap();
    assert_refused(&t, "s", "unable to open supervise/lock: symbolic link loop");
}

#[test]
fn supervise_pointing_below_a_missing_directory_is_fatal() {
    let t = Scratch::new();
    let s = t.service("s");
    symlink(t.path("no/such/place"), s.path("supervise")).unwrap();
    let why = if ours("trouble-making-supervise-is-named") {
        "unable to make supervise: file does not exist"
    } else {
        "unable to open supervise/lock: file does not exist"
    };
    assert_refused(&t, "s", why);
}

#[test]
fn a_lock_that_is_a_directory_is_fatal() {
    let t = Scratch::new();
    t.mkdir("s/supervise/lock");
    assert_refused(&t, "s", "unable to open supervise/lock: is a directory");
}

#[test]
fn a_control_that_is_no_fifo_is_fatal() {
    let t = Scratch::new();
    t.service("file").file("supervise/control", "");
    t.mkdir("dir/supervise/control");
    for name in ["file", "dir"] {
        assert_refused(&t, name, "supervise/control exists but is not a fifo");
    }
}

#[test]
fn a_log_service_that_cannot_be_supervised_is_fatal() {
    let t = Scratch::new();
    t.service("a").sleeper().file("log/supervise", "");
    assert_refused(
        &t,
        "a",
        "unable to open log/supervise/lock: not a directory",
    );
    t.service("b").sleeper().file("log/supervise/control", "");
    if !their_old("fifo-of-the-log-is-checked") {
        assert_refused(&t, "b", "log/supervise/control exists but is not a fifo");
    }
}

#[test]
fn a_directory_without_permission_is_refused() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::set_permissions(s.dir(), fs::Permissions::from_mode(0o700)).unwrap();
    let out = as_nobody(t.program("runsv").arg("s"), s.dir()).run();
    let line = "runsv s: fatal: unable to change to directory: access denied\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, line));
}

#[test]
fn a_directory_that_cannot_be_written_to_is_refused() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::set_permissions(s.dir(), fs::Permissions::from_mode(0o555)).unwrap();
    let out = as_nobody(t.program("runsv").arg("s"), s.path("none")).run();
    let line = if ours("trouble-making-supervise-is-named") {
        "runsv s: fatal: unable to make supervise: access denied\n"
    } else {
        "runsv s: fatal: unable to open supervise/lock: file does not exist\n"
    };
    assert_eq!((out.code, out.stderr.as_str()), (111, line));
    fs::set_permissions(s.dir(), fs::Permissions::from_mode(0o755)).unwrap();
}

/// As an ordinary user: nobody if we are root; otherwise we are one, but `hidden` must then lose
/// its last permission, as its owner is us.
fn as_nobody(prog: Prog, hidden: impl AsRef<std::path::Path>) -> Prog {
    if rustix::process::geteuid().is_root() {
        return prog.user(65534, 65534);
    }
    if hidden.as_ref().exists() {
        fs::set_permissions(hidden, fs::Permissions::from_mode(0o000)).unwrap();
    }
    prog
}

#[test]
fn a_second_instance_is_refused_with_111() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    let out = s.runsv().run();
    let why = format!(
        "runsv {}: fatal: unable to lock supervise/lock: temporary failure\n",
        s.dir().display()
    );
    assert_eq!((out.code, out.stderr), (111, why));
    assert_eq!(s.stat(), "run");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn an_ordinary_user_supervises_in_his_own_directory() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    let mut runsv = s.runsv();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(s.dir(), Some(65534), Some(65534)).unwrap();
        runsv = runsv.user(65534, 65534);
    }
    let mut runsv = runsv.spawn();
    s.wait_stat("run");
    s.control("x");
    assert_eq!(runsv.wait(), 0);
    assert_eq!(runsv.stderr(), "");
}

#[test]
fn a_relative_directory_is_fine_and_names_the_messages() {
    let t = Scratch::new();
    let s = t.service("a/../s");
    let runsv = t.program("runsv").arg("./s/").spawn();
    runsv.wait_stderr("runsv ./s/: fatal: unable to start ./run: file does not exist\n");
    assert!(s.ok());
}
