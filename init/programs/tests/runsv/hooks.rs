//! `control/c`: scripts that run before, or instead of, the signals.

use crate::common::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const CATCHER: &str = "for s in TERM CONT HUP ALRM INT QUIT USR1 USR2; do
    trap \"echo got $s >>events\" $s
done
echo started $$ >>events
sleep 1000 &
while :; do wait; done";

/// The hook notes its name and how it was called.
fn noting(character: char, rest: &str) -> String {
    format!("echo hook {character} >>events\n{rest}")
}

#[test]
fn a_hook_that_succeeds_replaces_the_signal() {
    let t = Scratch::new();
    let mut s = t.service("s").run(CATCHER);
    for c in "tchaiq12pk".chars() {
        s = s.hook(c, &noting(c, "exit 0"));
    }
    let s = s.supervise();
    s.wait_started(1);
    for (n, c) in "chaiq12t".chars().enumerate() {
        s.control(&c.to_string());
        let hooks = s.wait_events("hook", n + 1);
        assert_eq!(hooks[n], c.to_string());
    }
    s.wait_stat("run");
    assert_eq!(s.events("got"), [""; 0]);
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn a_hook_that_fails_is_followed_by_the_signal() {
    let t = Scratch::new();
    let mut s = t.service("s").run(CATCHER);
    for c in "chaiq12t".chars() {
        s = s.hook(c, &noting(c, "exit 1"));
    }
    let s = s.supervise();
    s.wait_started(1);
    for (n, (c, signal)) in [
        ("c", "CONT"),
        ("h", "HUP"),
        ("a", "ALRM"),
        ("i", "INT"),
        ("q", "QUIT"),
        ("1", "USR1"),
        ("2", "USR2"),
        ("t", "TERM"),
    ]
    .into_iter()
    .enumerate()
    {
        s.control(c);
        assert_eq!(s.wait_events("hook", n + 1)[n], c);
        assert_eq!(s.wait_events("got", n + 1)[n], signal);
    }
}

#[test]
fn a_hook_that_is_killed_is_followed_by_the_signal() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('h', &noting('h', "kill -KILL $$"))
        .supervise();
    s.wait_started(1);
    s.control("h1");
    if ours("a-killed-hook-did-not-succeed") {
        let mut got = s.wait_events("got", 2);
        got.sort();
        assert_eq!(got, ["HUP", "USR1"]);
    } else {
        assert_eq!(s.wait_events("got", 1), ["USR1"]);
    }
    assert_eq!(s.events("hook"), ["h"]);
}

#[test]
fn a_hook_that_is_not_executable_is_not_there() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('h', &noting('h', "exit 0"));
    fs::set_permissions(s.path("control/h"), fs::Permissions::from_mode(0o644)).unwrap();
    let s = s.supervise();
    s.wait_started(1);
    s.control("h");
    assert_eq!(s.wait_events("got", 1), ["HUP"]);
    assert_eq!(s.events("hook"), [""; 0]);
    assert_eq!(s.runsv.stderr(), "");
}

#[test]
fn a_hook_without_its_interpreter_is_complained_of_and_the_signal_sent() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('h', "")
        .file("control/h", "#!/no/such/interpreter\n")
        .supervise();
    s.wait_started(1);
    s.control("h");
    assert_eq!(s.wait_events("got", 1), ["HUP"]);
    let complaint = if ours("complaint-names-the-hook") {
        "unable to start control/h"
    } else {
        "unable to run control/?"
    };
    s.runsv.wait_stderr(&format!(
        "runsv {}: fatal: {complaint}: file does not exist\n",
        s.dir().display()
    ));
}

#[test]
fn a_hook_gets_the_pid_of_the_service() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('h', "echo hook $# \"[$1]\" $0 >>events")
        .hook('u', "echo up $# \"[$1]\" $0 >>events")
        .supervise();
    let pid = s.wait_started(1);
    s.control("h");
    let hook = s.wait_events("hook", 1)[0].clone();
    let up = s.wait_events("up", 1)[0].clone();
    if their_old("hooks-get-the-pid") {
        assert_eq!(hook, "0 [] control/h");
        assert_eq!(up, "0 [] control/u");
    } else {
        assert_eq!(hook, format!("1 [{pid}] control/h"));
        assert_eq!(up, "1 [] control/u");
    }
}

#[test]
fn d_asks_control_t_then_sends_then_asks_control_d() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('t', &noting('t', "exit 1"))
        .hook('c', &noting('c', "exit 0"))
        .hook('d', &noting('d', "exit 1"))
        .supervise();
    s.wait_started(1);
    s.control("d");
    assert_eq!(s.wait_events("hook", 2), ["t", "d"]);
    let mut got = s.wait_events("got", 2);
    got.sort();
    assert_eq!(got, ["CONT", "TERM"]);
    s.wait_stat("run, got TERM, want down");
    assert_eq!(s.events("hook"), ["t", "d"]);
}

#[test]
fn d_sends_no_term_if_control_t_succeeds_but_always_cont() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('t', &noting('t', "exit 0"))
        .hook('d', &noting('d', "exit 0"))
        .supervise();
    s.wait_started(1);
    s.control("d");
    assert_eq!(s.wait_events("hook", 2), ["t", "d"]);
    assert_eq!(s.wait_events("got", 1), ["CONT"]);
    s.wait_stat("run, want down");
    assert_eq!(s.events("got"), ["CONT"]);
}

