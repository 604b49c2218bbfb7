//! `sv status`: the line for each state.

use crate::common::*;
use crate::fake::*;
use std::fs;

/// The lines of `sv status s` in the directory of `t`, without its seconds.
fn status_of(t: &Scratch) -> (i32, String) {
    let out = t
        .program("sv")
        .args(["status", "s"])
        .env("SVDIR", t.dir())
        .run();
    assert_eq!(out.stderr, "");
    (out.code, without_seconds(&out.stdout))
}

#[test]
fn each_state_has_its_line() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let run = running(7);
    let finish = Status {
        state: State::Finish,
        ..run
    };
    for (status, line) in [
        (run, "run: s: (pid 7) Ns"),
        (
            Status {
                paused: true,
                ..run
            },
            "run: s: (pid 7) Ns, paused",
        ),
        (
            Status {
                want: Want::Down,
                ..run
            },
            "run: s: (pid 7) Ns, want down",
        ),
        (
            Status {
                got_term: true,
                ..run
            },
            "run: s: (pid 7) Ns, got TERM",
        ),
        (
            Status {
                paused: true,
                want: Want::Down,
                got_term: true,
                ..run
            },
            "run: s: (pid 7) Ns, paused, want down, got TERM",
        ),
        (down(), "down: s: Ns, normally up"),
        (
            Status {
                want: Want::Up,
                ..down()
            },
            "down: s: Ns, normally up, want up",
        ),
        (
            Status {
                paused: true,
                want: Want::Up,
                got_term: true,
                ..down()
            },
            "down: s: Ns, normally up, want up",
        ),
        (finish, "finish: s: (pid 7) Ns"),
        (
            Status {
                want: Want::Down,
                ..finish
            },
            "finish: s: (pid 7) Ns, want down",
        ),
    ] {
        s.say(status);
        assert_eq!(status_of(&t), (0, format!("{line}\n")));
    }
    assert_eq!(s.commands(), "");
}

#[test]
fn a_down_file_turns_the_norm_round() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s").down(), down());
    assert_eq!(status_of(&t), (0, "down: s: Ns\n".into()));
    s.say(Status {
        want: Want::Up,
        ..down()
    });
    assert_eq!(status_of(&t), (0, "down: s: Ns, want up\n".into()));
    s.say(running(7));
    assert_eq!(
        status_of(&t),
        (0, "run: s: (pid 7) Ns, normally down\n".into())
    );
    s.say(Status {
        paused: true,
        want: Want::Down,
        got_term: true,
        ..running(7)
    });
    assert_eq!(
        status_of(&t),
        (
            0,
            "run: s: (pid 7) Ns, normally down, paused, want down, got TERM\n".into()
        )
    );
    s.say(Status {
        state: State::Finish,
        ..running(7)
    });
    assert_eq!(
        status_of(&t),
        (0, "finish: s: (pid 7) Ns, normally down\n".into())
    );
}

#[test]
fn the_log_service_is_appended() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let log = Fake::new(s.log(), running(8));
    assert_eq!(
        status_of(&t),
        (0, "run: s: (pid 7) Ns; run: log: (pid 8) Ns\n".into())
    );
    log.say(down());
    assert_eq!(
        status_of(&t),
        (0, "run: s: (pid 7) Ns; down: log: Ns, normally up\n".into())
    );
    fs::write(s.path("log/down"), "").unwrap();
    assert_eq!(
        status_of(&t),
        (0, "run: s: (pid 7) Ns; down: log: Ns\n".into())
    );
    s.say(down());
    log.say(Status {
        paused: true,
        got_term: true,
        ..running(8)
    });
    assert_eq!(
        status_of(&t),
        (
            0,
            "down: s: Ns, normally up; run: log: (pid 8) Ns, normally down, paused, got TERM\n"
                .into()
        )
    );
}

