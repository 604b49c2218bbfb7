//! How runsv ends.

use crate::common::*;

/// Runs until TERM, then has something to say.
const LAST_WORDS: &str = "trap 'echo last words; exit 0' TERM\necho started $$ >>events\n\
    sleep 1000 >/dev/null &\nwhile :; do wait; done";

#[test]
fn x_ends_the_service_and_runsv_exits_0() {
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().supervise();
    let pid = s.wait_started(1);
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    assert!(!procs::alive(pid));
    assert_eq!(s.stat(), "down");
    assert_eq!(s.runsv.stderr(), "");
    assert!(!s.ok());
}

#[test]
fn term_to_runsv_is_x() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .run("trap 'echo got TERM >>events; exit 3' TERM\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done")
        .finish("echo finished $* >>events")
        .supervise();
    s.wait_started(1);
    s.runsv.signal("TERM");
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.events("got"), ["TERM"]);
    assert_eq!(s.events("finished"), ["3 0"]);
}

#[test]
fn x_while_the_service_is_down_exits_at_once() {
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().down().supervise();
    s.wait_stat("down");
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.events("started").len(), 0);
}

#[test]
fn x_is_taken_back_by_u() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .run("trap '' TERM\necho started $$ >>events\nwhile :; do sleep 1000; done")
        .supervise();
    s.wait_started(1);
    s.control("x");
    s.wait_stat("run, got TERM, want exit");
    s.control("u");
    s.wait_stat("run, got TERM");
    s.control("k");
    s.wait_started(2);
    assert_eq!(s.runsv.ended(), None);
}

#[test]
fn x_is_taken_back_by_d_as_well() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .run("trap '' TERM\necho started $$ >>events\nwhile :; do sleep 1000; done")
        .supervise();
    s.wait_started(1);
    s.control("x");
    s.wait_stat("run, got TERM, want exit");
    s.control("d");
    s.wait_stat("run, got TERM, want down");
    s.control("k");
    s.wait_stat("down");
    assert_eq!(s.runsv.ended(), None);
}

#[test]
fn x_ends_the_logger_by_the_end_of_its_input_after_the_service() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .run(LAST_WORDS)
        .finish("echo finish words")
        .log_run("echo started $$ >>events\ncat >>lines\necho eof >>events")
        .supervise();
    s.wait_started(1);
    s.log().wait_started(1);
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.log().events("eof").len(), 1);
    assert_eq!(s.log().read("lines"), "last words\nfinish words\n");
    assert_eq!(s.log().stat(), "down");
}

/// Says its last words to a logger that reads nothing until the service is down and `go` is there; runsv has ended.
fn last_words(t: &Scratch, log_run: &str) -> Control {
    let mut s = t.service("s").run(LAST_WORDS).log_run(log_run).supervise();
    s.wait_started(1);
    s.log().wait_started(1);
    s.control("x");
    s.wait_stat("down");
    s.log().file("go", "");
    assert_eq!(s.runsv.wait(), 0);
    s
}

#[test]
fn a_logger_that_ends_before_the_last_words_is_started_once_more() {
    let t = Scratch::new();
    // As one that was told to end by somebody who ends everything, and reads nothing from then on.
    let s = last_words(
        &t,
        "echo started $$ >>events\ntest ! -e second || exec cat >>lines\n>second\n\
         until test -e go; do sleep 0.05; done",
    );
    if ours("last-words-get-a-logger") {
        assert_eq!(s.log().read("lines"), "last words\n");
        assert_eq!(s.log().events("started").len(), 2);
    } else {
        assert_eq!(s.log().events("started").len(), 1);
    }
}

#[test]
fn a_logger_that_never_reads_is_started_once_more_and_no_further() {
    let t = Scratch::new();
    let s = last_words(
        &t,
        "echo started $$ >>events\nuntil test -e go; do sleep 0.05; done",
    );
    assert!(s.log().events("started").len() <= 2);
}

#[test]
fn runsv_waits_for_a_slow_logger() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .sleeper()
        .log_run(
            "echo started $$ >>events\ncat >>lines\necho draining $$ >>events\nexec sleep 1000",
        )
        .supervise();
    s.wait_started(1);
    let logger = s.log().wait_started(1);
    s.control("x");
    s.log().wait_events("draining", 1);
    s.wait_stat("down");
    assert_eq!(s.runsv.ended(), None);
    procs::kill(logger, "KILL");
    assert_eq!(s.runsv.wait(), 0);
}

#[test]
fn orders_to_start_come_too_late_when_the_pipe_is_closed() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .sleeper()
        .log_run(
            "echo started $$ >>events\ncat >>lines\necho draining $$ >>events\nexec sleep 1000",
        )
        .supervise();
    s.wait_running(1);
    let logger = s.log().wait_started(1);
    s.control("x");
    s.log().wait_events("draining", 1);
    s.control("u");
    s.control("o");
    if ours("no-start-without-a-pipe") {
        procs::kill(logger, "KILL");
        assert_eq!(s.runsv.wait(), 0);
        assert_eq!(s.events("started").len(), 1);
    } else {
        s.runsv.wait_stderr(
            "fatal: unable to setup filedescriptor for ./run: file descriptor not open\n",
        );
    }
}

#[test]
fn a_logger_that_is_down_does_not_keep_runsv() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .sleeper()
        .logger()
        .file("log/down", "")
        .supervise();
    s.wait_started(1);
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.log().events("started").len(), 0);
}

#[test]
fn services_of_a_killed_runsv_are_left_alone() {
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().supervise();
    let pid = s.wait_started(1);
    s.runsv.signal("KILL");
    assert_eq!(s.runsv.wait(), -9);
    assert!(procs::alive(pid));
}
