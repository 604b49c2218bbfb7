//! When `current` is rotated, and what it is called then.

use crate::common::*;
use crate::logs::*;
use std::fs;

/// The contents of old files and `current` after a run with this size, a head of 10 bytes.
fn sizes(size: u32, input: &str) -> Vec<String> {
    let logs = Logs::with(format!("s{size}\nn0\n"));
    logs.good("-l 10 -b 11", input);
    logs.pieces().into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_file_is_rotated_behind_the_first_line_end_near_its_size() {
    let text = "aaaaaaaa\nbbbbbbbb\ncccccccc\ndddddddd\n";
    let two = ["aaaaaaaa\nbbbbbbbb\n", "cccccccc\ndddddddd\n", ""];
    let three = ["aaaaaaaa\nbbbbbbbb\ncccccccc\n", "dddddddd\n"];
    assert_eq!(sizes(27, text), two);
    assert_eq!(sizes(28, text), two);
    assert_eq!(sizes(29, text), three);
    assert_eq!(sizes(37, text), three);
    assert_eq!(sizes(0, text), [text]);
}

#[test]
fn a_line_that_does_not_end_in_time_is_cut() {
    assert_eq!(
        sizes(5, "aa\nbb\ncccc\ndd\n"),
        ["aa\nbb", "\ncccc", "\ndd\n"]
    );
    assert_eq!(sizes(1, "ab\n"), ["a", "b", "\n"]);
    let long = "abcdefghijklmnopqrstuvwxyz0123456789\nABC\nDEF\n";
    let cut = ["abcdefghijklmnopqrst", "uvwxyz0123456789\n", "ABC\nDEF\n"];
    assert_eq!(sizes(20, long), cut);
}

#[test]
fn labels_and_prefixes_count() {
    // 33 bytes a line.
    let logs = Logs::with("s70\npPP\n");
    logs.good("-l 10 -b 11 -t", "aaaa\nbbbb\ncccc\n");
    let lens: Vec<_> = logs.pieces().iter().map(|p| p.1.len()).collect();
    assert_eq!(lens, [66, 33]);
}

#[test]
fn the_default_size_is_a_million_bytes() {
    let logs = Logs::new();
    logs.good("", numbered(0..10_500));
    let lens: Vec<_> = logs.pieces().iter().map(|p| p.1.len()).collect();
    assert_eq!(lens, [999_000, 51_000]);
}

#[test]
fn a_file_that_was_closed_is_gone_on_with() {
    let logs = Logs::with("s29\n");
    logs.good("-l 10 -b 11", "aaaaaaaa\n");
    assert_eq!(logs.about("current").mode, 0o744);
    let mut svlogd = logs.start("-l 10 -b 11");
    wait_until("it is open", || logs.about("current").mode == 0o644);
    svlogd.say("bbbbbbbb\n");
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(
        logs.pieces(),
        [("current".into(), "aaaaaaaa\nbbbbbbbb\n".into())]
    );
    logs.good("-l 10 -b 11", "cccccccc\ndddddddd\n");
    let old = logs.old();
    assert_eq!((old.len(), old[0].mode), (1, 0o744));
    assert_eq!(old[0].text, "aaaaaaaa\nbbbbbbbb\ncccccccc\n");
    assert_eq!(logs.current(), "dddddddd\n");
}

#[test]
fn a_file_that_was_not_closed_is_put_aside() {
    let logs = Logs::new();
    let mut svlogd = logs.start("");
    svlogd.say("before\n");
    wait_until("the line is there", || logs.current() == "before\n");
    svlogd.daemon.signal("KILL");
    assert_eq!(svlogd.finish().code, -9);
    logs.good("", "after\n");
    let old = logs.old();
    assert_eq!((old.len(), old[0].mode), (1, 0o644));
    assert!(old[0].name.ends_with(".u"));
    assert_eq!(
        (old[0].text.as_str(), logs.current().as_str()),
        ("before\n", "after\n")
    );
    // An empty one is no loss, and is used.
    let logs = Logs::new();
    logs.write("current", "").mode("current", 0o644);
    logs.good("", "x\n");
    assert_eq!(logs.pieces().len(), 1);
}

#[test]
fn alrm_rotates_what_is_not_empty() {
    let logs = Logs::with("s0\n");
    let mut svlogd = logs.start("-v");
    svlogd.signal_asleep("ALRM");
    svlogd.daemon.wait_stderr("sigalarm received.");
    svlogd.say("one\n");
    wait_until("the line is there", || logs.current() == "one\n");
    assert_eq!(logs.old().len(), 0);
    svlogd.signal_asleep("ALRM");
    wait_until("it is rotated", || {
        logs.old().len() == 1 && logs.current().is_empty()
    });
    svlogd.say("two\n");
    assert_eq!(svlogd.finish().code, 0);
    let pieces = [
        (".s".into(), "one\n".into()),
        ("current".into(), "two\n".into()),
    ];
    assert_eq!(logs.pieces(), pieces);
}

#[test]
fn alrm_never_tears_a_line() {
    let logs = Logs::new();
    let mut svlogd = logs.start("-v");
    svlogd.say("one\ntw");
    wait_until("the line is there", || logs.current().starts_with("one\n"));
    if ours("svlogd-writes-beginnings-of-lines") {
        wait_until("the beginning is there", || logs.current() == "one\ntw");
    }
    svlogd.signal_asleep("ALRM");
    svlogd.daemon.wait_stderr("sigalarm received.");
    svlogd.say("o\nthree\n");
    wait_until("it is rotated", || logs.old().len() == 1);
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.all(), "one\ntwo\nthree\n");
    assert!(logs.old()[0].text.ends_with('\n'));
}

