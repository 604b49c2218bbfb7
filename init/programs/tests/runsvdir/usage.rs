//! Arguments and what it says when it cannot begin.

use crate::common::*;
use crate::tree::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn without_a_directory_it_prints_its_usage_and_exits_1() {
    let t = Scratch::new();
    let path = program_path("runsvdir");
    for args in [&[][..], &["-P"], &["--"]] {
        let out = t.program("runsvdir").args(args).run();
        assert_eq!(
            (out.code, out.stderr, out.stdout.as_str()),
            (1, format!("usage: {} [-P] dir\n\n", path.display()), ""),
            "{args:?}"
        );
    }
}

#[test]
fn the_directory_may_follow_a_double_dash_and_p_may_be_repeated() {
    for args in [
        &["--", "services"][..],
        &["-PP", "services"],
        &["services", "long enough", "ignored"],
    ] {
        let tree = Tree::new();
        let a = tree.entry("a").sleeper();
        let runsvdir = tree.runsvdir().args(args).spawn();
        a.wait_running(1);
        assert_eq!(runsvs(&runsvdir).len(), 1);
        assert_eq!(runsvdir.stderr(), "", "{args:?}");
    }
}

#[test]
fn a_directory_it_cannot_come_back_to_is_fatal() {
    let t = Scratch::new();
    t.mkdir("services");
    let secret = t.mkdir("secret");
    // To be entered, but not to be opened.
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o111)).unwrap();
    let mut runsvdir = t.program("runsvdir").arg("../services").cwd(&secret);
    if rustix::process::geteuid().is_root() {
        runsvdir = runsvdir.user(65534, 65534);
    }
    let out = runsvdir.run();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        (out.code, out.stderr.as_str()),
        (
            100,
            "runsvdir ../services: fatal: unable to open current directory: access denied\n"
        )
    );
}

#[test]
fn a_short_log_is_refused_and_the_services_run() {
    for log in ["short", "123456", ""] {
        let tree = Tree::new();
        let a = tree.entry("a").sleeper();
        let runsvdir = tree.runsvdir().args(["services", log]).spawn();
        a.wait_running(1);
        assert_eq!(
            runsvdir.stderr(),
            "runsvdir services: warning: log must have at least seven characters.\n\
             runsvdir services: warning: log service disabled.\n"
        );
    }
}
