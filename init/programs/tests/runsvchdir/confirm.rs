//! The switch that undoes itself unless it is confirmed.

use super::tree::{Levels, knows_options};
use crate::common::*;
use std::fs;
use std::process::Stdio;

/// The pid of the process that waits for the confirmation.
fn guard(levels: &Levels) -> u32 {
    let text = fs::read_to_string(levels.dir.join(".confirm")).expect("somebody waits");
    text.lines()
        .nth_back(2)
        .and_then(|l| l.parse().ok())
        .expect("a pid")
}

/// Its parent, which puts another in its place.
fn watch(levels: &Levels) -> u32 {
    procs::family(guard(levels)).expect("it lives").0
}

#[test]
fn a_switch_that_nobody_confirms_goes_back() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a", "both"]), ("other", &["both", "n"])]);
    levels.serve(&["a", "both"]);
    let both = levels.pid("both");
    let out = levels.call(&["--confirm", "2", "other"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("other: now current.\n"), "{out:?}");
    assert!(out.stdout.contains("--yes"), "{out:?}");
    let pid = guard(&levels);
    levels.service("n").wait_running(1);
    levels.wait_gone("a");
    wait_until("it goes back", || levels.links().0 == "default");
    levels.service("a").wait_running(2);
    levels.wait_gone("n");
    assert_eq!(levels.pid("both"), both);
    wait_until("previous is the other one", || levels.links().1 == "other");
    wait_until("the guard is gone", || !procs::alive(pid));
    levels.assert_tidy();
}

#[test]
fn a_confirmed_switch_stays() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("other", &[])]);
    let none = levels.call(&["--yes"]);
    assert_eq!(
        (none.code, none.stderr.as_str()),
        (1, "runsvchdir: nothing to confirm\n")
    );
    assert_eq!(levels.call(&["--confirm", "1000", "other"]).code, 0);
    let pid = guard(&levels);
    let listed = levels.call(&["-l"]).stdout;
    let line = format!("unconfirmed: other goes back to default (pid {pid})\n");
    assert!(listed.contains(&line), "{listed}");
    let yes = levels.call(&["--yes"]);
    assert_eq!(
        (yes.code, yes.stdout.as_str()),
        (0, "runsvchdir: other: confirmed.\n")
    );
    wait_until("the guard is gone", || !procs::alive(pid));
    assert_eq!(levels.links(), ("other".to_owned(), "default".to_owned()));
    assert_eq!(levels.call(&["--yes"]).code, 1);
    levels.assert_tidy();
}

#[test]
fn the_guard_outlives_the_session_that_asked_and_holds_none_of_its_files() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("other", &[])]);
    // A shell with a session of its own, which is killed with all of it; its output is a pipe.
    let program = program_path("runsvchdir");
    let line = format!(
        "{} --confirm 1000 other; echo asked; sleep 1000",
        program.display()
    );
    let mut shell = std::process::Command::new("setsid");
    shell
        .args(["sh", "-c", &line])
        .env("RUNSVDIR", &levels.dir)
        .env("RUNIT_TEST", "x")
        .stdout(Stdio::piped());
    let mut shell = shell.spawn().expect("a shell");
    wait_until("it was asked", || levels.links().0 == "other");
    let pid = guard(&levels);
    let (_, group, session) = procs::family(pid).expect("it lives");
    assert_ne!(session, shell.id(), "a session of its own");
    assert_ne!(group, shell.id());
    // It is known before it has turned its back on the terminal.
    wait_until("it holds none of the files of who asked", || {
        let held = procs::fds(pid).into_iter().filter(|(n, _)| *n < 3);
        held.map(|(_, to)| to.display().to_string())
            .eq(["/dev/null"; 3])
    });
    for signal in ["HUP", "INT"] {
        procs::kill(pid, signal);
    }
    // The whole session, as the end of a login does.
    let members = procs::all().filter(|p| procs::family(*p).is_some_and(|f| f.2 == shell.id()));
    for member in members.collect::<Vec<_>>() {
        procs::kill(member, "KILL");
    }
    shell.wait().expect("its end");
    assert!(procs::alive(pid));
    assert_eq!(levels.call(&["--yes"]).code, 0);
}

