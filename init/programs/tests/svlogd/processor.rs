//! The processor: what it is given, what becomes of its output, and what happens when it fails.

use crate::common::*;
use crate::logs::*;
use std::fs;

/// Options under which a line of eight letters is rotated where the size is 10.
const SMALL: &str = "-v -l 7 -b 8";

#[test]
fn a_rotated_file_goes_through_it() {
    let logs = Logs::with("s20\n!tr a-z A-Z; echo end\n");
    let out = logs.run("-v -l 10 -b 11", "aaaaaaaa\nbbbbbbbb\ncccccccc\n");
    let expected = "svlogd: info: read: log/config\n\
        svlogd: info: new: log/current\n\
        svlogd: info: rename: log/current @STAMP.u 18\n\
        svlogd: info: processing: log/@STAMP.u\n\
        svlogd: info: processed: log/@STAMP.s\n\
        svlogd: info: close: log\n";
    let heard = unstamped(&out.stderr).replace("svlogd: info: sigchild received.\n", "");
    assert_eq!((out.code, heard.as_str()), (0, expected));
    let old = logs.old();
    assert_eq!((old.len(), old[0].mode), (1, 0o744));
    assert_eq!(old[0].text, "AAAAAAAA\nBBBBBBBB\nend\n");
    assert_eq!(logs.current(), "cccccccc\n");
    assert_eq!(logs.names()[1..], ["current", "state"]);
}

#[test]
fn a_directory_with_the_name_of_an_old_file_is_in_nobodys_way() {
    for (config, left) in [
        ("s10\nn0\n!cat\n", "aaaaaaaa\nbbbbbbbb\ncccccccc\n"),
        ("s10\nn2\n", "bbbbbbbb\ncccccccc\n"),
    ] {
        let logs = Logs::with(config);
        let dirs = ["s", "t", "u"].map(|kind| format!("@40000000000000000000000a.{kind}"));
        for dir in &dirs {
            fs::create_dir(logs.path(dir)).expect("a directory");
        }
        let out = logs.run("-l 7 -b 8", "aaaaaaaa\nbbbbbbbb\ncccccccc\n");
        let dir_or_done = |f: &LogFile| dirs.contains(&f.name) || f.name.ends_with(".s");
        let text: String = logs.old().into_iter().map(|f| f.text).collect();
        // The C program counts them among the files, and fails to remove them.
        if ours("svlogd-passes-directories-over") {
            assert_eq!((out.code, out.stderr.as_str()), (0, ""));
            assert!(dirs.iter().all(|dir| logs.path(dir).is_dir()));
            assert!(logs.old().iter().all(dir_or_done));
            assert_eq!(text, left);
        }
    }
}

#[test]
fn it_runs_in_the_directory_with_the_environment_and_the_state_of_the_last_run() {
    let command = "cat; pwd -P; echo $MARK; cat <&4; echo $MARK $(cat <&4 | wc -l) >&5";
    let logs = Logs::with(format!("s10\n!{command}\n"));
    for (n, line) in ["aaaaaaaa\n", "bbbbbbbb\n"].iter().enumerate() {
        let program = logs.svlogd(SMALL).env("MARK", format!("mark{n}"));
        assert_eq!(logs.feed(program, line).code, 0);
    }
    let dir = logs.dir.canonicalize().expect("the directory");
    let dir = dir.display();
    let texts: Vec<_> = logs.old().into_iter().map(|f| f.text).collect();
    let expected = [
        format!("aaaaaaaa\n{dir}\nmark0\n"),
        format!("bbbbbbbb\n{dir}\nmark1\nmark0 0\n"),
    ];
    assert_eq!(texts, expected);
    assert_eq!(logs.text("state"), "mark1 0\n");
}

#[test]
fn it_has_five_descriptors_and_no_more() {
    let logs = Logs::with("s10\n!exec ls -l /proc/self/fd\n");
    assert_eq!(logs.run(SMALL, "aaaaaaaa\n").code, 0);
    let text = logs.old()[0].text.clone();
    let stamp = logs.old()[0].name[..25].to_string();
    let dir = logs.dir.canonicalize().expect("the directory");
    let numbers: Vec<_> = text
        .lines()
        .filter_map(|l| l.rsplit_once(" -> "))
        .filter(|(_, to)| to.starts_with(&*dir.to_string_lossy()))
        .map(|(from, to)| {
            let number = from.rsplit(' ').next().unwrap_or_default();
            format!("{number} {}", to.rsplit('/').next().unwrap_or_default())
        })
        .collect();
    let expected = [
        format!("0 {stamp}.u"),
        format!("1 {stamp}.t"),
        "4 state".into(),
        "5 newstate".into(),
    ];
    assert_eq!(numbers, expected);
}

