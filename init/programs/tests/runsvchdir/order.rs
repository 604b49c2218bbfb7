//! Waiting for a level, who goes first, and switches that meet or are cut short.

use super::tree::{Levels, knows_options};
use crate::common::*;
use std::fs;

#[test]
fn waiting_returns_when_the_level_is_up_and_all_else_is_down() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[
        ("default", &["a", "slow", "both"]),
        ("other", &["both", "n", "asleep", "late"]),
    ]);
    let gate = levels.t.path("gate");
    let slow = "trap 'while ! [ -e ../../gate ]; do sleep 0.02; done; exit' TERM\n\
                echo started $$ >>events\nwhile :; do sleep 0.02; done";
    levels.service("slow").run(slow);
    levels.service("asleep").down();
    // Up only when its check says so.
    levels.service("late").check("test -e ../../gate");
    levels.serve(&["a", "slow", "both"]);
    let both = levels.pid("both");
    let out = levels.call(&["-w", "2", "other"]);
    assert_eq!(out.code, 2, "{out:?}");
    let lines: Vec<&str> = out.stdout.lines().collect();
    assert_eq!(lines[0], "runsvchdir: other: now current.");
    assert!(
        lines[1].starts_with("not down: run: slow: (pid "),
        "{out:?}"
    );
    assert!(lines[2].starts_with("not up: run: late: (pid "), "{out:?}");
    assert!(out.stderr.contains("waiting for slow (pid "), "{out:?}");
    assert!(out.stderr.contains(" left, "), "{out:?}");
    fs::write(gate, "").expect("file");
    let out = levels.call(&["-w", "other"]);
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (0, "runsvchdir: other: current.\n")
    );
    for name in ["a", "slow"] {
        assert!(!levels.service(name).ok(), "{name}");
    }
    assert_eq!(levels.pid("both"), both, "in both levels: not touched");
    assert_eq!(levels.service("asleep").events("started").len(), 0);
}

#[test]
fn a_service_that_fails_again_and_again_is_not_up() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a"]), ("other", &["fails"])]);
    levels.service("fails").run("exit 1");
    levels.serve(&["a"]);
    let out = levels.call(&["-w", "4", "other"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stdout.contains("fails: "), "{out:?}");
}

#[test]
fn waiting_ends_when_another_level_is_made_current_meanwhile() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a"]), ("other", &["never"])]);
    levels.service("never").check("exit 1");
    levels.serve(&["a"]);
    let program = program_path("runsvchdir");
    let first = std::process::Command::new(program)
        .args(["-w", "600", "other"])
        .env("RUNSVDIR", &levels.dir)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("runsvchdir");
    wait_until("it waits", || levels.links().0 == "other");
    assert_eq!(levels.call(&["default"]).code, 0);
    let out = first.wait_with_output().expect("its end");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(111), "{said}");
    assert!(
        said.ends_with("runsvchdir: fatal: another level was made current meanwhile: default\n"),
        "{said}"
    );
}

/// A service that notes its start and its end in one file of all.
const NOTES: &str = "trap 'sleep 0.3; echo down $1 >>../../order; exit' TERM\n\
                     echo up NAME >>../../order; echo started $$ >>events\n\
                     while :; do sleep 0.05; done";

fn noting(levels: &Levels, names: &[&str]) {
    for name in names {
        let run = NOTES.replace("NAME", name).replace("$1", name);
        levels.service(name).run(&run);
    }
}

