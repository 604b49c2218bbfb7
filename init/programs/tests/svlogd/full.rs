//! A disk that is full: a small file system of its own, which ends with its test.
//!
//! Needs root, or the right to make user namespaces.

use crate::common::*;
use crate::logs::{Running, names, numbered};
use rustix::pipe::{PipeFlags, pipe_with};
use std::fs;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::Stdio;

/// Bytes of the file system.
const SIZE: usize = 64 << 10;

/// A svlogd whose log directory is on a small file system.
struct Small {
    t: Scratch,
    svlogd: Running,
}

impl Small {
    fn start(options: &str, config: &str) -> Small {
        Small::after("true", options, config, Stdio::piped())
    }

    /// Nothing can be written, and nothing was before.
    fn start_on_full(config: &str, stdin: impl Into<Stdio>) -> Small {
        let fill = "! cat /dev/zero 2>/dev/null >disk/ballast";
        Small::after(fill, "", config, stdin)
    }

    /// Starts it after a shell command.
    fn after(command: &str, options: &str, config: &str, stdin: impl Into<Stdio>) -> Small {
        let t = Scratch::new();
        t.mkdir("disk");
        fs::write(t.path("config"), config).expect("config");
        let program = program_path("svlogd");
        let script = format!(
            "mount -t tmpfs -o size={SIZE} none disk && mkdir disk/log && cp config disk/log \
             && {command} && exec {} {options} disk/log",
            program.display()
        );
        let mut unshare = t.command("/usr/bin/unshare").arg("-m");
        if !rustix::process::geteuid().is_root() {
            unshare = unshare.arg("-r");
        }
        let unshare = unshare.args(["/bin/sh", "-c", &script]);
        let svlogd = Running::new(unshare.stdin(stdin).spawn());
        let small = Small { t, svlogd };
        wait_until("current is there", || small.path("log/current").exists());
        small
    }

    /// A path on the file system, as svlogd sees it.
    fn path(&self, name: &str) -> PathBuf {
        let dir = self.t.path("disk");
        let dir = dir.strip_prefix("/").expect("an absolute path");
        PathBuf::from(format!("/proc/{}/root", self.svlogd.daemon.pid()))
            .join(dir)
            .join(name)
    }

    /// Takes up this many bytes.
    fn fill(&self, bytes: usize) {
        fs::write(self.path("ballast"), vec![b'x'; bytes]).expect("ballast");
    }

    /// Gives them back.
    fn free(&self) {
        fs::remove_file(self.path("ballast")).expect("ballast");
    }

    /// Waits until it has read everything and sleeps.
    fn settle(&self) {
        let stdin = self.svlogd.stdin.as_ref().expect("stdin is open");
        wait_until("it has read everything", || {
            rustix::io::ioctl_fionread(stdin) == Ok(0)
                && procs::state(self.svlogd.daemon.pid()) == Some('S')
        });
    }

    fn current(&self) -> String {
        fs::read_to_string(self.path("log/current")).unwrap_or_default()
    }

    fn old(&self) -> Vec<String> {
        let mut names = names(&self.path("log"));
        names.retain(|name| name.starts_with('@'));
        names
    }
}

const PAUSING: &str = "svlogd: pausing: unable to write to current: disk/log: out of disk space\n";

#[test]
fn it_pauses_until_there_is_room_again_and_nothing_is_lost() {
    for config in ["s0\n", "s0\nfblock\n", "s0\nn9\nN9\n"] {
        let mut small = Small::start("", config);
        small.fill(SIZE / 2);
        let lines = numbered(0..500);
        small.svlogd.say(&lines);
        small.svlogd.daemon.wait_stderr(PAUSING);
        small.free();
        wait_until("all of it is there", || small.current() == lines);
        assert_eq!(small.svlogd.finish().code, 0);
    }
}

#[test]
fn it_deletes_down_to_n() {
    let mut small = Small::start("", "s5000\nn50\nN3\n");
    small.fill(SIZE / 2);
    let lines = numbered(0..2_010);
    small.svlogd.say(&lines);
    let last = numbered(2_009..2_010);
    wait_until("the last line is there", || {
        small.current().ends_with(&last)
    });
    let stderr = small.svlogd.daemon.stderr();
    let deleted = "svlogd: warning: out of disk space, delete: disk/log/@";
    assert!(stderr.starts_with(deleted), "{stderr}");
    assert!(!stderr.contains("pausing"), "{stderr}");
    assert!(small.old().len() >= 3, "{:?}", small.old());
    assert_eq!(small.svlogd.finish().code, 0);
}

