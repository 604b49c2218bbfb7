//! A new program takes the place of process 1 while everything goes on.

use crate::common::*;
use crate::machine::*;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

fn plan() -> Option<Plan> {
    ours("runit-upgrades-in-place").then(Plan::new)
}

/// The file that process 1 executes.
fn executes(m: &Machine) -> u64 {
    let exe = fs::metadata(format!("/proc/{}/exe", m.pid()));
    exe.expect("process 1 has a program").ino()
}

fn number_of(m: &Machine, path: &str) -> u64 {
    fs::metadata(m.path(path)).expect("the file").ino()
}

#[test]
fn hup_executes_the_program_that_is_installed_now() {
    let Some(plan) = plan() else { return };
    let m = plan.with_copy_of_runit().boot();
    let two = m.wait_stage_2(1);
    let family = procs::children(m.pid());
    for round in 1..=3 {
        m.install_copy("runit", &program_path("runit"));
        m.signal("HUP");
        let on = format!(", going on with stage 2, pid {two}.\n");
        wait_until("it is upgraded", || {
            m.console().matches(&on).count() == round
        });
        // Before the exec it was a file without a name.
        assert_eq!(executes(&m), number_of(&m, "sbin/runit"));
        assert_eq!(procs::children(m.pid()), family);
    }
    // The next image survives a crash as the first did.
    m.signal("SEGV");
    m.wait_console("process 1 crashed (signal 11), going on with stage 2");
    assert_eq!(executes(&m), number_of(&m, "sbin/runit"));
    m.stop();
    assert_eq!((m.end().0, m.lines("t/two").len()), (POWER_OFF, 1));
}

#[test]
fn init_u_and_telinit_u_ask_for_it() {
    let Some(plan) = plan() else { return };
    let m = plan
        .link("sbin/init", "runit-init")
        .link("sbin/telinit", "runit-init")
        .boot();
    m.wait_stage_2(1);
    for (round, command) in ["init u", "telinit U", "/sbin/telinit u"]
        .into_iter()
        .enumerate()
    {
        let out = m.inside(command);
        assert_eq!((out.code, &out.stderr[..]), (0, ""));
        let now = "- runit: now runit-rs ";
        wait_until("it is upgraded", || {
            m.console().matches(now).count() == round + 1
        });
    }
}

/// A copy of our program with some bytes changed, of the same length.
fn patched(m: &Machine, from: &str, to: &str) -> PathBuf {
    let mut program = fs::read(program_path("runit")).expect("the program");
    let at = program
        .windows(from.len())
        .position(|w| w == from.as_bytes())
        .unwrap_or_else(|| panic!("{from} is not in the program"));
    program[at..at + to.len()].copy_from_slice(to.as_bytes());
    written(m, &program)
}

fn written(m: &Machine, program: &[u8]) -> PathBuf {
    let path = m.path("t/program");
    with_no_forks(|| fs::write(&path, program)).expect("program");
    path
}

/// A program whose first instruction is nowhere.
fn crashing(m: &Machine) -> PathBuf {
    let mut program = fs::read(program_path("runit")).expect("the program");
    program[24..32].copy_from_slice(&0x1234_5678_u64.to_le_bytes());
    written(m, &program)
}

#[test]
fn a_new_program_that_does_not_start_leaves_the_old_one_running() {
    type Case = (fn(&Machine) -> PathBuf, &'static str);
    let cases: [Case; 5] = [
        (
            |m| written(m, b"this is no program"),
            "- runit: warning: unable to start /sbin/runit: exec format error\n\
             - runit: warning: /sbin/runit does not start (exit code 111), going on as before.\n",
        ),
        (
            |_| "/bin/true".into(),
            "- runit: warning: /sbin/runit does not start (exit code 0), going on as before.\n",
        ),
        (
            |m| patched(m, "/lib64/ld-", "/lib64/xx-"),
            "- runit: warning: unable to start /sbin/runit: file does not exist\n\
             - runit: warning: /sbin/runit does not start (exit code 111), going on as before.\n",
        ),
        (
            |m| patched(m, "libc.so.6", "libq.so.6"),
            "- runit: warning: /sbin/runit does not start (exit code 127), going on as before.\n",
        ),
        (
            crashing,
            "- runit: warning: /sbin/runit does not start (killed by signal 11), going on as before.\n",
        ),
    ];
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    let old = executes(&m);
    for (bad, said) in cases {
        let program = bad(&m);
        m.install_copy("runit", &program);
        m.signal("HUP");
        m.wait_console(said);
        assert_eq!(executes(&m), old);
    }
    m.stop();
    assert_eq!((m.end().0, m.lines("t/two").len()), (POWER_OFF, 1));
}

#[test]
fn what_is_no_program_file_is_not_even_tried() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    for (make, reason) in [
        ("rm /sbin/runit", "file does not exist"),
        ("mkdir /sbin/runit", "access denied"),
        ("rmdir /sbin/runit; mkfifo /sbin/runit", "access denied"),
    ] {
        assert_eq!(m.inside(make).code, 0);
        m.signal("HUP");
        let said =
            format!("- runit: warning: unable to try /sbin/runit, going on as before: {reason}\n");
        wait_until("it says so", || m.console().ends_with(&said));
    }
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn a_new_program_that_hangs_holds_nothing_up_and_is_given_up() {
    let Some(plan) = plan() else { return };
    let m = plan.stage(3, "echo three >>/t/three; sleep 1000").boot();
    m.wait_stage_2(1);
    m.install_copy("runit", &program_path("pause"));
    m.signal("HUP");
    wait_until("it is tried", || procs::children(m.pid()).len() == 2);
    // Not waited for: the stop goes on meanwhile.
    m.stop();
    m.wait_lines("t/three", 1);
    m.wait_console(
        "- runit: warning: /sbin/runit does not start (killed by signal 9), going on as before.\n",
    );
}

#[test]
fn children_that_end_meanwhile_are_reaped() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    m.inside(
        "i=0; while [ $i -lt 100 ]; do (sleep 0.0$i &); [ $((i % 20)) = 10 ] && kill -HUP 1; i=$((i+1)); done",
    );
    m.wait_console("- runit: now runit-rs ");
    wait_until("only stage 2 is left", || every_child(m.pid()).len() == 1);
}

#[test]
fn a_request_right_before_an_upgrade_is_not_lost() {
    let Some(plan) = plan() else { return };
    let m = plan
        .script("etc/runit/ctrlaltdel", "echo keys >>/t/keys")
        .boot();
    m.wait_stage_2(1);
    for round in 1..=5 {
        m.inside("kill -HUP 1; kill -INT 1");
        m.wait_lines("t/keys", round);
    }
}

#[test]
fn an_upgrade_in_stage_1_goes_on_with_it() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(1, "echo one; read x </t/go")
        .before("mkfifo t/go")
        .boot();
    m.wait_console("one\n");
    m.signal("HUP");
    m.wait_console(", going on with stage 1, pid ");
    m.inside("echo go >/t/go");
    m.wait_stage_2(1);
    assert_eq!(m.console().matches("enter stage: /etc/runit/1").count(), 1);
}
