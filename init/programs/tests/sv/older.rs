//! The names of before there was sv: runsvctrl, runsvstat, svwaitup, svwaitdown.

use crate::common::*;
use crate::fake::without_seconds;
use std::os::unix::fs::symlink;

/// The program under one of its older names; the other side knows none of them.
fn older(t: &Scratch, name: &str, args: &[&str], s: &ServiceDir) -> Output {
    let link = t.path(name);
    if !link.exists() {
        symlink(program_path("sv"), &link).unwrap();
    }
    let out = t.command(link).args(args).arg(s.dir()).run();
    Output {
        stdout: without_seconds(&out.stdout.replace(" seconds", "s")),
        ..out
    }
}

#[test]
fn the_older_names_are_ours_alone() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    let out = older(&t, "runsvstat", &[], &s);
    assert_eq!(out.code, if ours("sv-older-names") { 0 } else { 2 });
}

#[test]
fn runsvstat_tells_a_line_a_service_and_one_for_its_logger() {
    let t = Scratch::new();
    if !ours("sv-older-names") {
        return;
    }
    let s = t.service("s").sleeper().logger().supervise();
    let pid = s.wait_running(1);
    s.log().wait_stat("run");
    let (name, log) = (s.dir().display(), s.log().pid().unwrap());
    assert_eq!(
        older(&t, "runsvstat", &[], &s).stdout,
        format!("{name}: run (pid {pid}) Ns\n")
    );
    let out = older(&t, "runsvstat", &["-l"], &s);
    assert_eq!(
        out.stdout,
        format!("{name}: run (pid {pid}) Ns\n  log: run (pid {log}) Ns\n")
    );
    s.control("d");
    s.wait_stat("down");
    let text = older(&t, "runsvstat", &[], &s).stdout;
    assert!(text.starts_with(&format!("{name}: down ")), "{text}");
    assert!(text.ends_with("s, normally up\n"), "{text}");
}

#[test]
fn runsvctrl_sends_and_svwaitdown_and_svwaitup_wait() {
    let t = Scratch::new();
    if !ours("sv-older-names") {
        return;
    }
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    assert_eq!(older(&t, "runsvctrl", &["once"], &s).code, 0);
    s.wait_status("not wanted up", |status| status.want == Want::Down);
    let out = older(&t, "svwaitdown", &["-v"], &s);
    assert_eq!((out.code, s.stat().as_str()), (0, "down"));
    assert!(out.stderr.starts_with("ok: down: "), "{}", out.stderr);
    assert_eq!(older(&t, "runsvctrl", &["up"], &s).code, 0);
    let out = older(&t, "svwaitup", &["-v", "-s", "1"], &s);
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert!(out.stderr.starts_with("svwaitup: "), "{}", out.stderr);
    s.wait_running(2);
}

#[test]
fn svwaitdown_kills_what_does_not_go_and_says_so_by_111() {
    let t = Scratch::new();
    if !ours("sv-older-names") {
        return;
    }
    let s = t
        .service("s")
        .run("trap '' TERM\necho started $$ >>events\nwhile :; do sleep 1000; done")
        .supervise();
    s.wait_running(1);
    assert_eq!(older(&t, "svwaitdown", &["-k", "-t", "1"], &s).code, 111);
    s.wait_stat("down");
}

#[test]
fn svwaitdown_takes_a_service_without_a_supervisor_for_down() {
    let t = Scratch::new();
    if !ours("sv-older-names") {
        return;
    }
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    assert_eq!(older(&t, "svwaitdown", &["-x"], &s).code, 0);
    wait_until("runsv is gone", || !s.ok());
    assert_eq!(older(&t, "svwaitdown", &[], &s).code, 0);
}

#[test]
fn troubles_are_counted_and_wrong_usage_is_1() {
    let t = Scratch::new();
    if !ours("sv-older-names") {
        return;
    }
    let s = t.service("s").sleeper();
    let out = older(&t, "runsvstat", &[], &s);
    let name = s.dir().display();
    let text =
        format!("runsvstat: warning: {name}: unable to open supervise/ok: file does not exist\n");
    assert_eq!((out.code, out.stderr), (1, text));
    for (tool, args) in [
        ("runsvctrl", &["z"][..]),
        ("runsvstat", &["-z"]),
        ("svwaitup", &["-s", "0"]),
        ("svwaitdown", &["-t", "x"]),
    ] {
        assert_eq!(older(&t, tool, args, &s).code, 1, "{tool}");
    }
}
