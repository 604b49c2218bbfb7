//! Waiting of one call for so many services that it watches at once, and for what takes so long that
//! it watches after a while.

use crate::common::*;
use crate::fake::without_seconds;
use std::os::unix::fs::symlink;

/// More than sv looks after with naps.
const MANY: usize = 40;

/// That many services; the last one takes its time to end.
fn services(t: &Scratch) -> Vec<Control> {
    let slow = "trap 'sleep 0.3; exit' TERM\necho started $$ >>events\nsleep 1000 &\nwait";
    (0..MANY)
        .map(|n| {
            let service = t.service(&format!("services/s{n:02}"));
            match n + 1 {
                MANY => service.run(slow),
                _ => service.sleeper(),
            }
            .supervise()
        })
        .collect()
}

/// `sv COMMAND` for all of them.
fn sv(t: &Scratch, command: &str) -> (i32, Vec<String>) {
    let names = (0..MANY).map(|n| format!("s{n:02}"));
    let out = t
        .program("sv")
        .args(["-w", "30", command])
        .args(names)
        .env("SVDIR", t.path("services"))
        .run();
    assert_eq!(out.stderr, "");
    let mut lines: Vec<_> = without_seconds(&out.stdout)
        .lines()
        .map(str::to_string)
        .collect();
    lines.sort();
    (out.code, lines)
}

#[test]
fn one_call_stops_and_starts_many_services_and_tells_of_each() {
    let t = Scratch::new();
    let all = services(&t);
    for s in &all {
        s.wait_running(1);
    }
    let down: Vec<_> = (0..MANY)
        .map(|n| format!("ok: down: s{n:02}: Ns, normally up"))
        .collect();
    assert_eq!(sv(&t, "stop"), (0, down));
    for s in &all {
        assert_eq!(s.stat(), "down");
    }
    let (code, lines) = sv(&t, "start");
    let up: Vec<_> = (all.iter().enumerate())
        .map(|(n, s)| format!("ok: run: s{n:02}: (pid {}) Ns", s.wait_running(2)))
        .collect();
    assert_eq!((code, lines), (0, up));
}

#[test]
fn one_call_for_many_services_sees_that_one_supervisor_is_killed() {
    let t = Scratch::new();
    let all = services(&t);
    for s in &all {
        s.wait_running(1);
    }
    // It never ends, so that sv is still waiting when its supervisor goes.
    let killed = &all[7];
    signal_stop(killed);
    let names = (0..MANY).map(|n| format!("s{n:02}"));
    let mut sv = t
        .program("sv")
        .args(["-w", "30", "stop"])
        .args(names)
        .env("SVDIR", t.path("services"))
        .spawn();
    wait_until("all but one are told of", || {
        sv.stdout().lines().count() == MANY - 1
    });
    killed.runsv.signal("KILL");
    assert_eq!(sv.wait(), 1);
    assert!(
        sv.stdout().contains("fail: s07: runsv not running\n"),
        "{}",
        sv.stdout()
    );
}

/// Its service would take TERM only after a CONT, which runsv sends as well; so the supervisor is
/// the one that stands still.
fn signal_stop(s: &Control) {
    s.runsv.signal("STOP");
    wait_until("runsv stands still", || {
        procs::state(s.runsv.pid()) == Some('T')
    });
}

#[test]
fn a_link_to_a_service_that_leads_elsewhere_meanwhile_is_followed_anew() {
    let t = Scratch::new();
    let stubborn = "trap '' TERM\necho started $$ >>events\nwhile :; do sleep 1000; done";
    let old = t.service("old").run(stubborn).supervise();
    old.wait_running(1);
    symlink("old", t.path("s")).unwrap();
    // It runs before it comes into its place: sv must never see it down before its time.
    let new = t.service("new").sleeper().supervise();
    new.wait_running(1);
    let mut sv = t.program("sv").args(["-w", "30", "stop", "./s"]).spawn();
    old.wait_status("tells of TERM", |status| status.got_term);
    symlink("new", t.path("s.new")).unwrap();
    std::fs::rename(t.path("s.new"), t.path("s")).unwrap();
    // That the supervisor of before ends is what makes sv look here.
    old.runsv.signal("KILL");
    wait_until("the old one is gone", || !procs::alive(old.runsv.pid()));
    assert_eq!((sv.ended(), sv.stdout()), (None, String::new()));
    new.control("d");
    assert_eq!(sv.wait(), 0, "{}{}", sv.stdout(), sv.stderr());
    assert_eq!(
        without_seconds(&sv.stdout()),
        "ok: down: ./s: Ns, normally up\n"
    );
}
