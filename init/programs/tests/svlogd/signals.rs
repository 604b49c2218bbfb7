//! TERM, HUP and the end of input.

use crate::common::*;
use crate::logs::*;
use rustix::pipe::{PipeFlags, pipe_with};
use std::fs;

#[test]
fn term_ends_it_with_what_it_has_read() {
    let logs = Logs::new();
    let mut svlogd = logs.start("-v");
    svlogd.say("one\ntwo\n");
    wait_until("the lines are there", || logs.current() == "one\ntwo\n");
    svlogd.daemon.signal("TERM");
    assert_eq!(svlogd.daemon.wait(), 0);
    let expected = "svlogd: info: new: log/current\n\
        svlogd: info: sigterm received.\n\
        svlogd: info: close: log\n";
    assert_eq!(svlogd.daemon.stderr(), expected);
    assert_eq!(logs.about("current").mode, 0o744);
}

#[test]
fn what_it_has_not_read_at_term_stays_in_the_pipe() {
    let logs = Logs::new();
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    let svlogd = logs
        .svlogd("")
        .stdin(reader.try_clone().expect("dup"))
        .spawn();
    let first = Running::new(svlogd);
    rustix::io::write(&writer, b"one\n").expect("room");
    wait_until("the line is there", || logs.current() == "one\n");
    first.daemon.signal("STOP");
    wait_until("it is stopped", || {
        procs::state(first.daemon.pid()) == Some('T')
    });
    rustix::io::write(&writer, b"two\n").expect("room");
    first.daemon.signal("TERM");
    first.daemon.signal("CONT");
    assert_eq!(first.finish().code, 0);
    drop(writer);
    let out = logs.svlogd("").stdin(reader).run();
    assert_eq!(out.code, 0);
    if ours("svlogd-term-leaves-the-rest") {
        assert_eq!(logs.all(), "one\ntwo\n");
    }
}

#[test]
fn term_within_a_line_neither_hangs_nor_loses_it() {
    for config in ["", "-x*\n"] {
        let logs = Logs::with(config);
        let mut svlogd = logs.start("-v");
        svlogd.say("one\ntw");
        wait_until("the line is there", || logs.current().starts_with("one\n"));
        svlogd.daemon.signal("TERM");
        svlogd.daemon.wait_stderr("sigterm received.");
        // The C program waits for more, and then forgets all of it.
        if ours("svlogd-keeps-the-last-line") {
            assert_eq!(svlogd.daemon.wait(), 0);
            assert_eq!(logs.current(), "one\ntw\n");
        }
    }
}

#[test]
fn the_rest_of_a_line_that_is_on_its_way_at_term_is_waited_for() {
    let logs = Logs::new();
    let mut svlogd = logs.start("-v");
    svlogd.say("one\ntw");
    wait_until("the line is there", || logs.current().starts_with("one\n"));
    svlogd.daemon.signal("TERM");
    svlogd.daemon.wait_stderr("sigterm received.");
    svlogd.say("o\nthree\n");
    assert_eq!(svlogd.daemon.wait(), 0);
    // The C program loses the line; neither reads beyond it.
    let current = logs.current();
    if ours("svlogd-keeps-the-last-line") {
        // On a machine so busy that the second is over, what was there is kept.
        assert!(
            current == "one\ntwo\n" || current == "one\ntw\n",
            "{current}"
        );
    } else {
        assert_eq!(current, "one\n");
    }
}

#[test]
fn signals_are_heard_while_input_never_ends() {
    let logs = Logs::with("s1000000\nn3\n");
    let script = "mkfifo pipe; yes >pipe & exec \"$0\" -v log <pipe";
    let program = logs.t.command("/bin/sh").args(["-c", script]);
    let svlogd = Running::new(program.arg(program_path("svlogd")).spawn());
    svlogd.daemon.signal("HUP");
    svlogd.daemon.wait_stderr("append: log/current");
    svlogd.daemon.signal("TERM");
    let out = svlogd.finish();
    assert_eq!(out.code, 0);
}

#[test]
fn hup_opens_the_directory_that_is_there_now() {
    let logs = Logs::new();
    let mut svlogd = logs.start("");
    svlogd.say("one\n");
    wait_until("the line is there", || logs.current() == "one\n");
    fs::rename(&logs.dir, logs.t.path("before")).expect("rename");
    logs.t.mkdir("log");
    svlogd.signal_asleep("HUP");
    wait_until("the new one is used", || logs.path("current").exists());
    svlogd.say("two\n");
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.current(), "two\n");
    let before = fs::read_to_string(logs.t.path("before/current")).expect("the old one");
    assert_eq!(before, "one\n");
}

#[test]
fn hup_drops_a_directory_that_is_gone_and_ends_when_none_is_left() {
    let logs = Logs::new();
    let other = logs.t.mkdir("other");
    let program = logs.svlogd("").arg("other");
    let mut svlogd = Running::new(program.stdin(std::process::Stdio::piped()).spawn());
    svlogd.say("one\n");
    wait_until("it is open", || other.join("current").exists());
    fs::rename(&other, logs.t.path("moved")).expect("rename");
    svlogd.signal_asleep("HUP");
    let warning = "svlogd: warning: unable to open log directory: other: file does not exist\n";
    svlogd.daemon.wait_stderr(warning);
    svlogd.say("two\n");
    wait_until("the other goes on", || logs.current() == "one\ntwo\n");
    fs::rename(&logs.dir, logs.t.path("gone")).expect("rename");
    svlogd.signal_asleep("HUP");
    assert_eq!(svlogd.daemon.wait(), 111);
    let last = "svlogd: fatal: no functional log directories.\n";
    assert!(svlogd.daemon.stderr().ends_with(last));
}

#[test]
fn a_line_may_begin_before_hup_and_end_after_it() {
    let logs = Logs::new();
    let mut svlogd = logs.start("-v");
    svlogd.say("one\ntw");
    wait_until("the line is there", || logs.current().starts_with("one\n"));
    svlogd.signal_asleep("HUP");
    svlogd.daemon.wait_stderr("append: log/current");
    svlogd.say("o\n");
    wait_until("the line is there", || logs.current() == "one\ntwo\n");
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.current(), "one\ntwo\n");
}

#[test]
fn input_and_signals_are_all_that_wakes_it() {
    let logs = Logs::with("t3600\n!cat\nfdrop\n");
    let mut svlogd = logs.start("-tt");
    // An empty file cannot become too old, and there is nothing else to do.
    if ours("svlogd-sleeps-without-a-clock") {
        // Number and arguments of the system call it sits in: ppoll(fds, count, timeout, ...).
        let call = wait_for("a system call", || {
            let call = fs::read_to_string(format!("/proc/{}/syscall", svlogd.daemon.pid())).ok()?;
            call.starts_with(|c: char| c.is_ascii_digit())
                .then_some(call)
        });
        let fields: Vec<_> = call.split_whitespace().collect();
        assert!(["271", "73"].contains(&fields[0]), "not ppoll: {call}");
        assert_eq!((fields[2], fields[3]), ("0x1", "0x0"), "{call}");
    }
    svlogd.say("one\n");
    wait_until("the line is there", || logs.current().ends_with("one\n"));
    assert_eq!(svlogd.finish().code, 0);
}
