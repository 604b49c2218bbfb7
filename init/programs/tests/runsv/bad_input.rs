//! Garbage in the directory and in the FIFOs: one line at most, and on it goes.

use crate::common::*;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

#[test]
fn garbage_in_the_fifo_is_survived() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    let mut fifo = fs::OpenOptions::new()
        .write(true)
        .open(s.path("supervise/control"))
        .unwrap();
    // All bytes that mean nothing, 64 KiB of them.
    let garbage: Vec<u8> = (0..=255u8)
        .filter(|b| !b"udopchaiq12tkx".contains(b))
        .cycle()
        .take(65536)
        .collect();
    std::io::Write::write_all(&mut fifo, &garbage).unwrap();
    s.control("d");
    s.wait_stat("down");
    assert_eq!(s.events("started").len(), 1);
    assert_eq!(s.runsv.stderr(), "");
}

#[test]
fn garbage_in_the_files_of_an_earlier_runsv_is_replaced() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .file("supervise/status", [0xff; 100_000])
        .file("supervise/stat", "what\0\n\u{ff}")
        .file("supervise/pid", "-1 99999999999999999999")
        .file("supervise/lock", "garbage")
        .file("supervise/status.new", "old")
        .supervise();
    let pid = s.wait_running(1);
    assert_eq!(s.pid(), Some(pid));
    assert_eq!(s.status().unwrap().pid, pid);
    assert_eq!(s.runsv.stderr(), "");
}

#[test]
fn a_name_that_is_no_utf8_is_as_good_as_any() {
    let t = Scratch::new();
    let name = OsStr::from_bytes(b"s\xff\xfe\nx");
    let s = t.service("plain").sleeper();
    fs::rename(s.dir(), t.path(name)).unwrap();
    let runsv = t.program("runsv").arg(name).spawn();
    let stat = t.path(name).join("supervise/stat");
    wait_until("it runs", || fs::read(&stat).is_ok_and(|s| s == b"run\n"));
    assert_eq!(runsv.stderr(), "");
}

#[test]
fn stat_being_a_directory_is_warned_of_and_the_service_runs() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::create_dir_all(s.path("supervise/stat")).unwrap();
    let s = s.supervise();
    s.wait_started(1);
    s.wait_status("runs", |s| s.state == State::Run);
    s.runsv.wait_stderr(&format!(
        "runsv {}: warning: unable to rename stat.new to supervise/stat: is a directory\n",
        s.dir().display()
    ));
}

#[test]
fn status_being_a_directory_is_warned_of_and_the_service_runs() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::create_dir_all(s.path("supervise/status")).unwrap();
    let s = s.supervise();
    s.wait_started(1);
    wait_until("stat says so", || s.stat() == "run");
    s.runsv
        .wait_stderr("warning: unable to rename status.new to supervise/status: is a directory\n");
}

#[test]
fn pid_being_a_directory_is_warned_of_and_the_service_runs() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::create_dir_all(s.path("supervise/pid")).unwrap();
    let s = s.supervise();
    s.wait_started(1);
    s.runsv
        .wait_stderr("warning: unable to rename pid.new to supervise/pid: is a directory\n");
    s.control("d");
    s.control("u");
    s.wait_started(2);
}

#[test]
fn an_ok_that_is_no_fifo_is_fatal() {
    let t = Scratch::new();
    let a = t.service("a").sleeper().file("supervise/ok", "");
    let b = t.service("b").sleeper();
    fs::create_dir_all(b.path("supervise/ok")).unwrap();
    for s in [a, b] {
        let mut s = s.supervise();
        if ours("ok-must-be-a-fifo") {
            assert_eq!(s.runsv.wait(), 111);
            let line = format!(
                "runsv {}: fatal: supervise/ok exists but is not a fifo\n",
                s.dir().display()
            );
            assert_eq!(s.runsv.stderr(), line);
        } else {
            s.wait_running(1);
        }
    }
}

#[test]
fn run_being_a_directory_is_complained_of() {
    let t = Scratch::new();
    let s = t.service("s");
    fs::create_dir(s.path("run")).unwrap();
    let s = s.finish("echo finished $* >>events").supervise();
    assert_eq!(s.wait_events("finished", 1)[0], "111 0");
    s.runsv
        .wait_stderr("fatal: unable to start ./run: access denied\n");
}

#[test]
fn control_being_a_file_or_a_dangling_link_is_no_hook() {
    let t = Scratch::new();
    let script = "trap 'echo hup >>events' HUP\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done";
    let s = t.service("a").run(script).file("control", "").supervise();
    s.wait_started(1);
    s.control("h");
    s.wait_events("hup", 1);
    let s = t.service("b").run(script);
    std::os::unix::fs::symlink("nowhere", s.path("control")).unwrap();
    let s = s.supervise();
    s.wait_started(1);
    s.control("h");
    s.wait_events("hup", 1);
}

#[test]
fn a_hook_that_is_a_directory_is_complained_of_or_passed_over() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("trap 'echo hup >>events' HUP\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done");
    fs::create_dir_all(s.path("control/h")).unwrap();
    let s = s.supervise();
    s.wait_started(1);
    s.control("h");
    s.wait_events("hup", 1);
}

#[test]
fn a_warning_that_nobody_can_read_does_not_end_it() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    // Standard error is a pipe that nobody reads, as when runsvdir is gone.
    let script = "{ \"$1\" \"$2\"; echo code $? >>\"$2/events\"; } 2>&1 | true";
    let _sh = t
        .command("sh")
        .args(["-c", script, "sh"])
        .arg(program_path("runsv"))
        .arg(s.dir())
        .spawn();
    let pid = s.wait_running(1);
    fs::create_dir(s.path("supervise/pid.new")).expect("in the way of a file");
    s.control("x");
    let code = s.wait_events("code", 1).remove(0);
    if ours("runsv-warns-nobody") {
        assert_eq!(code, "0");
        assert!(!procs::alive(pid));
    } else {
        // SIGPIPE, as a shell says it.
        assert_eq!(code, "141");
    }
}