#[test]
fn it_deletes_no_more_than_n_allows() {
    let mut small = Small::start("", "s5000\nn50\nN50\n");
    small.fill(SIZE / 2);
    small.svlogd.say(numbered(0..500));
    small.svlogd.daemon.wait_stderr(PAUSING);
    assert!(small.old().len() > 3);
    assert!(!small.svlogd.daemon.stderr().contains("delete"));
    small.free();
    let last = numbered(499..500);
    wait_until("the last line is there", || {
        small.current().ends_with(&last)
    });
    assert_eq!(small.svlogd.finish().code, 0);
}

/// The numbers of the lines in a text, and the counts of dropped lines between them, in order.
fn accounted(text: &str) -> (usize, usize, bool) {
    let (mut next, mut dropped, mut whole) = (0, 0, true);
    for line in text.lines() {
        if let Some(count) = line.strip_suffix(" lines dropped") {
            let count = count
                .rsplit(' ')
                .next()
                .and_then(|n| n.parse::<usize>().ok());
            let count = count.expect("a count");
            dropped += count;
            next += count;
        } else {
            let at = line.len().saturating_sub(99);
            let number = line[at..].get(..8).and_then(|n| n.parse::<usize>().ok());
            whole &= number == Some(next);
            next += 1;
        }
    }
    (next, dropped, whole)
}

#[test]
fn fdrop_goes_on_reading_and_writes_down_what_was_dropped() {
    for options in ["", "-tt", "-b 5000"] {
        let mut small = Small::start(options, "s0\nfdrop\n");
        if !ours("svlogd-fdrop") {
            return;
        }
        small.fill(SIZE / 2);
        // More than a pipe holds: it must be read.
        small.svlogd.say(numbered(0..5_000));
        small.settle();
        let before = small.current();
        assert!(before.ends_with('\n') && before.len() <= SIZE / 2);
        small.free();
        // Without any further line.
        wait_until("the count is there", || {
            small.current().ends_with(" lines dropped\n")
        });
        small.svlogd.say(numbered(5_000..5_010));
        let last = numbered(5_009..5_010);
        wait_until("the last line is there", || {
            small.current().ends_with(&last)
        });
        let (lines, dropped, whole) = accounted(&small.current());
        assert!(
            whole && lines == 5_010 && dropped > 4_000,
            "{lines} {dropped}"
        );
        let out = small.svlogd.finish();
        assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    }
}

#[test]
fn fdrop_over_and_over_counts_every_line() {
    let mut small = Small::start("-b 2000", "s7000\nn3\nfdrop\n");
    if !ours("svlogd-fdrop") {
        return;
    }
    let mut next = 0;
    for round in 0..3 {
        small.fill(SIZE - 20_000 - 3_000 * round);
        small.svlogd.say(numbered(next..next + 700));
        next += 700;
        small.settle();
        small.free();
        let mark = || {
            let all = small
                .old()
                .iter()
                .map(|f| format!("log/{f}"))
                .chain(["log/current".into()])
                .map(|f| fs::read_to_string(small.path(&f)).unwrap_or_default())
                .collect::<String>();
            all.contains("lines dropped") && all.ends_with("lines dropped\n")
        };
        wait_until("the count is there", mark);
    }
    assert_eq!(small.svlogd.finish().code, 0);
}

