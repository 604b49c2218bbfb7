//! sv and runsv together.

use crate::common::*;
use crate::fake::{now, without_seconds};

const STUBBORN: &str = "trap '' TERM\necho started $$ >>events\nwhile :; do sleep 1000; done";

/// `sv ARGS DIR` to its end; the output without seconds and with `DIR` for the directory.
fn sv(s: &ServiceDir, t: &Scratch, args: &[&str]) -> (i32, String) {
    let out = t.program("sv").args(args).arg(s.dir()).run();
    assert_eq!(out.stderr, "");
    let text = without_seconds(&out.stdout).replace(s.dir().to_str().unwrap(), "DIR");
    (out.code, text)
}

/// A service with `down`, and its runsv, which can be asked: the C program makes its first record before
/// it listens.
fn normally_down(t: &Scratch) -> Control {
    let s = t.service("s").sleeper().down().supervise();
    s.wait_stat("down");
    wait_until("its runsv listens", || s.ok());
    s
}

/// Waits until the state is from an earlier second than any command: the other side compares
/// seconds and may take a state from before the command for its outcome.
fn not_in_the_same_second(s: &ServiceDir) {
    let since = s.status().expect("there is a status").since;
    wait_until("the clock goes on", || now() > since + 1);
}

#[test]
fn start_and_stop_report_what_they_reached() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    assert_eq!(
        sv(&s, &t, &["stop"]),
        (0, "ok: down: DIR: Ns, normally up\n".into())
    );
    assert_eq!(s.stat(), "down");
    let (code, text) = sv(&s, &t, &["start"]);
    let pid = s.wait_running(2);
    assert_eq!((code, text), (0, format!("ok: run: DIR: (pid {pid}) Ns\n")));
    // Again, although nothing changes.
    assert_eq!(
        sv(&s, &t, &["start"]),
        (0, format!("ok: run: DIR: (pid {pid}) Ns\n"))
    );
    assert_eq!(
        sv(&s, &t, &["status"]),
        (0, format!("run: DIR: (pid {pid}) Ns\n"))
    );
}

#[test]
fn restart_never_reports_the_old_process() {
    let t = Scratch::new();
    // It takes its time to end, and it was started within this very second.
    let s = t
        .service("s")
        .run("trap 'sleep 0.2; exit' TERM\necho started $$ >>events\nsleep 1000 &\nwait")
        .supervise();
    let mut wrong = 0;
    for n in 1..=3 {
        let old = s.wait_running(n);
        let (code, text) = sv(&s, &t, &["restart"]);
        assert_eq!(code, 0);
        if text.contains(&format!("(pid {old})")) {
            wrong += 1;
        }
        s.wait_running(n + 1);
    }
    if ours("restart-never-reports-the-old-process") {
        assert_eq!(wrong, 0);
    } else {
        assert!(wrong > 0);
    }
}

#[test]
fn restart_of_a_stopped_service_starts_it() {
    let t = Scratch::new();
    let s = normally_down(&t);
    let (code, text) = sv(&s, &t, &["restart"]);
    let pid = s.wait_running(1);
    assert_eq!(
        (code, text),
        (0, format!("ok: run: DIR: (pid {pid}) Ns, normally down\n"))
    );
}

#[test]
fn try_restart_leaves_a_stopped_service_alone() {
    let t = Scratch::new();
    let s = normally_down(&t);
    assert_eq!(
        sv(&s, &t, &["try-restart"]),
        (0, "ok: down: DIR: Ns\n".into())
    );
    assert_eq!(
        sv(&s, &t, &["force-reload"]),
        (0, "ok: down: DIR: Ns\n".into())
    );
    assert_eq!(s.stat(), "down");
    assert_eq!(s.events("started").len(), 0);
}

#[test]
fn reload_hangs_up_and_reports() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("trap 'echo hup >>events' HUP\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done")
        .supervise();
    let pid = s.wait_running(1);
    assert_eq!(
        sv(&s, &t, &["reload"]),
        (0, format!("ok: run: DIR: (pid {pid}) Ns\n"))
    );
    s.wait_events("hup", 1);
}

#[test]
fn down_and_up_in_the_restart_delay_is_up() {
    let t = Scratch::new();
    let s = t.service("s").run("echo started $$ >>events").supervise();
    s.wait_started(1);
    s.wait_stat("down");
    assert_eq!(sv(&s, &t, &["down"]), (0, String::new()));
    assert_eq!(sv(&s, &t, &["up"]), (0, String::new()));
    if their_old("sv-always-writes") {
        // It saw the wish of before and kept the `u` to itself.
        wait_until("it stays down", || {
            s.status().is_some_and(|s| s.want == Want::Down)
        });
    } else {
        s.wait_started(2);
        s.wait_started(3);
    }
}

#[test]
fn once_is_reached_when_it_runs() {
    let t = Scratch::new();
    let s = normally_down(&t);
    not_in_the_same_second(&s);
    let (code, text) = sv(&s, &t, &["-v", "once"]);
    let pid = s.wait_started(1);
    assert_eq!(
        (code, text),
        (
            0,
            format!("ok: run: DIR: (pid {pid}) Ns, normally down, want down\n")
        )
    );
}

