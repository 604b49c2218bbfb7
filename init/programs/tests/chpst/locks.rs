//! `-l` and `-L`.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said, usage};
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_lock_is_held_while_the_program_runs() {
    let t = Scratch::new();
    let d = t
        .program("chpst")
        .args(["-l", "lock", "sleep", "1000"])
        .spawn();
    wait_until("the lock is held", || {
        chpst(&t, &["-L", "lock", "true"]).code == 111
    });
    let refused = fatal("unable to lock: lock: temporary failure");
    assert_eq!(chpst(&t, &["-L", "lock", "true"]), refused);
    drop(d);
    assert_eq!(chpst(&t, &["-L", "lock", "true"]), said(""));
}

#[test]
fn small_l_waits_for_the_lock() {
    let t = Scratch::new();
    let file = File::create(t.path("lock")).expect("file");
    flock(&file, FlockOperation::LockExclusive).expect("lock");
    let d = t
        .program("chpst")
        .args(["-l", "lock", "echo", "got it"])
        .spawn();
    wait_until("it waits", || procs::state(d.pid()) == Some('S'));
    assert_eq!(d.stdout(), "");
    drop(file);
    assert_eq!(d.finish(), said("got it\n"));
}

#[test]
fn while_it_waits_it_can_be_ended() {
    let t = Scratch::new();
    let file = File::create(t.path("lock")).expect("file");
    flock(&file, FlockOperation::LockExclusive).expect("lock");
    let mut d = t.program("chpst").args(["-l", "lock", "true"]).spawn();
    wait_until("it waits", || procs::state(d.pid()) == Some('S'));
    d.signal("TERM");
    assert_eq!(d.wait(), -15);
}

#[test]
fn the_file_is_made_and_its_content_kept() {
    let t = Scratch::new();
    assert_eq!(chpst(&t, &["-L", "new", "true"]), said(""));
    let mode = fs::metadata(t.path("new"))
        .expect("made")
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600);
    fs::write(t.path("old"), "content").expect("file");
    assert_eq!(chpst(&t, &["-l", "old", "true"]), said(""));
    assert_eq!(fs::read(t.path("old")).expect("file"), b"content");
}

#[test]
fn the_file_is_opened_as_the_user() {
    let t = Scratch::new();
    let refused = fatal("unable to open lock: lock: access denied");
    let out = chpst(&t, &["-u", ":65534:65534", "-l", "lock", "true"]);
    assert_eq!(out, refused);
    assert!(!t.path("lock").exists());
    assert_eq!(as_nobody(&t, &["-l", "lock", "true"]), refused);
}

#[test]
fn a_file_that_cannot_be_opened_is_111() {
    let t = Scratch::new();
    let cases = [
        ("/nosuch/lock", "file does not exist"),
        ("", "file does not exist"),
        ("/", "is a directory"),
    ];
    for (path, why) in cases {
        for letter in ["-l", "-L"] {
            let why = format!("unable to open lock: {path}: {why}");
            assert_eq!(chpst(&t, &[letter, path, "true"]), fatal(&why));
        }
    }
}

#[test]
fn only_one_lock_may_be_asked_for() {
    let t = Scratch::new();
    for (a, b) in [("-l", "-l"), ("-l", "-L"), ("-L", "-l"), ("-L", "-L")] {
        assert_eq!(chpst(&t, &[a, "x", b, "y", "true"]), usage(""));
    }
}