#[test]
fn another_switch_ends_the_wait_and_another_unconfirmed_one_goes_back_to_the_first() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("b", &[]), ("c", &[])]);
    assert_eq!(levels.call(&["--confirm", "1000", "b"]).code, 0);
    let first = guard(&levels);
    assert_eq!(levels.call(&["c"]).code, 0);
    wait_until("nobody waits", || !procs::alive(first));
    assert_eq!(levels.call(&["--yes"]).code, 1);
    levels.assert_tidy();

    assert_eq!(levels.call(&["--confirm", "1000", "b"]).code, 0);
    let first = guard(&levels);
    assert_eq!(levels.call(&["--confirm", "1", "default"]).code, 0);
    wait_until("the first guard is gone", || !procs::alive(first));
    // Nobody ever stood by `b`.
    wait_until("it goes back", || levels.links().0 == "c");
}

#[test]
fn a_guard_that_is_killed_has_a_successor_and_the_level_goes_back_whichever_is_killed() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("other", &[])]);
    assert_eq!(levels.call(&["--confirm", "1000", "other"]).code, 0);
    let first = guard(&levels);
    procs::kill(first, "KILL");
    wait_until("another guards", || guard(&levels) != first);
    let out = levels.call(&["--yes"]);
    assert_eq!(
        (out.code, &*out.stdout),
        (0, "runsvchdir: other: confirmed.\n")
    );
    levels.assert_tidy();

    for whom in [guard, watch] {
        assert_eq!(levels.call(&["default"]).code, 0);
        assert_eq!(levels.call(&["--confirm", "2", "other"]).code, 0);
        procs::kill(whom(&levels), "KILL");
        wait_until("it goes back", || levels.links().0 == "default");
        wait_until("nobody guards", || levels.call(&["--yes"]).code == 1);
    }
}

#[test]
fn where_no_successor_can_be_made_who_should_make_it_guards() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("other", &[])]);
    // Root may have as many processes as there are; this user is nobody else's.
    let root = rustix::process::geteuid().is_root();
    let uid = 30_000_000 + std::process::id();
    let as_user = |prog: Prog| if root { prog.user(uid, uid) } else { prog };
    if root {
        std::os::unix::fs::chown(&levels.dir, Some(uid), Some(uid)).expect("chown");
    }
    let out = as_user(levels.prog(&["--confirm", "1000", "other"])).run();
    assert_eq!(out.code, 0, "{out:?}");
    let (watch, first) = (watch(&levels), guard(&levels));
    let limit = levels.t.command("/usr/bin/prlimit");
    let limit = limit.args(["--nproc=1", "--pid", &watch.to_string()]);
    let out = as_user(limit).run();
    assert_eq!(out.code, 0, "{out:?}");
    procs::kill(first, "KILL");
    wait_until("it guards by itself", || guard(&levels) == watch);
    let out = levels.call(&["--yes"]);
    assert_eq!(
        (out.code, &*out.stdout),
        (0, "runsvchdir: other: confirmed.\n")
    );
    wait_until("it is gone", || !procs::alive(watch));
    levels.assert_tidy();
}

#[test]
fn guards_that_are_both_killed_leave_nothing_that_could_be_confirmed() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("other", &[])]);
    assert_eq!(levels.call(&["--confirm", "1000", "other"]).code, 0);
    let (watch, guard) = (watch(&levels), guard(&levels));
    procs::kill(watch, "KILL");
    procs::kill(guard, "KILL");
    wait_until("nothing to confirm", || levels.call(&["--yes"]).code == 1);
    assert_eq!(levels.call(&["default"]).code, 0);
    assert_eq!(levels.links().0, "default");
}

#[test]
fn what_is_stopped_by_the_switch_may_carry_the_one_who_asked() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["login"]), ("other", &["n"])]);
    let program = program_path("runsvchdir");
    let run = format!(
        "echo started $$ >>events\n[ ! -e ../../go ] || exec sleep 1000\n: >../../go\n\
         RUNSVDIR={} {} --confirm 5 -o stop-first other\nsleep 1000",
        levels.dir.display(),
        program.display()
    );
    levels.service("login").run(&run);
    levels.serve(&["login"]);
    levels.service("n").wait_running(1);
    wait_until("it goes back", || levels.links().0 == "default");
    levels.service("login").wait_running(2);
}
