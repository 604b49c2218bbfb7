//! Input, files and directories as they should not be.

use crate::common::*;
use crate::logs::*;
use std::fs;

/// Most memory in KiB that a svlogd of ours may use at any time; the buffers are a part of it.
const MEMORY: u64 = 4096;

fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kib = line.and_then(|l| l.split_whitespace().next());
    kib.and_then(|n| n.parse().ok())
        .expect("the process is there")
}

#[test]
fn a_line_of_100_megabytes_passes_in_little_memory() {
    for (options, config) in [("", "s0\n"), ("-t -l 100", "s0\ne*\n")] {
        let logs = Logs::with(config);
        let mut svlogd = logs.start(options);
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            svlogd.say(&chunk);
        }
        svlogd.say("\nend\n");
        let label = if config.contains('e') { 26 } else { 0 };
        let size = (100 << 20) + 1 + 4 + 2 * label;
        let len = || fs::metadata(logs.path("current")).expect("current").len();
        wait_until("all of it is there", || len() == size);
        if ours("svlogd-memory") {
            let peak = peak(svlogd.daemon.pid());
            assert!(peak < MEMORY, "{peak} KiB");
        }
        let out = svlogd.finish();
        assert_eq!(out.code, 0);
    }
}

#[test]
fn a_huge_config_is_refused_in_little_memory() {
    let logs = Logs::new();
    let config = fs::File::create(logs.path("config")).expect("config");
    config
        .set_len(1 << 30)
        .expect("a file with nothing but holes");
    if !ours("svlogd-memory") {
        return;
    }
    let svlogd = logs.start("");
    let warning = "svlogd: warning: unable to read config: log: file too big\n";
    svlogd.daemon.wait_stderr(warning);
    let peak = peak(svlogd.daemon.pid());
    assert!(peak < MEMORY, "{peak} KiB");
    assert_eq!(svlogd.finish().code, 0);
}

/// A FIFO is no reason to wait: neither one without a writer, nor one whose writer says nothing.
#[test]
fn a_config_that_is_a_fifo_holds_nothing_up() {
    let logs = Logs::new();
    logs.t.mkfifo("log/config");
    logs.good("", "a\n");
    let held = fs::File::options()
        .read(true)
        .write(true)
        .open(logs.path("config"))
        .expect("the FIFO");
    let out = logs.run("", "b\n");
    let expected = "svlogd: warning: unable to read config: log: temporary failure\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, expected));
    assert_eq!(logs.current(), "a\nb\n");
    drop(held);
}

#[test]
fn a_fifo_in_the_place_of_a_file_is_told() {
    let logs = Logs::new();
    logs.t.mkfifo("log/lock");
    let out = logs.run("", "");
    let expected = "svlogd: warning: unable to lock directory: log: device not configured\n\
        svlogd: fatal: no functional log directories.\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, expected));
    let logs = Logs::new();
    logs.t.mkfifo("log/current");
    let mut svlogd = Running::new(logs.svlogd("").stdin(std::process::Stdio::piped()).spawn());
    let pausing = "svlogd: pausing: unable to open current: log: device not configured\n";
    svlogd.daemon.wait_stderr(pausing);
    svlogd.say("one\n");
    fs::remove_file(logs.path("current")).expect("the FIFO");
    wait_until("it goes on", || logs.current() == "one\n");
    assert_eq!(svlogd.finish().code, 0);
}

#[test]
fn standard_input_that_cannot_be_read_is_told() {
    let logs = Logs::new();
    let dir = fs::File::open("/").expect("a directory");
    let out = logs.svlogd("").stdin(dir).run();
    let expected = "svlogd: warning: unable to read standard input: is a directory\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, expected));
}

#[test]
fn without_standard_descriptors_it_works_as_well() {
    let logs = Logs::new();
    let script = format!("exec {} log <&- >&- 2>&-", program_path("svlogd").display());
    let out = logs.t.command("/bin/sh").args(["-c", &script]).run();
    assert_eq!(out.code, 0);
    assert_eq!(logs.names(), ["current"]);
}

#[test]
fn a_current_that_is_a_directory_makes_it_pause() {
    let logs = Logs::new();
    fs::create_dir(logs.path("current")).expect("a directory");
    let mut svlogd = Running::new(logs.svlogd("").stdin(std::process::Stdio::piped()).spawn());
    let pausing = "svlogd: pausing: unable to open current: log: is a directory\n";
    svlogd.daemon.wait_stderr(pausing);
    svlogd.say("one\n");
    fs::remove_dir(logs.path("current")).expect("the directory");
    wait_until("it goes on", || logs.current() == "one\n");
    assert_eq!(svlogd.finish().code, 0);
}

#[test]
fn a_log_directory_that_vanishes_makes_it_pause_until_it_is_back() {
    let logs = Logs::with("s20\n");
    let mut svlogd = logs.start("-l 10 -b 11");
    fs::remove_dir_all(&logs.dir).expect("the directory");
    svlogd.say("aaaaaaaa\nbbbbbbbb\ncccccccc\n");
    if ours("svlogd-survives-a-removed-current") {
        let pausing = "svlogd: pausing: unable to create new current: log: file does not exist\n";
        svlogd.daemon.wait_stderr(pausing);
        logs.t.mkdir("log");
        wait_until("it goes on", || logs.current() == "cccccccc\n");
        assert_eq!(svlogd.finish().code, 0);
    } else {
        let pausing = "svlogd: pausing: unable to rename current: log: file does not exist\n";
        svlogd.daemon.wait_stderr(pausing);
    }
}

#[test]
fn a_lock_that_is_a_directory_is_told() {
    let logs = Logs::new();
    fs::create_dir(logs.path("lock")).expect("a directory");
    let out = logs.run("", "");
    let expected = "svlogd: warning: unable to lock directory: log: is a directory\n\
        svlogd: fatal: no functional log directories.\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, expected));
}

#[test]
fn a_directory_that_may_not_be_written_is_told() {
    let logs = Logs::new();
    let program = logs.svlogd("").user(65534, 65534);
    let out = logs.feed(program, "");
    let expected = "svlogd: warning: unable to lock directory: log: access denied\n\
        svlogd: fatal: no functional log directories.\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, expected));
}
