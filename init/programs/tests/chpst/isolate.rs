//! `-I`: process ids and mounts of its own, with chpst as process 1 among them.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said};

fn is_there(t: &Scratch) -> bool {
    let there = ours("chpst-more-options");
    if !there {
        assert_eq!(chpst(t, &["-I", "true"]).code, 100);
    }
    there
}

#[test]
fn the_program_sees_only_its_own_processes() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let line = "echo $$; cd /proc; echo [0-9]*";
    assert_eq!(chpst(&t, &["-I", "sh", "-c", line]), said("2\n1 2\n"));
    // Our own /proc is what it was.
    assert!(procs::alive(std::process::id()));
}

#[test]
fn it_ends_as_the_program_ends_and_takes_all_others_along() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    assert_eq!(chpst(&t, &["-I", "sh", "-c", "exit 4"]).code, 4);
    assert_eq!(chpst(&t, &["-I", "sh", "-c", "kill -9 $$"]).code, -9);
    let line = "setsid sh -c 'trap \"\" TERM HUP; sleep 1000' & exit 0";
    assert_eq!(chpst(&t, &["-I", "sh", "-c", line]), said(""));
    assert_eq!(t.processes(), []);
}

#[test]
fn orphans_are_reaped_while_the_program_runs() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    // Ten children of children that end at once, and then no zombie is to be found.
    let line = "for n in 1 2 3 4 5 6 7 8 9 10; do (true &); done; \
                while grep -qs '^State:.Z' /proc/[0-9]*/status; do :; done; echo clean";
    assert_eq!(chpst(&t, &["-I", "sh", "-c", line]), said("clean\n"));
}

#[test]
fn signals_reach_the_program_and_killing_us_kills_it() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let line = "trap 'exit 9' TERM; echo up >up; while :; do sleep 0.02; done";
    let up = || wait_until("it is up", || std::fs::remove_file(t.path("up")).is_ok());
    let mut d = t.program("chpst").args(["-I", "sh", "-c", line]).spawn();
    up();
    d.signal("TERM");
    assert_eq!(d.wait(), 9);
    let mut d = t.program("chpst").args(["-I", "sh", "-c", line]).spawn();
    up();
    d.signal("KILL");
    assert_eq!(d.wait(), -9);
    wait_until("nothing is left", || t.processes().is_empty());
}

#[test]
fn a_daemon_can_be_followed_inside() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let line = "(setsid sh -c 'sleep 0.1; exit 6' &) ; exit 0";
    assert_eq!(chpst(&t, &["-FI", "sh", "-c", line]).code, 6);
    // Without -F the program's own end is the end.
    assert_eq!(chpst(&t, &["-I", "sh", "-c", line]).code, 0);
}

#[test]
fn mounts_stay_inside() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    t.mkdir("mnt");
    let line = "mount -t tmpfs none mnt && touch mnt/file && ls mnt";
    assert_eq!(chpst(&t, &["-I", "sh", "-c", line]), said("file\n"));
    assert!(!t.path("mnt/file").exists());
}

#[test]
fn users_change_after_it_and_others_may_not_do_it() {
    let t = Scratch::new();
    if !is_there(&t) {
        return;
    }
    let out = chpst(
        &t,
        &["-I", "-u", ":4000:4001", "sh", "-c", "id -u; echo $$"],
    );
    assert_eq!(out, said("4000\n2\n"));
    let out = as_nobody(&t, &["-I", "true"]);
    assert_eq!(out, fatal("unable to isolate: permission denied"));
}
