//! What process 1 does when there is nothing to do, and when there is a lot.

use crate::common::*;
use crate::machine::*;
use std::fs;

fn wake_ups(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("process 1");
    let line = status
        .lines()
        .find(|l| l.starts_with("voluntary_ctxt_switches"));
    let count = line
        .and_then(|l| l.split_whitespace().nth(1))
        .expect("a count");
    count.parse().expect("a number")
}

#[test]
fn an_idle_process_1_never_wakes_up() {
    let m = Plan::new().boot();
    m.wait_stage_2(1);
    wait_until("it sleeps", || procs::state(m.pid()) == Some('S'));
    let before = wake_ups(m.pid());
    // Longer than the longest period of the C program.
    let quiet = m.inside("sleep 15");
    assert_eq!(quiet.code, 0);
    let woken = wake_ups(m.pid()) - before;
    if ours("runit-is-quiet") {
        assert_eq!(woken, 0);
    } else {
        assert!(woken >= 1);
    }
}

#[test]
fn a_thousand_orphans_are_reaped() {
    let m = Plan::new().boot();
    m.wait_stage_2(1);
    m.inside("i=0; while [ $i -lt 1000 ]; do (: & : &); i=$((i+1)); done");
    m.inside("i=0; while [ $i -lt 100 ]; do (sleep 0.1 &); i=$((i+1)); done");
    wait_until("only stage 2 is left", || every_child(m.pid()).len() == 1);
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn a_terminal_that_takes_no_more_does_not_stop_it() {
    if !ours("runit-never-waits-for-the-console") {
        return;
    }
    let m = Plan::new().stage(3, "echo three >>/t/three").boot();
    m.wait_stage_2(1);
    // Ctrl-S: whoever writes, waits.
    m.pause_console();
    m.stop();
    m.wait_lines("t/three", 1);
    assert_eq!(m.end_without_console(), POWER_OFF);
}