#[test]
fn signals_are_at_their_defaults_in_it() {
    let logs = Logs::with("s10\n!cat /proc/self/status\n");
    assert_eq!(logs.run(SMALL, "aaaaaaaa\n").code, 0);
    let text = logs.old()[0].text.clone();
    for mask in ["SigBlk", "SigCgt"] {
        assert!(
            text.contains(&format!("{mask}:\t0000000000000000\n")),
            "{text}"
        );
    }
}

#[test]
fn term_waits_for_it() {
    let logs = Logs::with("s10\n!echo x >started; while [ ! -e go ]; do sleep .01; done; cat\n");
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\n");
    wait_until("it runs", || logs.path("started").exists());
    svlogd.daemon.signal("TERM");
    svlogd.daemon.wait_stderr("sigterm received.");
    assert_eq!(svlogd.daemon.ended(), None);
    logs.write("go", "");
    assert_eq!(svlogd.daemon.wait(), 0);
    assert_eq!(
        logs.pieces()[0],
        (".s".to_string(), "aaaaaaaa\n".to_string())
    );
}

#[test]
fn the_next_run_starts_when_the_first_is_done_and_logging_goes_on() {
    let logs =
        Logs::with("s10\n!while [ ! -e go ]; do sleep .01; done; cat; cat <&4; echo s >&5\n");
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\n");
    svlogd.daemon.wait_stderr("processing: ");
    svlogd.say("bbbbbbbb\n");
    if ours("svlogd-does-not-wait-for-processors") {
        svlogd.say("cccccccc\nd\n");
        wait_until("logging goes on", || logs.current() == "d\n");
        let kinds: Vec<_> = logs.pieces().into_iter().map(|p| p.0).collect();
        assert_eq!(kinds, [".t", ".u", ".u", ".u", "current"]);
    }
    logs.write("go", "");
    assert_eq!(svlogd.finish().code, 0);
    let pieces = logs.pieces();
    assert_eq!(pieces[0], (".s".to_string(), "aaaaaaaa\n".to_string()));
    assert_eq!(pieces[1], (".s".to_string(), "bbbbbbbb\ns\n".to_string()));
    assert!(pieces.iter().all(|p| p.0 == ".s" || p.0 == "current"));
}

#[test]
fn one_that_fails_is_retried_until_it_succeeds() {
    let logs = Logs::with("s10\n!echo x >>tries; [ -e go ] && cat\n");
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\n");
    svlogd
        .daemon
        .wait_stderr("svlogd: warning: processor failed, restart: log\n");
    wait_until("a second try", || logs.text("tries").lines().count() >= 2);
    logs.write("go", "");
    wait_until("it is done", || logs.pieces()[0].0 == ".s");
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.pieces()[0].1, "aaaaaaaa\n");
}

#[test]
fn one_that_fails_is_retried_with_a_growing_delay_and_holds_up_nothing() {
    let logs = Logs::with("s10\n!echo x >>tries; exit 1\n");
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\nbbbbbbbb\n");
    let tries = || logs.text("tries").lines().count();
    if ours("svlogd-retries-with-delays") {
        let start = std::time::Instant::now();
        wait_until("three tries", || tries() >= 3);
        // 1 s and then 2 s lie between them, and 4 s before the next.
        assert!(start.elapsed().as_millis() >= 2900);
        svlogd.say("cccccccc\nd\n");
        wait_until("logging goes on", || logs.current() == "d\n");
        assert_eq!(logs.old().len(), 3);
        svlogd.daemon.signal("TERM");
        assert_eq!(svlogd.daemon.wait(), 0);
        assert_eq!(logs.all(), "aaaaaaaa\nbbbbbbbb\ncccccccc\nd\n");
        assert!(logs.old().iter().all(|f| f.name.ends_with(".u")));
    } else {
        // As fast as it can, and nothing but KILL ends it.
        wait_until("many tries", || tries() >= 30);
        svlogd.daemon.signal("KILL");
    }
}