#[test]
fn x_asks_control_t_then_control_x() {
    let t = Scratch::new();
    let mut s = t
        .service("s")
        .run(CATCHER)
        .hook('t', &noting('t', "exit 0"))
        .hook('x', &noting('x', "exit 0"))
        .hook('d', &noting('d', "exit 0"))
        .supervise();
    let pid = s.wait_started(1);
    s.control("x");
    assert_eq!(s.wait_events("hook", 2), ["t", "x"]);
    assert_eq!(s.wait_events("got", 1), ["CONT"]);
    s.wait_stat("run, want exit");
    procs::kill(pid, "KILL");
    assert_eq!(s.runsv.wait(), 0);
    assert_eq!(s.events("hook"), ["t", "x"]);
}

#[test]
fn control_u_runs_before_each_start() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .hook('u', "echo up >>events")
        .supervise();
    procs::kill(s.wait_started(1), "KILL");
    s.wait_started(2);
    let events = s.read("events");
    let words: Vec<_> = events
        .lines()
        .map(|l| l.split(' ').next().unwrap())
        .collect();
    assert_eq!(words, ["up", "started", "up", "started"]);
}

#[test]
fn control_u_that_succeeds_does_not_replace_the_first_start() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .down()
        .hook('u', "echo up >>events; exit 0")
        .supervise();
    s.wait_stat("down");
    s.control("u");
    s.wait_running(1);
    assert!(!s.events("up").is_empty());
}

#[test]
fn once_asks_control_u() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .down()
        .hook('u', "echo up >>events")
        .hook('o', "echo once >>events")
        .supervise();
    s.wait_stat("down");
    s.control("o");
    s.wait_started(1);
    s.wait_stat("run, want down");
    assert!(!s.events("up").is_empty());
    assert_eq!(s.events("once").len(), 0);
}

#[test]
fn a_pause_done_by_its_hook_still_counts() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('p', &noting('p', "exit 0"))
        .supervise();
    let pid = s.wait_started(1);
    s.control("p");
    s.wait_events("hook", 1);
    s.wait_stat("run, paused");
    assert_ne!(procs::state(pid), Some('T'));
}

#[test]
fn a_hook_writes_to_the_logger() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .logger()
        .hook('h', "echo from the hook")
        .hook('u', "echo from the start")
        .supervise();
    s.wait_started(1);
    s.control("h");
    wait_until("the logger got both", || {
        s.log().read("lines") == "from the start\nfrom the hook\n"
    });
}

#[test]
fn the_log_service_has_no_hooks() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .log_run(CATCHER)
        .script("log/control/h", "echo hook >>events; exit 0")
        .script("control/h", "echo hook >>events; exit 0")
        .supervise();
    s.log().wait_started(1);
    s.log().control("h");
    assert_eq!(s.log().wait_events("got", 1), ["HUP"]);
    assert_eq!(s.log().events("hook").len(), 0);
    assert_eq!(s.events("hook").len(), 0);
}

#[test]
fn no_hook_is_asked_for_signals_to_a_service_that_is_down() {
    let t = Scratch::new();
    let mut s = t.service("s").run(CATCHER).down();
    for c in "tchaiq12pkdx".chars() {
        s = s.hook(c, &noting(c, "exit 0"));
    }
    let s = s.supervise();
    s.wait_stat("down");
    s.control("tchaiq12kd");
    s.control("u");
    s.wait_started(1);
    assert_eq!(s.events("hook"), [""; 0]);
}

#[test]
fn a_hanging_hook_does_not_delay_the_next_command() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('h', "echo hook $$ >>events\nexec sleep 1000")
        .supervise();
    let pid = s.wait_started(1);
    s.control("h");
    let hook: u32 = s.wait_events("hook", 1)[0].parse().unwrap();
    s.control("1");
    if ours("hooks-do-not-block") {
        assert_eq!(s.wait_events("got", 1), ["USR1"]);
        s.control("k");
        s.wait_started(2);
        assert!(!procs::alive(pid));
    } else {
        procs::kill(hook, "KILL");
        assert_eq!(s.wait_events("got", 1), ["USR1"]);
    }
}

#[test]
fn a_hanging_hook_does_not_hide_that_the_service_ended() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('h', "echo hook $$ >>events\nexec sleep 1000")
        .supervise();
    let pid = s.wait_started(1);
    s.control("h");
    let hook: u32 = s.wait_events("hook", 1)[0].parse().unwrap();
    procs::kill(pid, "KILL");
    if !ours("hooks-do-not-block") {
        procs::kill(hook, "KILL");
    }
    s.wait_started(2);
}

#[test]
fn a_kill_swallowed_by_its_hook_does_not_allow_a_second_copy() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(CATCHER)
        .hook('k', "echo hook >>events; exit 0")
        .supervise();
    let first = s.wait_started(1);
    s.control("k");
    s.wait_events("hook", 1);
    if ours("kill-keeps-the-state") {
        s.control("u1");
        assert_eq!(s.wait_events("got", 1), ["USR1"]);
        assert_eq!(s.events("started").len(), 1);
        assert_eq!(s.stat(), "run");
        assert_eq!(s.pid(), Some(first));
    } else {
        s.control("u");
        let second = s.wait_started(2);
        assert!(procs::alive(first) && procs::alive(second));
    }
}
