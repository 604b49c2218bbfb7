//! The control characters and the signals they send.

use crate::common::*;

/// Notes each signal that can be caught and goes on.
const CATCHER: &str = "for s in TERM CONT HUP ALRM INT QUIT USR1 USR2; do
    trap \"echo got $s >>events\" $s
done
echo started $$ >>events
sleep 1000 &
while :; do wait; done";

#[test]
fn each_character_sends_its_signal() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    s.wait_started(1);
    for (character, signal) in [
        ("c", "CONT"),
        ("h", "HUP"),
        ("a", "ALRM"),
        ("i", "INT"),
        ("q", "QUIT"),
        ("1", "USR1"),
        ("2", "USR2"),
        ("t", "TERM"),
    ] {
        let before = s.events("got").len();
        s.control(character);
        let got = s.wait_events("got", before + 1);
        assert_eq!(got[before..], [signal], "{character}");
    }
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn d_sends_term_and_cont() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    s.wait_started(1);
    s.control("d");
    let mut got = s.wait_events("got", 2);
    got.sort();
    assert_eq!(got, ["CONT", "TERM"]);
    s.wait_stat("run, got TERM, want down");
}

#[test]
fn who_gets_term_can_read_that_it_is_to_stay_down() {
    let t = Scratch::new();
    // No program is started for it: it reads as soon as it can.
    let s = t
        .service("s")
        .run(
            "trap 'read line <supervise/stat; echo \"read $line\" >>events' TERM
echo started $$ >>events
sleep 1000 &
while :; do wait; done",
        )
        .supervise();
    s.wait_running(1);
    for count in 1..=10 {
        s.control("d");
        let read = s.wait_events("read", count);
        assert!(read[count - 1].ends_with("want down"), "{read:?}");
        s.control("u");
        s.wait_status("is wanted up", |status| status.want == Want::Up);
    }
}

#[test]
fn x_sends_term_and_cont() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    s.wait_started(1);
    s.control("x");
    let mut got = s.wait_events("got", 2);
    got.sort();
    assert_eq!(got, ["CONT", "TERM"]);
    s.wait_stat("run, got TERM, want exit");
}

#[test]
fn p_stops_and_d_ends_a_stopped_service() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let pid = s.wait_started(1);
    s.control("p");
    wait_until("it is stopped", || procs::state(pid) == Some('T'));
    s.control("d");
    if ours("paused-means-stopped") {
        s.wait_stat("down");
    } else {
        s.wait_stat("down, paused");
    }
    assert!(!procs::alive(pid));
}

#[test]
fn a_service_going_on_after_d_is_not_paused() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    let pid = s.wait_started(1);
    s.control("p");
    s.wait_stat("run, paused");
    s.control("d");
    s.wait_events("got", 2);
    if ours("paused-means-stopped") {
        s.wait_stat("run, got TERM, want down");
    } else {
        s.wait_stat("run, paused, got TERM, want down");
    }
    assert_ne!(procs::state(pid), Some('T'));
}

#[test]
fn k_kills_and_the_service_comes_back() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    let first = s.wait_started(1);
    s.control("k");
    let second = s.wait_started(2);
    assert_ne!(first, second);
    assert!(!procs::alive(first));
    assert_eq!(s.events("got"), [""; 0]);
}

#[test]
fn several_characters_in_one_write_are_all_obeyed() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    s.wait_started(1);
    s.control("haiq12");
    let mut got = s.wait_events("got", 6);
    got.sort();
    assert_eq!(got, ["ALRM", "HUP", "INT", "QUIT", "USR1", "USR2"]);
}

#[test]
fn unknown_characters_are_ignored() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    s.wait_started(1);
    s.control("\0\n zZ!3456789UDOXT\u{7f}éefgjlmnrsvwy");
    s.control("1");
    assert_eq!(s.wait_events("got", 1), ["USR1"]);
    s.wait_stat("run");
    assert_eq!(s.events("started").len(), 1);
    assert_eq!(s.runsv.stderr(), "");
}

#[test]
fn signals_to_a_service_that_is_down_do_nothing() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).down().supervise();
    s.wait_stat("down");
    s.control("haiq12tkc");
    s.control("u");
    s.wait_running(1);
    assert_eq!(s.events("got"), [""; 0]);
    assert_eq!(s.runsv.stderr(), "");
}

#[test]
fn u_on_a_running_service_starts_no_second_one() {
    let t = Scratch::new();
    let s = t.service("s").run(CATCHER).supervise();
    let pid = s.wait_started(1);
    s.control("uuu1");
    s.wait_events("got", 1);
    assert_eq!(s.events("started").len(), 1);
    assert_eq!(procs::children(s.runsv.pid()), [pid]);
}

#[test]
fn a_service_wanted_down_stays_down_when_it_ends() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_started(1);
    s.control("d");
    s.wait_stat("down");
    s.control("1");
    s.control("u");
    s.wait_running(2);
    assert_eq!(s.events("started").len(), 2);
}

#[test]
fn o_starts_a_service_and_does_not_restart_it() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events\nread line <go")
        .down();
    t.mkfifo(s.path("go"));
    let s = s.supervise();
    s.wait_stat("down");
    s.control("o");
    s.wait_started(1);
    s.wait_stat("run, want down");
    s.control("u");
    s.wait_stat("run");
    s.control("o");
    s.wait_stat("run, want down");
    std::fs::write(s.path("go"), "go\n").unwrap();
    s.wait_stat("down");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn o_while_it_ends_does_not_start_another() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let pid = s.wait_running(1);
    s.control("o");
    s.wait_stat("run, want down");
    procs::kill(pid, "KILL");
    s.wait_stat("down");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn down_then_up_in_one_write_is_a_restart() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    s.control("du");
    s.wait_running(2);
}

#[test]
fn the_log_service_obeys_all_but_x() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().log_run(CATCHER).supervise();
    let log = s.log();
    log.wait_started(1);
    for (character, signal) in [("h", "HUP"), ("a", "ALRM"), ("1", "USR1"), ("t", "TERM")] {
        let before = log.events("got").len();
        log.control(character);
        let got = log.wait_events("got", before + 1);
        assert_eq!(got[before..], [signal], "{character}");
    }
    log.wait_stat("run, got TERM");
    log.control("x2");
    log.wait_events("got", 5);
    log.wait_stat("run, got TERM");
    log.control("k");
    log.wait_started(2);
    log.control("o");
    log.wait_stat("run, want down");
    log.control("k");
    log.wait_stat("down");
    log.control("u");
    log.wait_running(3);
    s.wait_stat("run");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn many_writers_at_once_are_all_heard() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("trap 'echo got >>events' USR1\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done")
        .supervise();
    s.wait_started(1);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| s.control("h1z2".replace(['h', '2'], "z").as_str()));
        }
    });
    s.wait_events("got", 1);
    s.control("d");
    s.wait_stat("down");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn p_on_a_service_that_is_down_sets_no_flag() {
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().down().supervise();
    s.wait_stat("down");
    s.control("p");
    if ours("no-pause-of-a-down-service") {
        // Nothing to wait for but the end.
        s.control("x");
        assert_eq!(s.runsv.wait(), 0);
        assert!(!s.status().unwrap().paused);
        assert_eq!(s.stat(), "down");
    } else {
        s.wait_stat("down, paused");
        s.control("u");
        s.wait_stat("run");
    }
}