#[test]
fn term_on_a_full_disk_ends_it_in_the_end_and_nothing_is_lost() {
    let mut small = Small::start("", "s0\n");
    small.fill(SIZE / 2);
    let lines = numbered(0..500);
    small.svlogd.say(&lines);
    small.svlogd.daemon.wait_stderr(PAUSING);
    let before = small.current().len();
    let log = small.path("log");
    let log = fs::File::open(log).expect("the log directory");
    small.svlogd.daemon.signal("TERM");
    // The C program goes on pausing.
    if ours("svlogd-term-on-a-full-disk") {
        assert_eq!(small.svlogd.daemon.wait(), 111);
        let last =
            "svlogd: warning: unable to write the last lines, left for the next start: disk/log\n";
        assert!(small.svlogd.daemon.stderr().ends_with(last));
        // What it had taken from the pipe waits in the file system, which is still open.
        let log = PathBuf::from(format!(
            "/proc/{}/fd/{}",
            std::process::id(),
            log.as_raw_fd()
        ));
        fs::remove_file(log.join("../ballast")).expect("ballast");
        let next = small.t.program("svlogd").arg(&log);
        assert_eq!(next.stdin(Stdio::null()).run().code, 0);
        let text = fs::read_to_string(log.join("current")).expect("current");
        let old = names(&log).into_iter().filter(|name| name.starts_with('@'));
        let old: String = old
            .map(|name| fs::read_to_string(log.join(name)).expect("an old file"))
            .collect();
        let written = old + text.trim_end();
        assert!(
            lines.starts_with(&written) && written.len() > before,
            "{}",
            written.len()
        );
    }
}

const NO_JOURNAL: &str = "unable to write to lock: disk/log: out of disk space\n";

#[test]
fn on_a_disk_that_was_full_from_the_start_nothing_is_read_that_a_kill_would_lose() {
    // The C program reads it, and loses it.
    if !ours("svlogd-loses-nothing-when-killed") {
        return;
    }
    let (pipe, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    let lines = numbered(0..500);
    let mut writer = fs::File::from(writer);
    writer.write_all(lines.as_bytes()).expect("room");
    let mut small = Small::start_on_full("s0\n", pipe.try_clone().expect("dup"));
    small
        .svlogd
        .daemon
        .wait_stderr(&format!("svlogd: pausing: {NO_JOURNAL}"));
    let log = fs::File::open(small.path("log")).expect("the log directory");
    let me = std::process::id();
    let log = PathBuf::from(format!("/proc/{me}/fd/{}", log.as_raw_fd()));
    small.svlogd.daemon.signal("KILL");
    small.svlogd.daemon.wait();
    fs::remove_file(log.join("../ballast")).expect("ballast");
    drop(writer);
    let next = small.t.program("svlogd").arg(&log).stdin(pipe);
    assert_eq!(next.run().code, 0);
    let text = fs::read_to_string(log.join("current")).expect("current");
    assert!(text == lines, "{} bytes of {}", text.len(), lines.len());
}

#[test]
fn on_a_disk_that_was_full_from_the_start_the_end_of_input_is_seen() {
    let small = Small::start_on_full("s0\n", Stdio::piped());
    assert_eq!(small.svlogd.finish().code, 0);
}

#[test]
fn fdrop_says_once_that_a_kill_loses_the_count_where_the_disk_was_full_from_the_start() {
    let mut small = Small::start_on_full("s0\nfdrop\n", Stdio::piped());
    if !ours("svlogd-fdrop") {
        return;
    }
    small.svlogd.say(numbered(0..5_000));
    small.settle();
    small.svlogd.say(numbered(5_000..6_000));
    small.settle();
    small.free();
    wait_until("the count is there", || {
        small.current() == "svlogd: warning: 6000 lines dropped\n"
    });
    let out = small.svlogd.finish();
    let warning = format!("svlogd: warning: {NO_JOURNAL}");
    assert_eq!((out.code, out.stderr), (0, warning));
}

#[test]
fn hup_on_a_full_disk_is_heard() {
    let mut small = Small::start("", "s0\n");
    small.fill(SIZE / 2);
    small.svlogd.say(numbered(0..400));
    small.svlogd.daemon.wait_stderr(PAUSING);
    // The C program hears it when there is room again.
    if ours("svlogd-hup-on-a-full-disk") {
        fs::remove_file(small.path("log/config")).expect("config");
        fs::remove_file(small.path("ballast")).expect("ballast");
        fs::write(small.path("log/config"), "s0\nfdrop\n").expect("config");
        small.fill(1000);
        small.svlogd.signal_asleep("HUP");
        wait_until("all of it is there", || small.current() == numbered(0..400));
        assert_eq!(small.svlogd.finish().code, 0);
    }
}
