//! When process 1 itself crashes: it starts anew and nothing else does.

use crate::common::*;
use crate::machine::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

fn plan() -> Option<Plan> {
    ours("runit-survives-its-crashes").then(Plan::new)
}

/// Crashes process 1 and waits until it has started anew; `count`: for which time.
fn crash(m: &Machine, signal: &str, count: usize) {
    m.signal(signal);
    wait_until("process 1 starts anew", || {
        m.console()
            .matches("- runit: warning: process 1 crashed")
            .count()
            == count
    });
}

#[test]
fn each_signal_of_a_crash_leaves_stage_2_and_its_services_alone() {
    let signals = [
        ("SEGV", 11),
        ("BUS", 7),
        ("ILL", 4),
        ("FPE", 8),
        ("ABRT", 6),
    ];
    for (signal, number) in signals {
        let Some(plan) = plan() else { return };
        let m = plan
            .stage(
                2,
                "echo $$ >>/t/two\nsleep 1000 & echo $! >>/t/service\nwait",
            )
            .boot();
        let service = m.wait_lines("t/service", 1)[0].clone();
        let stage_2 = m.wait_stage_2(1);
        let (before, family) = (m.pid(), procs::children(m.pid()));
        crash(&m, signal, 1);
        m.wait_console(&format!(
            "- runit: warning: process 1 crashed (signal {number}), going on with stage 2, pid {stage_2}.\n"
        ));
        assert_eq!(m.pid(), before);
        assert_eq!(procs::children(m.pid()), family);
        assert_eq!(m.inside(&format!("kill -0 {service}")).code, 0);
        // What people see of it is what it was.
        assert_eq!(procs::cmdline(m.pid())[0], b"runit");
        assert_eq!(m.inside("cat /proc/1/comm").stdout, "runit\n");
        // And it works: it reaps and obeys.
        m.stop();
        let (code, console) = m.end();
        assert!(
            console.contains("- runit: leave stage: /etc/runit/2\n"),
            "{console}"
        );
        assert_eq!((code, m.lines("t/two").len()), (POWER_OFF, 1));
    }
}

#[test]
fn a_crash_in_stage_1_goes_on_to_stage_2() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(1, "echo one; read x </t/go; exit 3")
        .before("mkfifo t/go")
        .boot();
    m.wait_console("one\n");
    crash(&m, "SEGV", 1);
    m.wait_console("going on with stage 1, pid ");
    m.inside("echo go >/t/go");
    m.wait_stage_2(1);
    m.wait_console(
        "- runit: warning: child failed: /etc/runit/1\n- runit: leave stage: /etc/runit/1\n",
    );
}

#[test]
fn a_crash_in_stage_3_ends_as_was_asked() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(3, "echo three; read x </t/go; rm /etc/runit/reboot")
        .before("mkfifo t/go")
        .boot();
    m.wait_stage_2(1);
    m.flag("etc/runit/reboot");
    m.stop();
    m.wait_console("three\n");
    crash(&m, "BUS", 1);
    m.inside("echo go >/t/go");
    assert_eq!(m.end().0, RESTART);
}

#[test]
fn what_was_remembered_in_stage_1_survives_a_crash() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(1, "echo one; read x </t/go")
        .before("mkfifo t/go")
        .boot();
    m.wait_console("one\n");
    m.stop();
    m.wait_console("remembered");
    crash(&m, "SEGV", 1);
    m.inside("echo go >/t/go");
    let (code, console) = m.end();
    assert!(console.contains("skipping stage 2...\n"), "{console}");
    assert_eq!(code, POWER_OFF);
}

#[test]
fn a_stage_2_that_is_being_stopped_is_killed_in_time_after_a_crash() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(2, "trap 'echo term >>/t/term' TERM\necho $$ >>/t/two\nwhile :; do sleep 1000 & wait; done")
        .boot();
    m.wait_stage_2(1);
    m.stop();
    m.wait_lines("t/term", 1);
    crash(&m, "FPE", 1);
    let (_, console) = m.end();
    assert!(
        console.contains("stage 2 not terminated, sending sigkill...\n"),
        "{console}"
    );
    assert_eq!(m.lines("t/term").len(), 1);
}

