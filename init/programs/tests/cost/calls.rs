//! System calls: strace writes one line for each.

use crate::common::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Restarts that are counted: one a second, for neither side restarts sooner.
const RESTARTS: usize = 3;

/// The system calls in a record of strace; signals and the end are other lines. A debug build of ours
/// looks before each close whether the descriptor is open, which the release does not.
fn calls(record: &Path) -> Vec<String> {
    let text = fs::read_to_string(record).unwrap_or_default();
    let is_call = |line: &&str| {
        !line.starts_with("---") && !line.starts_with("+++") && !line.contains("F_GETFD")
    };
    text.lines().filter(is_call).map(str::to_string).collect()
}

/// One program of one side under strace, without its children.
fn traced(t: &Scratch, side: Under, name: &str, record: &Path) -> Prog {
    t.command("strace")
        .arg("-o")
        .arg(record)
        .arg(program_of(side, name))
}

/// The calls of a runsv whose service is started, restarted so often and ended.
fn of_a_life(t: &Scratch, side: Under, restarts: usize) -> usize {
    let name = format!("{side:?}-{restarts}");
    let s = t.service(&name).sleeper();
    let record: PathBuf = t.path(format!("{name}.calls"));
    let mut strace = traced(t, side, "runsv", &record).arg(s.dir()).spawn();
    for count in 1..=restarts {
        s.wait_running(count);
        s.control("t");
    }
    s.wait_running(restarts + 1);
    s.control("x");
    assert_eq!(strace.wait(), 0);
    calls(&record).len()
}

/// What one restart costs.
fn of_a_restart(t: &Scratch, side: Under) -> usize {
    let (without, with) = std::thread::scope(|scope| {
        let without = scope.spawn(|| of_a_life(t, side, 0));
        let with = scope.spawn(|| of_a_life(t, side, RESTARTS));
        (without.join().unwrap(), with.join().unwrap())
    });
    (with - without).div_ceil(RESTARTS)
}

#[test]
fn a_restart_takes_no_more_system_calls_than_with_runit() {
    let t = Scratch::new();
    let (ours, theirs) = std::thread::scope(|scope| {
        let ours = scope.spawn(|| of_a_restart(&t, Under::Ours));
        let theirs = scope.spawn(|| of_a_restart(&t, Under::Theirs));
        (ours.join().unwrap(), theirs.join().unwrap())
    });
    println!("system calls of a restart: ours {ours}, theirs {theirs}");
    assert!(ours > 0 && theirs > 0, "{ours} {theirs}");
    assert!(ours <= theirs, "ours {ours}, theirs {theirs}");
}

#[test]
fn a_status_takes_no_more_system_calls_a_service_than_with_runit() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    // A hundred times the same service: the start of the program itself counts for little then.
    let count = |side: Under| {
        let record = t.path(format!("{side:?}.calls"));
        let names = std::iter::repeat_n(s.dir(), 100);
        let out = traced(&t, side, "sv", &record)
            .arg("status")
            .args(names)
            .run();
        assert_eq!((out.code, out.stdout.lines().count()), (0, 100));
        calls(&record).len()
    };
    let (ours, theirs) = (count(Under::Ours), count(Under::Theirs));
    println!("system calls of 100 states: ours {ours}, theirs {theirs}");
    assert!(ours <= theirs, "ours {ours}, theirs {theirs}");
}

#[test]
fn a_new_service_is_picked_up_because_the_kernel_told() {
    let t = Scratch::new();
    t.mkdir("services");
    let record = t.path("calls");
    let _strace = traced(&t, Under::Ours, "runsvdir", &record)
        .arg(t.path("services"))
        .spawn();
    // strace writes the beginning of a call when it begins.
    let asleep = || {
        let last = calls(&record).pop().unwrap_or_default();
        last.contains("poll(") && !last.contains(") = ")
    };
    wait_until("runsvdir sleeps", asleep);
    let before = calls(&record).len();
    let s = t.service("elsewhere").sleeper();
    fs::rename(s.dir(), t.path("services/new")).unwrap();
    let s = t.service("services/new");
    s.wait_running(1);
    let after = calls(&record);
    let after = &after[before - 1..];
    // From the sleep in which it came until its supervisor is forked, the kernel told, and no time of
    // a second or more ran out, of which runit's naps are. (A moment to collect changes may.)
    let told = |call: &String| call.contains("revents=POLLIN");
    let forked = |call: &String| {
        ["fork(", "clone(", "clone3("]
            .iter()
            .any(|name| call.starts_with(name))
    };
    let sleep = after.iter().position(told).expect("the watch wakes it");
    let fork = after
        .iter()
        .position(forked)
        .expect("it forks a supervisor");
    assert!(sleep < fork, "{after:?}");
    let naps = after[..fork]
        .iter()
        .filter(|call| call.contains("Timeout") && !call.contains("tv_sec=0,"));
    assert_eq!(naps.count(), 0, "{after:?}");
}
