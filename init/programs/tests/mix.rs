//! Old and new programs work together in any mix: a machine is upgraded while it runs.
//!
//! With `RUNIT_UNDER_TEST=theirs` each pair has one program of theirs and one of ours; otherwise
//! both are ours, and the same must hold.

mod common;

use common::*;
use std::fs;

/// The sides of two programs that have to get on with each other.
fn mixes() -> Vec<(Under, Under)> {
    match under_test() {
        Under::Ours => vec![(Under::Ours, Under::Ours)],
        theirs => vec![(Under::Ours, theirs), (theirs, Under::Ours)],
    }
}

fn runsv(side: Under, t: &Scratch, s: &ServiceDir) -> Daemon {
    t.command(program_of(side, "runsv")).arg(s.dir()).spawn()
}

/// `sv ARGS` on the service: code and first words of its line.
fn sv(side: Under, t: &Scratch, s: &ServiceDir, args: &[&str]) -> (i32, String) {
    let out = t
        .command(program_of(side, "sv"))
        .args(args)
        .arg(s.dir())
        .run();
    assert_eq!(out.stderr, "");
    let line = out.stdout.replace(s.dir().to_str().unwrap(), "DIR");
    let words = line.trim_end().split(' ').take(3);
    (out.code, words.collect::<Vec<_>>().join(" "))
}

/// Whole seconds are all that one of them looks at: what follows happens in a later one.
fn next_second(s: &ServiceDir) {
    let since = s.status().expect("there is a status").since;
    wait_until("the clock goes on", || {
        std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() > since + 1
    });
}