#[test]
fn a_stage_2_that_waits_for_its_restart_is_restarted_after_a_crash() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(
            2,
            "echo $$ >>/t/two; [ -e /t/again ] && exec sleep 1000; touch /t/again; exit 111",
        )
        .boot();
    m.wait_console("killing all processes in stage 2...");
    crash(&m, "SEGV", 1);
    m.wait_stage_2(2);
}

#[test]
fn a_hook_that_runs_during_a_crash_is_waited_for_as_before() {
    let Some(plan) = plan() else { return };
    let m = plan
        .script(
            "etc/runit/ctrlaltdel",
            "echo keys; read x </t/go; touch /etc/runit/stopit; chmod 0100 /etc/runit/stopit",
        )
        .before("mkfifo t/go")
        .boot();
    m.wait_stage_2(1);
    m.signal("INT");
    m.wait_console("keys\n");
    crash(&m, "ABRT", 1);
    m.inside("echo go >/t/go");
    let (code, console) = m.end();
    assert!(
        console.contains("- runit: leave stage: /etc/runit/ctrlaltdel\n"),
        "{console}"
    );
    assert_eq!(code, POWER_OFF);
}

#[test]
fn a_request_right_before_a_crash_is_not_lost() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    m.flag("etc/runit/stopit");
    m.inside("kill -CONT 1; kill -SEGV 1");
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn a_stage_that_ended_during_the_crash_is_noticed() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    let two = m.wait_stage_2(1);
    m.inside(&format!("kill -SEGV 1; kill -KILL {two}"));
    m.wait_console("- runit: warning: process 1 crashed");
    m.wait_console("- runit: warning: killing all processes in stage 2...\n");
    m.wait_stage_2(2);
}

#[test]
fn crashes_in_a_row_are_slowed_down() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    let two = m.wait_stage_2(1);
    for count in 1..=3 {
        crash(&m, "SEGV", count);
    }
    let start = Instant::now();
    for count in 4..=6 {
        crash(&m, "SEGV", count);
    }
    assert!(start.elapsed().as_millis() >= 2900, "{:?}", start.elapsed());
    wait_until("it says with whom", || {
        m.console().ends_with(&format!("pid {two}.\n"))
    });
}

#[test]
fn it_is_its_own_image_that_is_executed_even_when_the_file_is_gone() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    fs::remove_file(m.path("sbin/runit")).expect("rm");
    crash(&m, "SEGV", 1);
    fs::write(m.path("sbin/runit"), "something else").expect("write");
    crash(&m, "SEGV", 2);
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn when_nothing_can_be_executed_it_stays_reaps_and_tries_again() {
    let Some(plan) = plan() else { return };
    let m = plan.with_copy_of_runit().boot();
    m.wait_stage_2(1);
    let program = m.path("sbin/runit");
    let permit = |mode| {
        fs::set_permissions(&program, fs::Permissions::from_mode(mode)).expect("chmod");
    };
    permit(0o644);
    m.signal("SEGV");
    m.wait_console(
        "- runit: fatal: process 1 crashed and cannot execute itself: access denied; reaping only\n",
    );
    m.inside("sh -c 'sleep 0.01 & echo $! >/t/orphan'");
    let orphan = m.lines("t/orphan")[0].clone();
    wait_until("the orphan is gone", || {
        m.inside(&format!("[ -e /proc/{orphan} ]")).code != 0
    });
    permit(0o755);
    m.wait_console("- runit: warning: process 1 crashed (signal 11), going on with stage 2");
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn only_process_1_starts_anew() {
    if !ours("runit-survives-its-crashes") {
        return;
    }
    // What is asked of an image on trial comes before anything else, and ends.
    let t = Scratch::new();
    let out = t.program("runit").args(["--probe", "nonsense"]).run();
    assert_eq!((out.code, &out.stderr[..]), (1, ""));
    let resume = t
        .program("runit")
        .arg("--resume=x11,n1,t1,a0,b0,f0,y0 v1,s2,l1,p2 /sbin/runit");
    let out = resume.run();
    assert_eq!(out.code, 111);
    assert_eq!(out.stderr, "- runit: fatal: must be run as process no 1.\n");
}
