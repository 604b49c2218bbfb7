//! `-F`: a program that puts itself into the background is followed to its end.
//!
//! The C program has nothing of the kind yet: that it refuses the letter is what is compared.

use crate::chpst;
use crate::common::*;
use std::fs;

/// A daemon that goes into the background the classical way, by two forks, and notes its pid in
/// `daemon`. `at_end` is what it does at TERM.
fn daemon(at_end: &str) -> String {
    format!(
        "(setsid sh -c 'trap \"{at_end}\" TERM; echo $$ >daemon.new; mv daemon.new daemon; \
         while :; do sleep 0.02; done' & exit 0) & exit 0"
    )
}

fn daemon_pid(t: &Scratch) -> u32 {
    wait_for("the daemon runs", || {
        fs::read_to_string(t.path("daemon"))
            .ok()?
            .trim()
            .parse()
            .ok()
    })
}

/// The same, when all between it and its follower is gone and reaped: before that a signal is theirs.
fn adopted_pid(t: &Scratch) -> u32 {
    let pid = daemon_pid(t);
    let parent = |pid| procs::family(pid).map(|(parent, ..)| parent);
    wait_until("the daemon is adopted", || {
        let Some(follower) = parent(pid) else {
            return false;
        };
        let follows = procs::cmdline(follower).contains(&b"-F".to_vec());
        follows && procs::all().all(|other| other == pid || parent(other) != Some(follower))
    });
    pid
}

/// Starts `chpst -F sh -c line`.
fn followed(t: &Scratch, options: &[&str], line: &str) -> Daemon {
    let run = t.program("chpst").args(options).arg("-F");
    run.args(["sh", "-c", line]).spawn()
}

/// With theirs: the letter is unknown, and there is nothing more to test.
fn is_there(t: &Scratch) -> bool {
    let there = ours("chpst-more-options");
    if !there {
        assert_eq!(chpst(t, &["-F", "true"]).code, 100);
    }
    there
}

#[test]
fn a_program_in_the_foreground_ends_it_with_its_own_end() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    assert_eq!(chpst(&t, &["-F", "true"]).code, 0);
    assert_eq!(chpst(&t, &["-F", "sh", "-c", "exit 3"]).code, 3);
    assert_eq!(chpst(&t, &["-F", "sh", "-c", "kill -9 $$"]).code, -9);
    assert_eq!(chpst(&t, &["-F", "sh", "-c", "kill -HUP $$"]).code, -1);
    let out = chpst(&t, &["-F", "/nosuch"]);
    let why = "chpst: fatal: unable to run: /nosuch: file does not exist\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, why));
    let out = chpst(&t, &["-F", "-u", "nosuch", "true"]);
    let why = "chpst: fatal: unknown user/group: nosuch\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, why));
}

#[test]
fn a_daemon_in_the_background_is_followed_and_gets_the_signals() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let mut d = followed(&t, &[], &daemon("exit 7"));
    let pid = adopted_pid(&t);
    assert_eq!(d.ended(), None);
    d.signal("TERM");
    assert_eq!(d.wait(), 7);
    assert!(!procs::alive(pid));
    assert_eq!(t.processes(), []);
}

#[test]
fn a_daemon_that_is_killed_ends_it_by_the_same_signal() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let mut d = followed(&t, &[], &daemon("exit 0"));
    procs::kill(adopted_pid(&t), "SEGV");
    assert_eq!(d.wait(), -11);
}

#[test]
fn every_signal_a_service_is_sent_is_passed_on() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let line = "for s in HUP INT QUIT USR1 USR2 ALRM CONT; do trap \"echo $s >>got\" $s; done; \
                echo $$ >daemon; while :; do sleep 0.02; done";
    let d = followed(&t, &[], line);
    daemon_pid(&t);
    for signal in ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "CONT"] {
        d.signal(signal);
        wait_until(signal, || {
            let got = fs::read_to_string(t.path("got")).unwrap_or_default();
            got.lines().any(|l| l == signal)
        });
    }
}

#[test]
fn when_it_is_killed_the_daemon_is_killed_too() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    // Which ignores TERM, and has a child that does.
    let line = daemon("").replace("while :", "sleep 1000 & while :");
    let mut d = followed(&t, &[], &line);
    daemon_pid(&t);
    d.signal("KILL");
    assert_eq!(d.wait(), -9);
    wait_until("nothing of it is left", || t.processes().is_empty());
}

#[test]
fn what_a_dead_daemon_leaves_behind_is_ended() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let line = "sleep 1000 & setsid sh -c 'trap \"\" TERM; sleep 1001; sleep 1002' & \
                echo $$ >daemon; wait";
    let mut d = followed(&t, &[], line);
    wait_until("all of it runs", || t.processes().len() >= 5);
    procs::kill(daemon_pid(&t), "KILL");
    assert_eq!(d.wait(), -9);
    assert_eq!(t.processes(), []);
}

#[test]
fn a_worker_that_dies_is_not_the_daemon() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let line = daemon("exit 5").replace("while :", "sh -c \"kill -9 \\$\\$\"; while :");
    let mut d = followed(&t, &[], &line);
    adopted_pid(&t);
    d.signal("TERM");
    assert_eq!(d.wait(), 5);
}

#[test]
fn the_change_is_the_daemons() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    fs::set_permissions(t.dir(), std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .expect("mode");
    let options = ["-u", ":4000:4001", "-o", "50", "-P", "-n", "3"];
    let line = "echo $(id -u) $(ulimit -n) $(nice) >ids; ps -o pid=,sid= -p $$ >>ids";
    assert_eq!(followed(&t, &options, line).wait(), 0);
    let ids = fs::read_to_string(t.path("ids")).expect("ids");
    let words: Vec<_> = ids.split_whitespace().collect();
    assert_eq!(&words[..3], ["4000", "50", "3"]);
    // The leader of a session of its own.
    assert_eq!(words[3], words[4]);
}

#[test]
fn waiting_for_a_lock_can_be_ended() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let holder = t
        .program("chpst")
        .args(["-l", "lock", "sleep", "1000"])
        .spawn();
    wait_until("the lock is held", || {
        chpst(&t, &["-L", "lock", "true"]).code == 111
    });
    for options in [&["-l", "lock"][..], &["-I", "-l", "lock"]] {
        let mut d = followed(&t, options, "true");
        wait_until("both processes are there", || {
            procs::children(d.pid()).len() == 1
        });
        d.signal("TERM");
        assert_eq!(d.wait(), -15);
    }
    drop(holder);
    wait_until("nothing is left", || t.processes().is_empty());
}

#[test]
fn under_runsv_a_daemon_is_a_service() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let path = program_path("chpst");
    let inner = daemon("exit 0").replace("daemon", "../daemon");
    fs::write(t.path("start"), &inner).expect("script");
    let run = format!(
        "exec {} -F sh {}",
        path.display(),
        t.path("start").display()
    );
    let s = t.service("s").run(&run).supervise();
    s.wait_stat("run");
    let first = daemon_pid(&t);
    fs::remove_file(t.path("daemon")).expect("pid file");
    procs::kill(first, "KILL");
    let second = daemon_pid(&t);
    assert_ne!(first, second);
    s.control("d");
    s.wait_stat("down");
    assert!(!procs::alive(second));
}
