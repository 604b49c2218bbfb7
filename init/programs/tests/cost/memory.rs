//! Memory that a supervisor has for itself while its service runs: heap, and how deep its stack was.
//!
//! What the loader changed in a dynamic program says nothing about the release, which is static.

use crate::common::*;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

/// The line of /proc/PID/smaps that begins a mapping of this name, and its KiB of dirty memory.
fn mapping(pid: u32, name: &str) -> Option<(String, u64)> {
    let maps = fs::read_to_string(format!("/proc/{pid}/smaps")).expect("it lives");
    let mut lines = maps.lines().skip_while(|line| !line.ends_with(name));
    let head = lines.next()?.to_string();
    let dirty = lines
        .find_map(|line| line.strip_prefix("Private_Dirty:"))
        .and_then(|text| text.trim().strip_suffix(" kB")?.trim().parse().ok());
    Some((head, dirty.expect("the kernel counts")))
}

/// Bytes from where the kernel began the stack down to the deepest that was ever written. (Pages would
/// not do: the kernel begins each stack somewhere else in its page.)
fn stack_depth(pid: u32) -> u64 {
    let (head, _) = mapping(pid, "[stack]").expect("there is a stack");
    let low = head.split('-').next().expect("an address");
    let low = u64::from_str_radix(low, 16).expect("an address");
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it lives");
    let fields = &stat[stat.rfind(')').expect("a name") + 1..];
    let begin: u64 = fields
        .split_whitespace()
        .nth(25)
        .and_then(|field| field.parse().ok())
        .expect("where the stack begins");
    assert!(begin > low, "we may not look at {pid}");
    let mut stack = vec![0; usize::try_from(begin - low).expect("a small stack")];
    let memory = File::open(format!("/proc/{pid}/mem")).expect("its memory");
    memory.read_exact_at(&mut stack, low).expect("its stack");
    let untouched = stack.iter().take_while(|byte| **byte == 0).count();
    begin - low - untouched as u64
}

#[test]
fn a_supervisor_has_no_heap_and_hardly_more_stack_than_with_runit() {
    let t = Scratch::new();
    let of = |side: Under| {
        let s = t.service(&format!("{side:?}")).sleeper();
        let runsv = t.command(program_of(side, "runsv")).arg(s.dir()).spawn();
        s.wait_running(1);
        let pid = runsv.pid();
        let heap = mapping(pid, "[heap]").map_or(0, |(_, dirty)| dirty);
        (stack_depth(pid), heap)
    };
    let ((ours, our_heap), (theirs, _)) = (of(Under::Ours), of(Under::Theirs));
    println!("bytes of stack: ours {ours}, theirs {theirs}");
    assert_eq!(our_heap, 0);
    // It is the loader of dynamic programs that goes so deep, in both; a buffer of ours would show.
    assert!(theirs > 0 && ours > 0);
    assert!(ours <= 2 * theirs, "ours {ours}, theirs {theirs}");
}
