//! What happens when nothing happens: nothing.

use crate::common::*;
use std::fs;

const SUPERVISORS: usize = 50;

/// How often each process gave up the processor by itself: once for each time it was woken.
fn switches(pids: &[u32]) -> Vec<u64> {
    let of = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))
            .expect("the kernel counts");
        line.trim().parse().expect("a number")
    };
    pids.iter().map(of).collect()
}

/// A tree of one side at rest: the pids of runsvdir and of its supervisors.
fn tree(t: &Scratch, side: Under) -> (Daemon, Vec<u32>) {
    let name = format!("{side:?}");
    let services: Vec<_> = (0..SUPERVISORS)
        .map(|n| t.service(&format!("{name}/s{n:02}")).sleeper())
        .collect();
    let scanner = t
        .command(program_of(side, "runsvdir"))
        .arg(t.path(&name))
        .spawn();
    for s in &services {
        s.wait_running(1);
    }
    let mut pids = procs::children(scanner.pid());
    assert_eq!(pids.len(), SUPERVISORS);
    pids.push(scanner.pid());
    (scanner, pids)
}

#[test]
fn an_idle_tree_never_wakes_up() {
    let t = Scratch::new();
    let (_ours, our_pids) = tree(&t, Under::Ours);
    let (_theirs, their_pids) = tree(&t, Under::Theirs);
    let scanner = &their_pids[SUPERVISORS..];
    // Long enough each time that theirs has looked again of itself twice: whoever looks every so often
    // is seen in each of them. In the first, ours may still end what the starts caused.
    let window = || {
        let (ours, theirs) = (switches(&our_pids), switches(scanner));
        wait_until("their scanner has looked twice", || {
            switches(scanner)[0] >= theirs[0] + 2
        });
        let woken = switches(&our_pids);
        (woken == ours).then_some(()).ok_or((ours, woken))
    };
    let quiet = window().or_else(|_| window()).or_else(|_| window());
    assert_eq!(quiet, Ok(()));
}
