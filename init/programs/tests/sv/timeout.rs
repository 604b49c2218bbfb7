//! What happens when what was asked for does not come.

use crate::common::*;
use crate::fake::*;

#[test]
fn a_service_that_does_not_stop_is_reported_after_the_time_given() {
    let t = Scratch::new();
    let s = Fake::new(
        t.service("s"),
        Status {
            want: Want::Down,
            got_term: true,
            ..running(7)
        },
    );
    for word in ["stop", "down", "exit", "shutdown"] {
        let out = t.program("sv").args(["-w", "1", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (
                1,
                "timeout: run: ./s: (pid 7) Ns, want down, got TERM\n".into()
            ),
            "{word}"
        );
        if !their_old("sv-always-writes") {
            assert!(["d", "x"].contains(&s.commands().as_str()));
        }
    }
}

#[test]
fn a_service_that_does_not_start_is_reported() {
    let t = Scratch::new();
    let s = Fake::new(
        t.service("s"),
        Status {
            want: Want::Up,
            ..down()
        },
    );
    for word in ["start", "up", "restart"] {
        let out = t.program("sv").args(["-w1", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (1, "timeout: down: ./s: Ns, normally up, want up\n".into()),
            "{word}"
        );
    }
    if !their_old("sv-always-writes") {
        assert_eq!(s.commands(), "uutcu");
    }
}

#[test]
fn a_service_in_finish_is_neither_up_nor_down() {
    let t = Scratch::new();
    let _s = Fake::new(
        t.service("s"),
        Status {
            state: State::Finish,
            ..running(7)
        },
    );
    for word in ["start", "stop", "restart"] {
        let out = t.program("sv").args(["-w", "1", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (1, "timeout: finish: ./s: (pid 7) Ns\n".into()),
            "{word}"
        );
    }
}

#[test]
fn force_commands_kill_after_the_time_given() {
    for (word, bytes) in [
        ("force-stop", "dk"),
        ("force-shutdown", "xk"),
        ("force-reload", "tck"),
        ("force-restart", "tcuk"),
        ("D", "dk"),
        ("X", "xk"),
        ("E", "xk"),
        ("T", "tck"),
    ] {
        let t = Scratch::new();
        let s = Fake::new(
            t.service("s"),
            Status {
                got_term: true,
                ..running(7)
            },
        );
        let out = t.program("sv").args(["-w", "1", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (1, "kill: run: ./s: (pid 7) Ns, got TERM\n".into()),
            "{word}"
        );
        assert_eq!(s.commands(), bytes, "{word}");
    }
}

#[test]
fn svwait_sets_the_time_and_w_overrides_it() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("s"), running(7));
    let start = std::time::Instant::now();
    let out = t
        .program("sv")
        .args(["stop", "./s"])
        .env("SVWAIT", "1")
        .run();
    assert_eq!(out.code, 1);
    assert!(out.stdout.starts_with("timeout: run: ./s:"));
    let out = t
        .program("sv")
        .args(["-w", "0", "stop", "./s"])
        .env("SVWAIT", "1000000")
        .run();
    assert_eq!(out.code, 1);
    assert!(out.stdout.starts_with("timeout: run: ./s:"));
    assert!(start.elapsed() >= std::time::Duration::from_secs(1));
}

#[test]
fn w_makes_plain_commands_wait() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let sv = t.program("sv").args(["-w", "600", "down", "./s"]).spawn();
    assert_eq!(s.wait_commands(), "d");
    s.say(down());
    let out = sv.finish();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: down: ./s: Ns, normally up\n".into())
    );
}

#[test]
fn a_timeout_counts_for_each_service() {
    let t = Scratch::new();
    let _a = Fake::new(t.service("a"), running(7));
    let _b = Fake::new(t.service("b"), down());
    let _c = Fake::new(t.service("c"), running(9));
    let out = t
        .program("sv")
        .args(["-w1", "stop", "./a", "./b", "./c", "./x"])
        .run();
    assert_eq!(out.code, 3);
    let mut lines: Vec<_> = out.stdout.lines().map(without_seconds).collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "fail: ./x: unable to change to service directory: file does not exist",
            "ok: down: ./b: Ns, normally up",
            "timeout: run: ./a: (pid 7) Ns",
            "timeout: run: ./c: (pid 9) Ns",
        ]
    );
}

#[test]
fn a_runsv_that_ends_while_sv_waits_is_reported() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let sv = t.program("sv").args(["-w600", "stop", "./s"]).spawn();
    assert_eq!(s.wait_commands(), "d");
    drop(s);
    let out = sv.finish();
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (1, "fail: ./s: runsv not running\n")
    );
}

#[test]
fn each_state_satisfies_some_commands_and_no_others() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let run = running(7);
    let finish = Status {
        state: State::Finish,
        ..run
    };
    let words = [
        "up",
        "down",
        "once",
        "pause",
        "cont",
        "hup",
        "alarm",
        "interrupt",
        "quit",
        "1",
        "2",
        "term",
        "kill",
        "exit",
        "start",
        "stop",
        "reload",
        "restart",
        "try-restart",
        "check",
        "force-stop",
        "force-reload",
        "force-restart",
        "shutdown",
    ];
    // What is never satisfied by a state that is older than the command.
    let never = "exit shutdown restart force-restart";
    let ends = "down stop force-stop term kill try-restart force-reload";
    for (status, unsatisfied) in [
        (run, format!("{never} {ends} once pause")),
        (
            Status {
                paused: true,
                ..run
            },
            format!("{never} {ends} once cont"),
        ),
        (
            Status {
                want: Want::Down,
                ..run
            },
            format!("{never} {ends} check pause"),
        ),
        (
            Status {
                got_term: true,
                ..run
            },
            format!("{never} {ends} once pause"),
        ),
        (down(), format!("{never} once start up")),
        (
            Status {
                want: Want::Up,
                ..down()
            },
            format!("{never} check term kill try-restart force-reload once start up"),
        ),
        (finish, format!("{never} {ends} check once pause start up")),
        (
            Status {
                want: Want::Down,
                ..finish
            },
            format!("{never} {ends} check pause start up"),
        ),
    ] {
        s.say(status);
        // At once, as the other side looks twice before it gives up.
        let all = words.map(|word| t.program("sv").args(["-w0", word, "./s"]).spawn());
        for (word, sv) in words.into_iter().zip(all) {
            let out = sv.finish();
            let satisfied = out.stdout.starts_with("ok: ");
            if word == "check" && their_old("check-is-about-the-wish") {
                continue;
            }
            let expected = !unsatisfied.split(' ').any(|u| u == word);
            // The record from before the command is no answer to it.
            let against_the_wish = match (status.state, status.want) {
                (State::Run, Want::Down) => ["up", "start"].contains(&word),
                (State::Down, Want::Up) => ["down", "stop", "force-stop"].contains(&word),
                _ => false,
            };
            let expected = expected && !(against_the_wish && ours("the-wish-must-have-arrived"));
            assert_eq!(
                satisfied,
                expected,
                "{word} while {:?}: {out:?}",
                status.stat()
            );
            assert_eq!(out.code, i32::from(!satisfied), "{out:?}");
        }
    }
}
