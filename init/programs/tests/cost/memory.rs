//! Memory that a supervisor has for itself while its service runs.

use crate::common::*;
use std::fs;

/// KiB of dirty private memory of the process: its stack, and what it asked the kernel for (the heap).
/// What the loader changed in a dynamic program says nothing about the release, which is static.
fn dirty(pid: u32) -> (u64, u64) {
    let maps = fs::read_to_string(format!("/proc/{pid}/smaps")).expect("it lives");
    let (mut name, mut stack, mut heap) = ("", 0, 0);
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if first.contains('-') {
            name = line.split_whitespace().nth(5).unwrap_or_default();
        } else if first == "Private_Dirty:" {
            let kib: u64 = words.next().and_then(|n| n.parse().ok()).expect("KiB");
            match name {
                "[stack]" => stack += kib,
                "[heap]" => heap += kib,
                _ => {}
            }
        }
    }
    (stack, heap)
}

#[test]
fn a_supervisor_has_no_heap_and_no_more_stack_than_with_runit() {
    let t = Scratch::new();
    // The kernel places each stack a little differently; the smallest of a few tells what it takes.
    let smallest = |side: Under| {
        let all = (0..8).map(|n| {
            let s = t.service(&format!("{side:?}-{n}")).sleeper();
            let runsv = t.command(program_of(side, "runsv")).arg(s.dir()).spawn();
            s.wait_running(1);
            let pids = [runsv.pid()];
            wait_until("it sleeps", || procs::state(pids[0]) == Some('S'));
            dirty(pids[0])
        });
        all.min().expect("eight of them")
    };
    let ((our_stack, our_heap), (their_stack, their_heap)) =
        (smallest(Under::Ours), smallest(Under::Theirs));
    println!("KiB: ours {our_stack} + {our_heap}, theirs {their_stack} + {their_heap}");
    assert_eq!(our_heap, 0);
    assert!(our_stack > 0 && their_stack > 0);
    assert!(
        our_stack <= their_stack,
        "ours {our_stack}, theirs {their_stack}"
    );
}
