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
    // What the last start caused may still come; from then on ours is at rest.
    let mut before = switches(&our_pids);
    wait_until("ours has come to rest", || {
        let now = switches(&our_pids);
        std::mem::replace(&mut before, now.clone()) == now
    });
    // Long enough that theirs has looked again of itself, which shows that waking up is seen here.
    let theirs = their_pids.last().copied().into_iter().collect::<Vec<_>>();
    let (our_before, their_before) = (switches(&our_pids), switches(&theirs));
    wait_until("their scanner has looked twice", || {
        switches(&theirs)[0] >= their_before[0] + 2
    });
    assert_eq!(switches(&our_pids), our_before);
}