#[test]
fn sv_of_one_side_controls_the_runsv_of_the_other() {
    for (sv_side, runsv_side) in mixes() {
        let t = Scratch::new();
        let s = t.service("s").sleeper().logger();
        let mut runsv = runsv(runsv_side, &t, &s);
        let first = s.wait_running(1);
        let log = s.log().wait_running(1);
        let sv = |args: &[&str]| sv(sv_side, &t, &s, args);
        let up = |pid: u32| {
            (
                0,
                format!("ok: run: DIR: (pid {pid})")
                    .split(' ')
                    .take(3)
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        };
        assert_eq!(sv(&["status"]), (0, "run: DIR: (pid".into()));
        assert_eq!(sv(&["start"]), up(first));
        assert_eq!(sv(&["-v", "pause"]).0, 0);
        s.wait_stat("run, paused");
        assert_eq!(sv(&["-v", "cont"]).0, 0);
        s.wait_stat("run");
        next_second(&s);
        assert_eq!(sv(&["restart"]).0, 0);
        assert_ne!(s.wait_running(2), first);
        assert_eq!(sv(&["stop"]), (0, "ok: down: DIR:".into()));
        s.wait_stat("down");
        assert_eq!(sv(&["check"]), (0, "ok: down: DIR:".into()));
        assert_eq!(sv(&["once"]), (0, String::new()));
        s.wait_started(3);
        s.wait_stat("run, want down");
        if sv_side != Under::TheirsOld {
            assert_eq!(sv(&["-w", "1", "check"]), (1, "timeout: run: DIR:".into()));
        }
        assert_eq!(sv(&["force-stop"]), (0, "ok: down: DIR:".into()));
        assert!(procs::alive(log));
        assert_eq!(sv(&["shutdown"]), (0, "ok: DIR: runsv".into()));
        assert_eq!(runsv.wait(), 0);
        assert_eq!(sv(&["status"]), (1, "fail: DIR: runsv".into()));
        assert_eq!(runsv.stderr(), "");
    }
}

#[test]
fn a_runsv_of_one_side_takes_over_the_directory_of_the_other() {
    for (before, after) in mixes() {
        let t = Scratch::new();
        let s = t.service("s").sleeper().logger();
        let mut old = runsv(before, &t, &s);
        s.wait_running(1);
        s.log().wait_running(1);
        // As long as the one runs the other is refused.
        let mut refused = runsv(after, &t, &s);
        assert_eq!(refused.wait(), 111);
        s.control("x");
        assert_eq!(old.wait(), 0);
        let mut new = runsv(after, &t, &s);
        s.wait_running(2);
        s.log().wait_running(2);
        assert_eq!(sv(before, &t, &s, &["-v", "down"]).0, 0);
        s.wait_stat("down");
        new.signal("TERM");
        assert_eq!(new.wait(), 0);
        assert_eq!(new.stderr(), "");
    }
}

#[test]
fn a_runsv_takes_over_after_a_crash_of_the_other_sides_one() {
    for (before, after) in mixes() {
        let t = Scratch::new();
        let s = t.service("s").sleeper();
        let mut old = runsv(before, &t, &s);
        let orphan = s.wait_running(1);
        old.signal("KILL");
        assert_eq!(old.wait(), -9);
        let _new = runsv(after, &t, &s);
        let pid = s.wait_running(2);
        assert_ne!(pid, orphan);
        assert_eq!(s.pid(), Some(pid));
    }
}

#[test]
fn runsvdir_of_one_side_runs_the_runsv_of_the_other() {
    for (runsvdir_side, runsv_side) in mixes() {
        let t = Scratch::new();
        let dir = t.mkdir("services");
        let bin = t.mkdir("bin");
        std::os::unix::fs::symlink(program_of(runsv_side, "runsv"), bin.join("runsv")).unwrap();
        let mut runsvdir = t
            .command(program_of(runsvdir_side, "runsvdir"))
            .args(["-P", "services"])
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .spawn();
        let all = ["a", "b"].map(|name| {
            let s = t.service(&format!("aside/{name}")).sleeper().logger();
            fs::rename(s.dir(), dir.join(name)).unwrap();
            t.service(&format!("services/{name}"))
        });
        for s in &all {
            s.wait_running(1);
            s.log().wait_running(1);
        }
        fs::rename(dir.join("a"), t.path("aside/a")).unwrap();
        let gone = t.service("aside/a");
        gone.wait_stat("down");
        wait_until("its runsv is gone", || !gone.ok());
        runsvdir.signal("HUP");
        assert_eq!(runsvdir.wait(), 111);
        all[1].wait_stat("down");
        wait_until("its runsv is gone", || !all[1].ok());
        assert_eq!(runsvdir.stderr(), "");
    }
}

#[test]
fn a_runsvdir_takes_over_the_services_of_the_other_sides_one() {
    for (before, after) in mixes() {
        let t = Scratch::new();
        let s = t.service("services/s").sleeper();
        let start = |side| {
            let path = program_of(side, "runsvdir");
            let bin = program_of(side, "runsv");
            let bin = bin.parent().unwrap().display().to_string();
            t.command(path)
                .arg("services")
                .env("PATH", format!("{bin}:/usr/bin:/bin"))
                .spawn()
        };
        let mut old = start(before);
        let pid = s.wait_running(1);
        old.signal("TERM");
        assert_eq!(old.wait(), 0);
        // The runsv of before goes on; when it ends, that of the new one steps in.
        let new = start(after);
        new.wait_stderr("runsv s: fatal: unable to lock supervise/lock: temporary failure\n");
        assert!(procs::alive(pid));
        s.control("x");
        assert_ne!(s.wait_running(2), pid);
    }
}

#[test]
fn our_sv_follows_the_log_of_either_svlogd_through_many_rotations() {
    for (svlogd_side, _) in mixes() {
        for processor in ["", "!cat\n"] {
            let t = Scratch::new();
            let s = t
                .service("s")
                .run(
                    "echo line 0; until [ -e go ]; do sleep 0.01; done; i=0\n\
                     while [ $i -lt 3000 ]; do i=$((i + 1)); echo line $i; done; exec sleep 1000",
                )
                .file("log/main/config", format!("s2000\nn0\n{processor}"))
                .log_run(&format!(
                    "exec {} ./main",
                    program_of(svlogd_side, "svlogd").display()
                ));
            let _runsv = runsv(svlogd_side, &t, &s);
            let sv = |args: &[&str]| {
                let sv = t.command(program_of(Under::Ours, "sv")).arg("log");
                sv.args(args).arg(s.dir())
            };
            wait_until("the first line is there", || {
                sv(&[]).run().stdout == "line 0\n"
            });
            let follower = sv(&["-f"]).spawn();
            wait_until("it follows", || follower.stdout() == "line 0\n");
            // It stands while the first files come and go.
            let rotations = || fs::read_dir(s.path("log/main")).unwrap().count();
            follower.signal("STOP");
            fs::write(s.path("go"), "").unwrap();
            wait_until("some rotations", || rotations() > 10);
            follower.signal("CONT");
            let all: String = (0..=3000).map(|i| format!("line {i}\n")).collect();
            wait_until("the last line", || {
                follower.stdout().ends_with("line 3000\n")
            });
            let said = (follower.stdout(), follower.stderr());
            assert!(said.0 == all, "not each line once: {}", said.0);
            assert_eq!(said.1, "");
            // And afterwards, when the processors have ended.
            wait_until("the whole log", || sv(&[]).run().stdout == all);
        }
    }
}