fn notes(levels: &Levels) -> Vec<String> {
    let text = fs::read_to_string(levels.t.path("order")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn stop_first_starts_nothing_before_all_that_leaves_is_down() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a", "b", "both"]), ("other", &["both", "n"])]);
    noting(&levels, &["a", "b", "n"]);
    levels.serve(&["a", "b", "both"]);
    let both = levels.pid("both");
    let out = levels.call(&["-o", "stop-first", "-w", "other"]);
    assert_eq!(out.code, 0, "{out:?}");
    let notes = notes(&levels);
    assert_eq!(notes.len(), 5, "{notes:?}");
    assert_eq!(notes[4], "up n");
    assert_eq!(levels.pid("both"), both);
    assert_eq!(levels.links(), ("other".to_owned(), "default".to_owned()));
    levels.assert_tidy();
}

#[test]
fn start_first_stops_nothing_before_all_that_comes_is_up() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a", "both"]), ("other", &["both", "n"])]);
    noting(&levels, &["a", "n"]);
    levels.serve(&["a", "both"]);
    let both = levels.pid("both");
    let out = levels.call(&["-o", "start-first", "-w", "30", "other"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(notes(&levels), ["up a", "up n", "down a"]);
    assert_eq!(levels.pid("both"), both);
    assert_eq!(levels.links(), ("other".to_owned(), "default".to_owned()));
    levels.assert_tidy();
}

#[test]
fn an_interrupted_order_leaves_the_old_level_as_it_was() {
    if !knows_options() {
        return;
    }
    for order in ["stop-first", "start-first"] {
        let mut levels = Levels::new(&[("default", &["a", "stays"]), ("other", &["n"])]);
        let deaf = "trap '' TERM\necho started $$ >>events\nwhile :; do sleep 0.05; done";
        levels.service("stays").run(deaf);
        levels.service("n").run("exit 1");
        levels.serve(&["a", "stays"]);
        let (a, stays) = (levels.pid("a"), levels.pid("stays"));
        let mut call = levels.prog(&["-o", order, "other"]).spawn();
        if order == "stop-first" {
            levels.service("a").wait_stat("down");
        } else {
            wait_until("both run", || levels.links().0 == ".both");
            assert_eq!(levels.pid("a"), a, "not touched by that");
        }
        // The end of the terminal is no reason to stop half way.
        call.signal("HUP");
        call.signal("INT");
        assert_eq!(call.wait(), 111, "{order}");
        levels.service("a").wait_stat("run");
        assert_eq!(levels.service("stays").pid(), Some(stays), "{order}");
        assert_eq!(levels.links(), ("default".to_owned(), String::new()));
        levels.assert_tidy();
    }
}

#[test]
fn two_switches_at_once_come_one_after_the_other() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[
        ("default", &["a"]),
        ("other", &["n"]),
        ("third", &["t", "a"]),
    ]);
    let deaf = "trap 'while ! [ -e ../../gate ]; do sleep 0.02; done; exit' TERM\n\
                echo started $$ >>events\nwhile :; do sleep 0.02; done";
    levels.service("a").run(deaf);
    levels.serve(&["a"]);
    let mut first = levels.prog(&["-o", "stop-first", "other"]).spawn();
    levels.service("a").wait_stat("run, got TERM, want down");
    let mut second = levels.prog(&["-w", "third"]).spawn();
    second.wait_stderr("another switch is under way");
    assert_eq!(levels.links().0, "default");
    fs::write(levels.t.path("gate"), "").expect("file");
    assert_eq!(first.wait(), 0);
    assert_eq!(second.wait(), 0, "{}{}", second.stdout(), second.stderr());
    assert_eq!(levels.links(), ("third".to_owned(), "other".to_owned()));
    levels.wait_gone("n");
    levels.assert_tidy();
}

#[test]
fn a_switch_that_was_killed_half_way_is_ended_by_the_next() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a"]), ("other", &["n"]), ("third", &["a"])]);
    levels.service("n").run("exit 1");
    levels.serve(&["a"]);
    let a = levels.pid("a");
    let mut call = levels.prog(&["-o", "start-first", "other"]).spawn();
    wait_until("both run", || levels.links().0 == ".both");
    call.signal("KILL");
    call.wait();
    let listed = levels.call(&["-l"]).stdout;
    assert!(listed.contains("was cut short"), "{listed}");
    let out = levels.call(&["-w", "20", "third"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(levels.links().0, "third");
    assert_eq!(levels.pid("a"), a, "in every one of them");
    levels.assert_tidy();
}

#[test]
fn where_the_current_level_vanishes_its_services_go_on_until_the_next_switch() {
    let mut levels = Levels::new(&[("default", &["a", "both"]), ("other", &["both"])]);
    let runsvdir = levels.serve(&["a", "both"]).pid();
    fs::rename(levels.dir.join("default"), levels.t.path("gone")).expect("rename");
    let (a, both) = (levels.pid("a"), levels.pid("both"));
    if !ours("runsvchdir-repair") {
        return;
    }
    // runsvdir has looked in vain, and changed nothing.
    let noticed = || procs::alive(runsvdir) && levels.pid("a") == a;
    assert!(noticed());
    let out = levels.call(&["other"]);
    assert_eq!(out.code, 0, "{out:?}");
    levels.wait_gone("a");
    assert_eq!(levels.pid("both"), both);
    assert_eq!(levels.links(), ("other".to_owned(), String::new()));
}
