//! Which bytes each word sends.

use crate::common::*;
use crate::fake::*;

/// Commands that return at once, with what they write.
const PLAIN: [(&str, &str); 29] = [
    ("up", "u"),
    ("u", "u"),
    ("down", "d"),
    ("d", "d"),
    ("once", "o"),
    ("o", "o"),
    ("pause", "p"),
    ("p", "p"),
    ("cont", "c"),
    ("c", "c"),
    ("hup", "h"),
    ("h", "h"),
    ("alarm", "a"),
    ("a", "a"),
    ("interrupt", "i"),
    ("i", "i"),
    ("quit", "q"),
    ("q", "q"),
    ("1", "1"),
    ("2", "2"),
    ("12", "1"),
    ("term", "t"),
    ("t", "t"),
    ("kill", "k"),
    ("k", "k"),
    ("exit", "x"),
    ("e", "x"),
    ("x", "x"),
    ("tryx", "t"),
];

#[test]
fn plain_commands_send_their_letter_and_print_nothing() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for (word, bytes) in PLAIN {
        let out = t.program("sv").args([word, "./s"]).run();
        assert_eq!(
            (out.code, out.stdout.as_str(), out.stderr.as_str()),
            (0, "", ""),
            "{word}"
        );
        if !(their_old("sv-always-writes") && bytes == "u") {
            assert_eq!(s.commands(), bytes, "{word}");
        }
    }
}

#[test]
fn only_the_first_letter_of_a_plain_command_counts() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for (word, bytes) in [
        ("upwards", "u"),
        ("dow", "d"),
        ("onc", "o"),
        ("hangup", "h"),
        ("terminate", "t"),
        ("kil", "k"),
        ("cat", "c"),
        ("checkk", "c"),
        ("ch", "c"),
        ("exitt", "x"),
        ("xyz", "x"),
        ("pau", "p"),
        ("1st", "1"),
    ] {
        let out = t.program("sv").args([word, "./s"]).run();
        assert_eq!((out.code, out.stdout.as_str()), (0, ""), "{word}");
        if !(their_old("sv-always-writes") && bytes == "u") {
            assert_eq!(s.commands(), bytes, "{word}");
        }
    }
}

#[test]
fn commands_are_sent_whatever_the_state() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    if their_old("sv-always-writes") {
        // It spares what the record says is wanted already.
        assert_eq!(t.program("sv").args(["up", "./s"]).run().code, 0);
        assert_eq!(s.commands(), "");
        return;
    }
    for status in [
        running(7),
        down(),
        Status {
            paused: true,
            want: Want::Down,
            got_term: true,
            ..running(7)
        },
        Status {
            state: State::Finish,
            ..running(7)
        },
        Status {
            want: Want::Up,
            ..down()
        },
    ] {
        s.say(status);
        for (word, bytes) in PLAIN {
            let out = t.program("sv").args([word, "./s"]).run();
            assert_eq!((out.code, out.stdout.as_str()), (0, ""), "{word}");
            assert_eq!(s.commands(), bytes, "{word} in {status:?}");
        }
    }
}

#[test]
fn words_with_a_report_send_their_letters_too() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for (word, bytes, reached) in [
        ("start", "u", running(7)),
        ("stop", "d", down()),
        ("reload", "h", running(7)),
        ("restart", "tcu", running(8)),
        ("try-restart", "tc", running(8)),
        ("check", "", running(7)),
        ("force-stop", "d", down()),
        ("force-reload", "tc", running(8)),
        ("force-restart", "tcu", running(8)),
        ("D", "d", down()),
        ("T", "tc", running(8)),
    ] {
        s.say(running(7));
        if their_old("sv-always-writes") && bytes == "u" {
            continue;
        }
        let sv = t.program("sv").args([word, "./s"]).spawn();
        if !bytes.is_empty() {
            let mut got = s.wait_commands();
            while got.len() < bytes.len() {
                got.push_str(&s.wait_commands());
            }
            assert_eq!(got, bytes, "{word}");
        }
        s.say(Status {
            since: now(),
            ..reached
        });
        let out = sv.finish();
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{word}");
        assert!(out.stdout.starts_with("ok: "), "{word}: {}", out.stdout);
        assert_eq!(s.commands(), "", "{word}");
    }
}

#[test]
fn shutdown_sends_x_and_waits_for_the_end_of_runsv() {
    for word in ["shutdown", "force-shutdown", "X", "E"] {
        let t = Scratch::new();
        let s = Fake::new(t.service("s"), running(7));
        let sv = t.program("sv").args([word, "./s"]).spawn();
        assert_eq!(s.wait_commands(), "x");
        s.say(down());
        drop(s);
        let out = sv.finish();
        assert_eq!(
            (out.code, out.stdout.as_str()),
            (0, "ok: ./s: runsv not running\n"),
            "{word}"
        );
    }
}

#[test]
fn verbose_commands_report() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for word in ["up", "cont", "hup", "alarm", "interrupt", "quit", "1", "2"] {
        let out = t.program("sv").args(["-v", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (0, "ok: run: ./s: (pid 7) Ns\n".into()),
            "{word}"
        );
    }
    s.say(down());
    for word in ["down", "cont", "2"] {
        let out = t.program("sv").args(["-w", "3", word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (0, "ok: down: ./s: Ns, normally up\n".into()),
            "{word}"
        );
    }
}

#[test]
fn without_runsv_commands_fail_but_exit_is_done() {
    let t = Scratch::new();
    drop(Fake::new(t.service("s"), running(7)));
    for (word, line) in [
        ("up", "fail"),
        ("down", "fail"),
        ("kill", "fail"),
        ("hup", "fail"),
        ("start", "fail"),
        ("stop", "fail"),
        ("restart", "fail"),
        ("force-stop", "fail"),
        ("check", "fail"),
        ("exit", "ok"),
        ("x", "ok"),
        ("e", "ok"),
        ("shutdown", "ok"),
        ("force-shutdown", "ok"),
        ("X", "ok"),
        ("E", "ok"),
        ("D", "fail"),
        ("T", "fail"),
    ] {
        for verbose in [&[][..], &["-v"]] {
            let out = t.program("sv").args(verbose).args([word, "./s"]).run();
            assert_eq!(
                (out.code, out.stdout),
                (
                    i32::from(line == "fail"),
                    format!("{line}: ./s: runsv not running\n")
                ),
                "{word}"
            );
        }
    }
}

#[test]
fn without_supervise_commands_warn() {
    let t = Scratch::new();
    t.service("s");
    for word in ["up", "start", "exit", "shutdown", "stop", "hup"] {
        let out = t.program("sv").args([word, "./s"]).run();
        let what = if their_old("sv-always-writes") {
            "ok"
        } else {
            "control"
        };
        let line = format!("warning: ./s: unable to open supervise/{what}: file does not exist\n");
        assert_eq!((out.code, out.stdout), (1, line), "{word}");
    }
    let out = t.program("sv").args(["check", "./s"]).run();
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (
            1,
            "warning: ./s: unable to open supervise/ok: file does not exist\n"
        )
    );
}
