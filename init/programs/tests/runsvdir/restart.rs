//! A runsv that ends is started again, about a second later.

use crate::common::*;
use crate::tree::*;

/// What /proc counts in, whatever the kernel's own clock.
const TICKS_PER_SECOND: u64 = 100;

#[test]
fn a_killed_runsv_is_replaced() {
    let tree = Tree::new();
    let a = tree
        .entry("a")
        .run("echo started $$ >>events\nexec cat <>fifo");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        a.path("fifo"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .expect("mkfifo");
    let runsvdir = tree.start();
    let first = a.wait_running(1);
    let (pid, _) = runsvs(&runsvdir)[0].clone();
    procs::kill(pid, "KILL");
    // The new one knows nothing of the orphan and starts its own.
    let second = a.wait_running(2);
    assert_ne!(first, second);
    assert_ne!(runsvs(&runsvdir)[0].0, pid);
}

#[test]
fn a_runsv_that_ends_at_once_is_not_started_in_a_spin() {
    let tree = Tree::new();
    tree.entry("a").sleeper();
    let _runsvdir = tree
        .with_own_runsv(
            "read -r stat </proc/$$/stat; set -- $stat\necho ticks ${22} >>../notes/events",
        )
        .arg("services")
        .spawn();
    let ticks = tree.notes().wait_events("ticks", 4);
    let ticks: Vec<u64> = ticks.iter().map(|x| x.parse().unwrap()).collect();
    for pair in ticks.windows(2) {
        // The kernel's figure is rounded down to a tick of 10 ms.
        let apart = (pair[1] - pair[0]) * 1000 / TICKS_PER_SECOND;
        assert!(apart >= 980, "{apart} ms in {ticks:?}");
    }
}

#[test]
fn a_second_runsvdir_fails_politely_until_the_first_is_gone() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let first = tree.start();
    a.wait_running(1);
    let second = tree.start();
    second.wait_stderr("runsv a: fatal: unable to lock supervise/lock: temporary failure\n");
    assert_eq!(a.events("started").len(), 1);
    let (runsv, _) = runsvs(&first)[0].clone();
    first.signal("TERM");
    procs::kill(runsv, "TERM");
    a.wait_running(2);
}

#[test]
fn without_a_runsv_in_path_it_complains_and_tries_again() {
    let tree = Tree::new();
    tree.entry("a").sleeper();
    let runsvdir = tree
        .runsvdir()
        .arg("services")
        .env("PATH", "/nonexistent")
        .spawn();
    let line = "runsvdir services: fatal: unable to start runsv a: file does not exist\n";
    wait_until("it complained twice", || {
        runsvdir.stderr() == line.repeat(2)
    });
}