#[test]
fn what_a_failed_processor_left_is_done_at_the_next_start() {
    let logs = Logs::with("s10\n!exit 1\n");
    if !ours("svlogd-retries-with-delays") {
        return;
    }
    let out = logs.run(SMALL, "aaaaaaaa\nbbbbbbbb\nc\n");
    assert_eq!(out.code, 0);
    let last = "svlogd: warning: processor failed, left for the next start: log\n";
    assert!(out.stderr.contains(last), "{}", out.stderr);
    assert_eq!(logs.pieces().iter().filter(|p| p.0 == ".u").count(), 2);
    logs.write("config", "s10\n!cat; echo done\n");
    assert_eq!(logs.run(SMALL, "").code, 0);
    let texts: Vec<_> = logs.old().into_iter().map(|f| (f.mode, f.text)).collect();
    let expected = ["aaaaaaaa\ndone\n", "bbbbbbbb\ndone\n"].map(|t| (0o744, t.to_string()));
    assert_eq!(texts, expected);
}

#[test]
fn what_was_left_behind_is_processed_at_start() {
    let logs = Logs::with("!cat; echo done\n");
    logs.write("@400000000000000000000001.u", "first\n");
    logs.write("@400000000000000000000001.t", "half\n");
    logs.write("@400000000000000000000002.u", "raw\n");
    logs.write("@400000000000000000000002.s", "raw\ndone\n");
    logs.write("current", "last\n").mode("current", 0o644);
    logs.good("", "new\n");
    let pieces = logs.pieces();
    if ours("svlogd-processes-what-was-left") {
        let texts: Vec<_> = pieces.iter().map(|p| (&*p.0, &*p.1)).collect();
        let expected = [
            (".s", "first\ndone\n"),
            // Its output was there already.
            (".s", "raw\ndone\n"),
            (".s", "last\ndone\n"),
            ("current", "new\n"),
        ];
        assert_eq!(texts, expected);
    } else {
        assert_eq!(pieces.iter().filter(|p| p.0 == ".u").count(), 3);
    }
}

#[test]
fn hup_leaves_a_running_one_alone() {
    let logs = Logs::with("s10\n!echo x >>runs; while [ ! -e go ]; do sleep .01; done; cat\n");
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\n");
    wait_until("it runs", || logs.path("runs").exists());
    svlogd.signal_asleep("HUP");
    svlogd.daemon.wait_stderr("append: log/current");
    logs.write("go", "");
    if ours("svlogd-keeps-its-processor-over-hup") {
        wait_until("it is done", || logs.pieces()[0].0 == ".s");
        assert_eq!(svlogd.finish().code, 0);
        assert_eq!(
            logs.pieces()[0],
            (".s".to_string(), "aaaaaaaa\n".to_string())
        );
        assert_eq!(logs.text("runs"), "x\n");
    } else {
        // Forgotten, with all it left.
        assert_eq!(svlogd.finish().code, 0);
        assert!(logs.pieces().iter().any(|p| p.0 == ".u"));
    }
}

#[test]
fn one_that_never_ends_does_not_keep_svlogd_after_term() {
    let logs = Logs::with("s10\n!echo $$ >pid; exec sleep 1000\n");
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\n");
    wait_until("it runs", || !logs.text("pid").is_empty());
    if ours("svlogd-leaves-endless-processors") {
        svlogd.daemon.signal("TERM");
        assert_eq!(svlogd.daemon.wait(), 0);
        let last = "svlogd: warning: processor still running, left for the next start: log\n";
        assert!(svlogd.daemon.stderr().contains(last));
        let pid = logs.text("pid").trim().parse().expect("a pid");
        wait_until("it is gone, too", || !procs::alive(pid));
        assert!(
            logs.pieces()
                .iter()
                .any(|p| p == &(".u".into(), "aaaaaaaa\n".into()))
        );
    }
}

#[test]
fn an_unprocessed_file_is_safe_from_pruning_while_it_is_processed() {
    let logs = Logs::with("s10\nn1\n!while [ ! -e go ]; do sleep .01; done; cat\n");
    if !ours("svlogd-does-not-wait-for-processors") {
        return;
    }
    let mut svlogd = logs.start(SMALL);
    svlogd.say("aaaaaaaa\n");
    svlogd.daemon.wait_stderr("processing: ");
    svlogd.say("bbbbbbbb\ncccccccc\nd\n");
    wait_until("logging goes on", || logs.current() == "d\n");
    assert_eq!(
        logs.old().iter().filter(|f| f.name.ends_with(".u")).count(),
        1
    );
    logs.write("go", "");
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.all(), "aaaaaaaa\nd\n");
}