#[test]
fn a_file_that_is_old_enough_is_rotated_while_nothing_comes() {
    let logs = Logs::with("t1\n");
    let mut svlogd = logs.start("");
    svlogd.say("one\n");
    wait_until("it is rotated", || {
        logs.old().len() == 1 && logs.current().is_empty()
    });
    // An empty file never is: a second passes, and more.
    svlogd.say("two\n");
    wait_until("it is rotated", || {
        logs.old().len() == 2 && logs.current().is_empty()
    });
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.all(), "one\ntwo\n");
}

#[test]
fn names_never_step_back_nor_collide() {
    let logs = Logs::with("s20\nn5\n");
    // The clock was in the future once.
    let future = "@500000000000000000000000.s";
    let last = "@500000000000000000000001.u";
    logs.write(future, "future\n").write(last, "last\n");
    logs.good("-l 10 -b 11", "aaaaaaaa\nbbbbbbbb\ncccccccc\ndddddddd\n");
    let names: Vec<_> = logs.old().into_iter().map(|f| f.name).collect();
    if ours("svlogd-names-never-step-back") {
        let expected = [
            future,
            last,
            "@500000000000000000000002.s",
            "@500000000000000000000003.s",
        ];
        assert_eq!(names, expected);
        assert_eq!(
            logs.all(),
            "future\nlast\naaaaaaaa\nbbbbbbbb\ncccccccc\ndddddddd\n"
        );
    } else {
        assert_eq!(names[2..], [future, last]);
    }
}

#[test]
fn a_current_that_someone_removed_is_made_anew() {
    let logs = Logs::with("s20\n");
    let mut svlogd = logs.start("-l 10 -b 11");
    fs::remove_file(logs.path("current")).expect("current was there");
    svlogd.say("aaaaaaaa\nbbbbbbbb\n");
    svlogd
        .daemon
        .wait_stderr("unable to rename current: log: file does not exist");
    // The C program tries to rename it forever.
    if ours("svlogd-survives-a-removed-current") {
        svlogd.say("cccccccc\n");
        wait_until("there is a new one", || logs.current() == "cccccccc\n");
        assert_eq!(svlogd.finish().code, 0);
    }
}

#[test]
fn the_umask_is_respected_and_so_are_modes_set_by_hand() {
    let logs = Logs::with("s20\n");
    let program = program_path("svlogd");
    let script = format!("umask 027; exec {} -l 10 -b 11 log", program.display());
    let shell = |logs: &Logs| logs.t.command("/bin/sh").args(["-c", &script]);
    let out = logs.feed(shell(&logs), "aaaaaaaa\nbbbbbbbb\nc\n");
    assert_eq!(out.code, 0);
    let modes = || (logs.old()[0].mode, logs.about("current").mode);
    if ours("svlogd-umask") {
        assert_eq!(modes(), (0o740, 0o740));
        logs.mode("current", 0o764);
        assert_eq!(logs.feed(shell(&logs), "d\n").code, 0);
        assert_eq!(modes(), (0o740, 0o764));
    } else {
        assert_eq!(modes(), (0o744, 0o744));
    }
}
