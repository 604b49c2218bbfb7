//! svlogd is killed: what it had read and not written is found by the next one.

use crate::common::*;
use crate::logs::*;
use crate::torture;
use rustix::pipe::{PipeFlags, pipe_with};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::time::Duration;

/// Bytes of a journal before the input.
const HEAD: u64 = 1024;

fn start(logs: &Logs, args: &str, pipe: &OwnedFd) -> Daemon {
    let stdin = pipe.try_clone().expect("dup");
    logs.svlogd(args).stdin(stdin).spawn()
}

#[test]
fn a_killed_svlogd_loses_and_repeats_nothing() {
    for (args, config) in [("", "s20000\nn0\n"), ("-tt", "s20000\nn0\n-no*\n")] {
        let logs = Logs::with(config);
        let (pipe, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
        let all = numbered(0..20_000);
        let text = all.clone();
        let writer = std::thread::spawn(move || {
            let mut writer = File::from(writer);
            writer.write_all(text.as_bytes()).expect("the pipe is open");
        });
        let mut kills = 0;
        while !writer.is_finished() {
            let svlogd = start(&logs, args, &pipe);
            let before = logs.names();
            wait_until("it has rotated", || {
                writer.is_finished() || logs.names().len() > before.len() + kills % 3
            });
            svlogd.signal("KILL");
            drop(svlogd);
            kills += 1;
        }
        writer.join().expect("writer");
        let mut last = start(&logs, args, &pipe);
        assert_eq!(last.wait(), 0);
        let found = logs.all();
        // The C program loses what it had read.
        if ours("svlogd-loses-nothing-when-killed") {
            let label = if args.is_empty() { 0 } else { 26 };
            let found: String = found
                .lines()
                .map(|line| line[label..].to_string() + "\n")
                .collect();
            assert!(
                found == all,
                "{} bytes of {}, {kills} kills",
                found.len(),
                all.len()
            );
        }
    }
}

#[test]
fn a_line_that_was_begun_goes_on_after_a_kill() {
    let logs = Logs::new();
    let (pipe, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    let svlogd = Running::new(start(&logs, "", &pipe));
    let mut writer = File::from(writer);
    writer.write_all(b"one\ntw").expect("room");
    if !ours("svlogd-loses-nothing-when-killed") {
        return;
    }
    wait_until("it is there", || logs.current() == "one\ntw");
    svlogd.daemon.signal("KILL");
    drop(svlogd);
    let next = start(&logs, "", &pipe);
    writer.write_all(b"o\n").expect("room");
    wait_until("it goes on", || logs.current() == "one\ntwo\n");
    drop((writer, pipe));
    assert_eq!(next.finish().code, 0);
    assert!(logs.old().is_empty());
}

#[test]
fn what_the_journal_holds_is_gone_soon_after_it_is_written() {
    let logs = Logs::new();
    let mut svlogd = logs.start("");
    svlogd.say(numbered(0..100));
    wait_until("the lines are there", || logs.current() == numbered(0..100));
    wait_until("the journal is empty", || logs.journal() <= HEAD);
    assert_eq!(svlogd.finish().code, 0);
    assert!(logs.journal() <= HEAD);
}

#[test]
fn a_lock_file_with_foreign_content_stays_as_it_is() {
    for text in ["hello\n", "runit", &"\0x".repeat(2_000)] {
        let logs = Logs::new();
        logs.write("lock", text);
        let mut svlogd = logs.start("");
        svlogd.say(numbered(0..100));
        assert_eq!(svlogd.finish().code, 0);
        assert_eq!(logs.current(), numbered(0..100));
        assert_eq!(logs.text("lock"), text);
    }
}

#[test]
fn the_c_program_may_work_on_the_directory_in_between() {
    // With `RUNIT_UNDER_TEST=theirs` the second is theirs.
    let sides = [Under::Ours, under_test(), Under::Ours];
    let logs = Logs::with("n0\n");
    let (pipe, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    let mut writer = File::from(writer);
    for (turn, side) in sides.into_iter().enumerate() {
        let stdin = pipe.try_clone().expect("dup");
        let program = logs.t.command(program_of(side, "svlogd")).arg("log");
        let svlogd = Running::new(program.stdin(stdin).spawn());
        writer
            .write_all(numbered(turn * 100..turn * 100 + 100).as_bytes())
            .expect("room");
        let all = numbered(0..turn * 100 + 100);
        wait_until("all of it is there", || logs.all() == all);
        if side == Under::Ours {
            // Between a line and the note that it is written there is a moment; whoever is killed in it
            // leaves the line to the next of its kind, and another program knows nothing of that.
            wait_until("the journal is empty", || logs.journal() <= HEAD);
        }
        svlogd.daemon.signal("KILL");
    }
}

#[test]
fn torture_loses_no_line_and_repeats_none() {
    if !ours("svlogd-loses-nothing-when-killed") {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    // With another seed each time: what one run does not find another may.
    let clock = std::time::UNIX_EPOCH
        .elapsed()
        .expect("after 1970")
        .as_millis() as u64;
    let seed = number("RUNIT_TORTURE_SEED").unwrap_or(clock % 1_000_000);
    let time = Duration::from_secs(number("RUNIT_TORTURE_SECONDS").unwrap_or(20));
    let t = Scratch::new();
    // A full disk needs mounts of its own, which only this thread and its children see.
    let disk = rustix::process::geteuid().is_root();
    if disk {
        runit_sys::platform::isolate_mounts().expect("mounts of our own");
    }
    eprintln!("RUNIT_TORTURE_SEED={seed}");
    let plan = torture::Plan {
        program: program_path("svlogd"),
        dir: t.mkdir("torture"),
        time,
        seed,
        clock: false,
        disk,
    };
    let counts = torture::run(&plan);
    eprintln!("{counts:#?}");
    assert!(counts.kills > 0 && counts.lines > 0, "{counts:?}");
}