#[test]
fn a_stubborn_service_is_killed_by_force_stop_after_the_time() {
    let t = Scratch::new();
    let s = t.service("s").run(STUBBORN).supervise();
    let pid = s.wait_running(1);
    assert_eq!(
        sv(&s, &t, &["-w", "1", "stop"]),
        (
            1,
            format!("timeout: run: DIR: (pid {pid}) Ns, want down, got TERM\n")
        )
    );
    assert!(procs::alive(pid));
    assert_eq!(
        sv(&s, &t, &["-w", "1", "force-stop"]),
        (
            1,
            format!("kill: run: DIR: (pid {pid}) Ns, want down, got TERM\n")
        )
    );
    s.wait_stat("down");
    assert!(!procs::alive(pid));
}

#[test]
fn force_restart_kills_and_the_service_comes_back() {
    let t = Scratch::new();
    let s = t.service("s").run(STUBBORN).supervise();
    let pid = s.wait_running(1);
    not_in_the_same_second(&s);
    assert_eq!(
        sv(&s, &t, &["-w1", "force-restart"]),
        (1, format!("kill: run: DIR: (pid {pid}) Ns, got TERM\n"))
    );
    assert_ne!(s.wait_started(2), pid);
}

#[test]
fn shutdown_waits_for_runsv_and_its_logger() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .sleeper()
        .log_run("echo started $$ >>events\ncat >>lines\necho eof >>events")
        .supervise();
    s.wait_running(1);
    s.log().wait_running(1);
    assert_eq!(
        sv(&s, &t, &["shutdown"]),
        (0, "ok: DIR: runsv not running\n".into())
    );
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.log().events("eof").len(), 1);
    assert_eq!(
        sv(&s, &t, &["status"]),
        (1, "fail: DIR: runsv not running\n".into())
    );
}

#[test]
fn signals_arrive() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("for s in TERM CONT HUP ALRM INT QUIT USR1 USR2; do trap \"echo got $s >>events\" $s; done\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done")
        .supervise();
    let pid = s.wait_running(1);
    for (n, (word, signal)) in [
        ("cont", "CONT"),
        ("hup", "HUP"),
        ("alarm", "ALRM"),
        ("interrupt", "INT"),
        ("quit", "QUIT"),
        ("1", "USR1"),
        ("2", "USR2"),
        ("term", "TERM"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(sv(&s, &t, &[word]), (0, String::new()));
        assert_eq!(s.wait_events("got", n + 1)[n], signal);
    }
    assert_eq!(sv(&s, &t, &["pause"]), (0, String::new()));
    wait_until("it is stopped", || procs::state(pid) == Some('T'));
    s.wait_stat("run, paused, got TERM");
    assert_eq!(
        sv(&s, &t, &["status"]),
        (0, format!("run: DIR: (pid {pid}) Ns, paused, got TERM\n"))
    );
    assert_eq!(sv(&s, &t, &["kill"]), (0, String::new()));
    s.wait_started(2);
}

#[test]
fn the_log_service_is_controlled_by_its_own_name() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().logger().supervise();
    let run = s.wait_running(1);
    let log = s.log().wait_running(1);
    assert_eq!(
        sv(&s, &t, &["status"]),
        (
            0,
            format!("run: DIR: (pid {run}) Ns; run: log: (pid {log}) Ns\n")
        )
    );
    assert_eq!(
        sv(&s.log(), &t, &["stop"]),
        (0, "ok: down: DIR: Ns, normally up\n".into())
    );
    assert_eq!(
        sv(&s, &t, &["status"]),
        (
            0,
            format!("run: DIR: (pid {run}) Ns; down: log: Ns, normally up\n")
        )
    );
    assert_eq!(sv(&s.log(), &t, &["start"]).0, 0);
    assert_ne!(s.log().wait_running(2), log);
}

#[test]
fn start_of_a_service_that_ends_at_once_waits_in_vain_or_sees_it_run() {
    let t = Scratch::new();
    let s = t.service("s").supervise();
    s.runsv.wait_stderr("unable to start ./run");
    let (code, text) = sv(&s, &t, &["-w", "2", "start"]);
    let expected = [
        (1, "timeout: down: DIR: Ns, normally up, want up\n"),
        (0, "ok: run: DIR: "),
    ];
    assert!(
        expected
            .iter()
            .any(|(c, start)| *c == code && text.starts_with(start)),
        "{code} {text}"
    );
}

#[test]
fn a_name_with_a_trailing_slash_works_in_waits() {
    let t = Scratch::new();
    let s = normally_down(&t);
    let out = t.program("sv").args(["start", "s/"]).run();
    let pid = s.wait_running(1);
    if !ours("trailing-slash-in-waits") {
        let why = "fail: s/: unable to change to service directory: file does not exist\n";
        assert_eq!((out.code, out.stdout.as_str()), (1, why));
        return;
    }
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, format!("ok: run: s/: (pid {pid}) Ns, normally down\n"))
    );
    let out = t.program("sv").args(["stop", "s/"]).run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: down: s/: Ns\n".into())
    );
}

#[test]
fn an_ordinary_user_controls_his_own_services() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    let root = rustix::process::geteuid().is_root();
    let own = |prog: Prog| if root { prog.user(65534, 65534) } else { prog };
    if root {
        std::os::unix::fs::chown(s.dir(), Some(65534), Some(65534)).unwrap();
    }
    let _runsv = own(s.runsv()).spawn();
    let pid = s.wait_running(1);
    let out = own(t.program("sv").args(["status", "./s"])).run();
    assert_eq!(
        without_seconds(&out.stdout),
        format!("run: ./s: (pid {pid}) Ns\n")
    );
    let out = own(t.program("sv").args(["stop", "./s"])).run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: down: ./s: Ns, normally up\n".into())
    );
}
