//! `./check`: when it is asked, with what, and what its answer means.

use crate::common::*;
use crate::fake::*;

#[test]
fn start_waits_until_check_agrees() {
    let t = Scratch::new();
    let s = Fake::new(
        t.service("s")
            .check("echo asked >>events\n[ -e available ]"),
        running(7),
    );
    let sv = t.program("sv").args(["-w600", "start", "./s"]).spawn();
    s.wait_events("asked", 3);
    assert_eq!(sv.stdout(), "");
    std::fs::write(s.path("available"), "").unwrap();
    let out = sv.finish();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: run: ./s: (pid 7) Ns\n".into())
    );
}

#[test]
fn a_check_that_never_agrees_is_a_timeout() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("s").check("exit 1"), running(7));
    for word in ["start", "check", "up"] {
        let out = t.program("sv").args(["-w1", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (1, "timeout: run: ./s: (pid 7) Ns\n".into()),
            "{word}"
        );
    }
}

#[test]
fn check_runs_in_the_service_directory_without_standard_output() {
    let t = Scratch::new();
    let s = Fake::new(
        t.service("s")
            .check("echo in $(pwd) >>events\necho called $0 $# >>events\necho text >&2\nls -l /proc/$$/fd/1 >>fds 2>&1\nexit 0"),
        running(7),
    );
    let out = t.program("sv").args(["start", "./s"]).run();
    assert_eq!(out.code, 0);
    let here = std::fs::canonicalize(s.dir()).unwrap();
    assert_eq!(s.events("in"), [here.to_str().unwrap()]);
    assert_eq!(s.events("called"), ["check 0"]);
    assert_eq!(out.stderr, "text\n");
    assert_eq!(without_seconds(&out.stdout), "ok: run: ./s: (pid 7) Ns\n");
}

#[test]
fn what_check_prints_does_not_reach_the_output() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("s").check("echo noise; exit 0"), running(7));
    let out = t.program("sv").args(["start", "./s"]).run();
    assert_eq!(without_seconds(&out.stdout), "ok: run: ./s: (pid 7) Ns\n");
}

#[test]
fn check_is_not_asked_when_the_service_is_to_be_down() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s").check("echo asked >>events; exit 1"), down());
    let out = t.program("sv").args(["stop", "./s"]).run();
    assert_eq!(out.code, 0);
    let out = t.program("sv").args(["status", "./s"]).run();
    assert_eq!(out.code, 0);
    assert_eq!(s.events("asked").len(), 0);
}

#[test]
fn sv_check_is_about_the_state_that_was_asked_for() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s").check("echo asked >>events; exit 0"), down());
    let out = t.program("sv").args(["check", "./s"]).run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: down: ./s: Ns, normally up\n".into())
    );
    s.say(running(7));
    let out = t.program("sv").args(["check", "./s"]).run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: run: ./s: (pid 7) Ns\n".into())
    );
    assert_eq!(s.events("asked").len(), 1);
    // Neither up nor down as asked.
    for (status, line) in [
        (
            Status {
                want: Want::Up,
                ..down()
            },
            "down: ./s: Ns, normally up, want up",
        ),
        (
            Status {
                want: Want::Down,
                ..running(7)
            },
            "run: ./s: (pid 7) Ns, want down",
        ),
    ] {
        s.say(status);
        let out = t.program("sv").args(["-w", "1", "check", "./s"]).run();
        let (code, word) = if their_old("check-is-about-the-wish") {
            (0, "ok")
        } else {
            (1, "timeout")
        };
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (code, format!("{word}: {line}\n"))
        );
    }
    assert_eq!(s.commands(), "");
}

#[test]
fn sv_check_waits_for_the_state() {
    let t = Scratch::new();
    let s = Fake::new(
        t.service("s"),
        Status {
            want: Want::Up,
            ..down()
        },
    );
    if their_old("check-is-about-the-wish") {
        return;
    }
    let sv = t.program("sv").args(["-w600", "check", "./s"]).spawn();
    s.say(running(7));
    let out = sv.finish();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: run: ./s: (pid 7) Ns\n".into())
    );
}

#[test]
fn restart_asks_check_of_the_new_process() {
    let t = Scratch::new();
    let s = Fake::new(
        t.service("s")
            .check("echo asked >>events\n[ -e available ]"),
        running(7),
    );
    let sv = t.program("sv").args(["-w600", "restart", "./s"]).spawn();
    s.wait_commands();
    s.say(Status {
        since: now(),
        ..running(8)
    });
    s.wait_events("asked", 2);
    assert_eq!(sv.stdout(), "");
    std::fs::write(s.path("available"), "").unwrap();
    let out = sv.finish();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: run: ./s: (pid 8) Ns\n".into())
    );
}

#[test]
fn a_check_that_cannot_be_run_is_warned_of() {
    let t = Scratch::new();
    let a = Fake::new(t.service("a").file("check", "#!/bin/sh\n"), running(7));
    let b = Fake::new(
        t.service("b")
            .check("")
            .file("check", "#!/no/such/interpreter\n"),
        running(7),
    );
    let c = Fake::new(t.service("c"), running(7));
    std::fs::create_dir(c.path("check")).unwrap();
    for (s, why) in [
        (&a, "access denied"),
        (&b, "file does not exist"),
        (&c, "access denied"),
    ] {
        let dir = s.dir().display();
        let out = t.program("sv").args(["-w1", "start"]).arg(s.dir()).run();
        let warning = format!("warning: unable to run {dir}/check: {why}");
        assert!(out.stderr.lines().count() > 0);
        assert!(out.stderr.lines().all(|l| l == warning), "{}", out.stderr);
        let (code, word) = if ours("a-check-that-cannot-run-did-not-agree") {
            (1, "timeout")
        } else {
            (0, "ok")
        };
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (code, format!("{word}: run: {dir}: (pid 7) Ns\n"))
        );
    }
}

#[test]
fn a_check_that_is_killed_has_not_agreed() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("s").check("kill -KILL $$"), running(7));
    let out = t.program("sv").args(["-w1", "start", "./s"]).run();
    if ours("a-killed-check-did-not-agree") {
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (1, "timeout: run: ./s: (pid 7) Ns\n".into())
        );
    } else {
        assert_eq!(out.code, 0);
    }
}