#[test]
fn a_log_directory_without_its_runsv_is_told() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    fs::create_dir(s.path("log")).unwrap();
    let (code, text) = status_of(&t);
    assert!(text.starts_with("run: s: (pid 7) Ns"), "{text}");
    if ours("no-status-made-up-for-the-log") {
        assert!(!text.contains("run: log:"), "{text}");
    } else {
        assert_eq!(
            (code, text.as_str()),
            (
                1,
                "run: s: (pid 7) Ns; warning: s/log: unable to open supervise/ok: file does not \
                 exist\nrun: log: (pid 7) Ns\n"
            )
        );
    }
}

#[test]
fn a_clock_that_was_set_back_shows_no_seconds() {
    let t = Scratch::new();
    let _s = Fake::new(
        t.service("s"),
        Status {
            since: now() + 5000,
            ..running(7)
        },
    );
    let out = t.program("sv").args(["status", "./s"]).run();
    assert_eq!(out.stdout, "run: ./s: (pid 7) 0s\n");
}

#[test]
fn without_runsv_the_service_is_not_running() {
    let t = Scratch::new();
    drop(Fake::new(t.service("s"), running(7)));
    assert_eq!(status_of(&t), (1, "fail: s: runsv not running\n".into()));
}

#[test]
fn without_supervise_there_is_a_warning() {
    let t = Scratch::new();
    t.service("s");
    assert_eq!(
        status_of(&t),
        (
            1,
            "warning: s: unable to open supervise/ok: file does not exist\n".into()
        )
    );
}

#[test]
fn what_is_no_directory_fails() {
    let t = Scratch::new();
    assert_eq!(
        status_of(&t),
        (
            1,
            "fail: s: unable to change to service directory: file does not exist\n".into()
        )
    );
    fs::write(t.path("s"), "").unwrap();
    assert_eq!(
        status_of(&t),
        (
            1,
            "fail: s: unable to change to service directory: not a directory\n".into()
        )
    );
}

#[test]
fn words_that_begin_with_s_are_status() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for word in [
        "s", "st", "sta", "stat", "status", "statusx", "stopp", "startx",
    ] {
        let out = t.program("sv").args([word, "./s"]).run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (0, "run: ./s: (pid 7) Ns\n".into()),
            "{word}"
        );
    }
    assert_eq!(s.commands(), "");
}

#[test]
fn verbosity_and_time_do_not_matter() {
    let t = Scratch::new();
    let _s = Fake::new(
        t.service("s"),
        Status {
            want: Want::Down,
            ..running(7)
        },
    );
    let out = t
        .program("sv")
        .args(["-v", "-w", "0", "status", "./s"])
        .run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "run: ./s: (pid 7) Ns, want down\n".into())
    );
}

#[test]
fn an_ordinary_user_is_denied_and_told_so() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    use std::os::unix::fs::PermissionsExt;
    let set = |mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(s.path("supervise"), mode).unwrap();
    };
    set(if rustix::process::geteuid().is_root() {
        0o700
    } else {
        0o000
    });
    let as_nobody = |command: &str| {
        let sv = t.program("sv").args([command, "./s"]);
        let sv = if rustix::process::geteuid().is_root() {
            sv.user(65534, 65534)
        } else {
            sv
        };
        sv.run()
    };
    let out = as_nobody("status");
    let up = as_nobody("up");
    let start = as_nobody("start");
    set(0o700);
    assert_eq!(
        (out.code, out.stdout.as_str(), out.stderr.as_str()),
        (
            1,
            "warning: ./s: unable to open supervise/ok: access denied\n",
            ""
        )
    );
    let what = if their_old("sv-always-writes") {
        "ok"
    } else {
        "control"
    };
    let line = format!("warning: ./s: unable to open supervise/{what}: access denied\n");
    assert_eq!((up.code, &up.stdout), (1, &line));
    assert_eq!((start.code, &start.stdout), (1, &line));
}

#[test]
fn who_may_open_ok_sees_the_status() {
    use std::os::unix::fs::PermissionsExt;
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for (name, mode) in [("supervise", 0o755), ("supervise/ok", 0o622)] {
        fs::set_permissions(s.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut sv = t.program("sv").args(["status", "./s"]);
    if rustix::process::geteuid().is_root() {
        sv = sv.user(65534, 65534);
    }
    let out = sv.run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "run: ./s: (pid 7) Ns\n".into())
    );
}
