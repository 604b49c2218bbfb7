//! ./finish: when it runs, with which arguments, and what may be asked of it.

use crate::common::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const FINISH: &str = "echo finished $* >>events";

/// Runs `run` once and returns the arguments that finish got.
fn finish_of(run: &str) -> String {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(&format!("echo started $$ >>events\n{run}"))
        .finish(FINISH)
        .supervise();
    s.wait_events("finished", 1)[0].clone()
}

#[test]
fn finish_is_told_the_exit_code() {
    for code in [0, 1, 7, 100, 111, 128, 255] {
        assert_eq!(finish_of(&format!("exit {code}")), format!("{code} 0"));
    }
}

#[test]
fn finish_is_told_the_signal() {
    for (name, number) in [("TERM", 15), ("KILL", 9), ("HUP", 1), ("USR1", 10)] {
        assert_eq!(
            finish_of(&format!("kill -{name} $$")),
            format!("-1 {number}")
        );
    }
}

#[test]
fn a_dumped_core_counts_in_the_low_byte() {
    assert_eq!(finish_of("ulimit -c 0\nkill -SEGV $$"), "-1 11");
}

#[test]
fn a_run_that_cannot_be_executed_ends_with_111() {
    let t = Scratch::new();
    let s = t.service("s").finish(FINISH).supervise();
    assert_eq!(s.wait_events("finished", 1)[0], "111 0");
    s.runsv.wait_stderr(&format!(
        "runsv {}: fatal: unable to start ./run: file does not exist\n",
        s.dir().display()
    ));
    let t = Scratch::new();
    let s = t
        .service("s")
        .file("run", "#!/bin/sh\n")
        .finish(FINISH)
        .supervise();
    assert_eq!(s.wait_events("finished", 1)[0], "111 0");
    s.runsv
        .wait_stderr("fatal: unable to start ./run: access denied\n");
    let t = Scratch::new();
    let s = t
        .service("s")
        .script("run", "")
        .file("run", "#!/no/such/interpreter\n")
        .finish(FINISH)
        .supervise();
    assert_eq!(s.wait_events("finished", 1)[0], "111 0");
    s.runsv
        .wait_stderr("fatal: unable to start ./run: file does not exist\n");
}

#[test]
fn a_run_that_appears_later_is_started() {
    let t = Scratch::new();
    let s = t.service("s").supervise();
    s.runsv.wait_stderr("unable to start ./run");
    let s = ServiceDir::clone(&s).sleeper();
    s.wait_running(1);
}

#[test]
fn finish_runs_after_each_end_and_before_the_next_start() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events")
        .finish("echo finished >>events")
        .supervise();
    s.wait_events("finished", 3);
    let events = s.read("events");
    let words: Vec<_> = events
        .lines()
        .take(6)
        .map(|l| l.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        words,
        [
            "started", "finished", "started", "finished", "started", "finished"
        ]
    );
}

#[test]
fn the_service_is_down_only_when_finish_ended() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .finish("echo finishing $$ >>events\nexec sleep 1000")
        .supervise();
    s.wait_started(1);
    s.control("d");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    s.wait_stat("finish, want down");
    procs::kill(finish, "KILL");
    s.wait_stat("down");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn up_during_finish_starts_the_service_afterwards() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .finish("echo finishing $$ >>events\nexec sleep 1000")
        .supervise();
    s.wait_started(1);
    s.control("d");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    s.wait_stat("finish, want down");
    s.control("u");
    s.wait_stat("finish");
    assert_eq!(s.events("started").len(), 1);
    procs::kill(finish, "KILL");
    s.wait_running(2);
}

#[test]
fn signals_do_not_reach_the_finish_script() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .hook('h', "echo hook >>events")
        .finish(
            "for s in TERM CONT HUP ALRM INT QUIT USR1 USR2; do trap \"echo got >>events\" $s; done
echo finishing $$ >>events
sleep 1000 &
while :; do wait; done",
        )
        .supervise();
    procs::kill(s.wait_started(1), "KILL");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    s.control("chaiq12t");
    s.control("d");
    s.wait_stat("finish, want down");
    assert!(procs::alive(finish));
    assert_eq!(s.events("got").len() + s.events("hook").len(), 0);
    procs::kill(finish, "KILL");
    s.wait_stat("down");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn k_ends_a_finish_that_hangs() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .finish("echo finishing $$ >>events\nexec sleep 1000")
        .supervise();
    procs::kill(s.wait_started(1), "KILL");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    s.wait_stat("finish");
    s.control("d");
    s.wait_stat("finish, want down");
    s.control("k");
    if ours("kill-reaches-finish") {
        s.wait_stat("down");
        assert!(!procs::alive(finish));
    } else {
        s.control("d");
        wait_until("it claims to be down", || s.stat() == "down");
        assert!(procs::alive(finish));
    }
}

#[test]
fn a_failing_or_killed_finish_changes_nothing() {
    for end in ["exit 1", "exit 111", "kill -KILL $$"] {
        let t = Scratch::new();
        let s = t
            .service("s")
            .run("echo started $$ >>events")
            .finish(&format!("echo finished >>events\n{end}"))
            .supervise();
        s.wait_started(2);
        assert_eq!(s.runsv.stderr(), "");
    }
}

#[test]
fn finish_runs_before_runsv_exits() {
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().finish(FINISH).supervise();
    s.wait_started(1);
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.events("finished"), ["-1 15"]);
}

#[test]
fn there_is_no_finish_for_the_log_service() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .log_run("echo started $$ >>events\nexec sleep 1000")
        .script("log/finish", "echo finished >>events")
        .supervise();
    procs::kill(s.log().wait_started(1), "KILL");
    s.log().wait_started(2);
    s.log().wait_stat("run");
    assert_eq!(s.log().events("finished").len(), 0);
}

#[test]
fn a_finish_written_later_is_used() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let pid = s.wait_started(1);
    let s = (ServiceDir::clone(&s).finish(FINISH), s);
    procs::kill(pid, "KILL");
    assert_eq!(s.0.wait_events("finished", 1)[0], "-1 9");
}

#[test]
fn a_finish_that_is_not_executable_is_passed_over() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events")
        .finish(FINISH);
    fs::set_permissions(s.path("finish"), fs::Permissions::from_mode(0o644)).unwrap();
    let s = s.supervise();
    s.wait_started(2);
    let complaint = format!(
        "runsv {}: fatal: unable to start ./finish: access denied\n",
        s.dir().display()
    );
    if ours("finish-needs-its-executable-bit") {
        assert_eq!(s.runsv.stderr(), "");
    } else {
        s.runsv.wait_stderr(&complaint);
    }
    assert_eq!(s.events("finished").len(), 0);
}
