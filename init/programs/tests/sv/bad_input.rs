//! Garbage where a status should be, and names no one would choose.

use crate::common::*;
use crate::fake::*;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

/// `sv status ./s`: one line on standard output, nothing else, and this code.
#[track_caller]
fn assert_line(t: &Scratch, code: i32, line: &str) {
    let out = t.program("sv").args(["status", "./s"]).run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout), out.stderr.as_str()),
        (code, format!("{line}\n"), "")
    );
}

#[test]
fn a_short_status_is_bad_format() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for len in [0, 1, 19] {
        s.replace("status", &vec![0; len]);
        assert_line(
            &t,
            1,
            "warning: ./s: unable to read supervise/status: bad format",
        );
    }
}

#[test]
fn a_missing_status_is_named() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    fs::remove_file(s.path("supervise/status")).unwrap();
    assert_line(
        &t,
        1,
        "warning: ./s: unable to open supervise/status: file does not exist",
    );
    fs::create_dir(s.path("supervise/status")).unwrap();
    assert_line(
        &t,
        1,
        "warning: ./s: unable to read supervise/status: is a directory",
    );
}

#[test]
fn a_status_that_is_a_loop_is_named() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    fs::remove_file(s.path("supervise/status")).unwrap();
    std::os::unix::fs::symlink("status", s.path("supervise/status")).unwrap();
    assert_line(
        &t,
        1,
        "warning: ./s: unable to open supervise/status: symbolic link loop",
    );
}

#[test]
fn a_long_status_counts_by_its_beginning_or_not_at_all() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let mut long = running(7).encode().to_vec();
    long.extend([0xff; 100_000]);
    s.replace("status", &long);
    if ours("status-is-twenty-bytes") {
        assert_line(
            &t,
            1,
            "warning: ./s: unable to read supervise/status: bad format",
        );
    } else {
        assert_line(&t, 0, "run: ./s: (pid 7) Ns");
    }
}

#[test]
fn a_state_that_is_none_is_bad_format() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let mut bytes = running(7).encode();
    bytes[19] = 7;
    s.replace("status", &bytes);
    if ours("status-has-a-known-state") {
        assert_line(
            &t,
            1,
            "warning: ./s: unable to read supervise/status: bad format",
        );
    } else {
        assert_line(&t, 0, "./s: (pid 7) Ns");
    }
}

#[test]
fn a_bad_status_of_the_log_service_leaves_that_of_the_service() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let log = Fake::new(s.log(), running(8));
    log.replace("status", b"xxx");
    let out = t.program("sv").args(["status", "./s"]).run();
    assert!(
        out.stdout.starts_with("run: ./s: (pid 7) "),
        "{}",
        out.stdout
    );
    assert!(
        out.stdout
            .contains("unable to read supervise/status: bad format"),
        "{}",
        out.stdout
    );
    if ours("no-status-made-up-for-the-log") {
        assert!(!out.stdout.contains("run: log:"), "{}", out.stdout);
    } else {
        assert!(out.stdout.contains("run: log: (pid 7)"), "{}", out.stdout);
    }
}

#[test]
fn times_from_the_beginning_of_the_world_are_survived() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    for stamp in [[0u8; 12], [0xff; 12], [0x80; 12], [0x40; 12]] {
        let mut bytes = running(7).encode();
        bytes[..12].copy_from_slice(&stamp);
        s.replace("status", &bytes);
        for command in ["status", "start"] {
            let out = t.program("sv").args(["-w1", command, "./s"]).run();
            assert!(out.code == 0 || out.code == 1, "{out:?}");
            assert_eq!(out.stdout.lines().count(), 1, "{out:?}");
            assert!(out.stdout.contains("run: ./s: (pid 7)"), "{out:?}");
        }
    }
}

#[test]
fn names_need_not_be_utf8() {
    let t = Scratch::new();
    let raw = OsStr::from_bytes(b"./s\xff\xfe");
    let s = Fake::new(t.service("plain"), running(7));
    fs::rename(s.dir(), t.path(raw)).unwrap();
    let out = t.program("sv").arg("status").arg(raw).run();
    // Shown as they are; the harness reads them with replacement characters.
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "run: ./s\u{fffd}\u{fffd}: (pid 7) Ns\n".into())
    );
}

#[test]
fn endless_names_are_refused_in_one_line() {
    let t = Scratch::new();
    for name in ["n".repeat(300), format!("./{}", "n/".repeat(3000))] {
        let out = t
            .program("sv")
            .args(["status", &name])
            .env("SVDIR", t.dir())
            .run();
        assert_eq!(
            (out.code, out.stdout),
            (
                1,
                format!(
                    "fail: {name}: unable to change to service directory: file name too long\n"
                )
            )
        );
    }
}

#[test]
fn an_endless_svdir_is_refused() {
    let t = Scratch::new();
    let out = t
        .program("sv")
        .args(["status", "s"])
        .env("SVDIR", "d".repeat(5000))
        .run();
    assert!(out.code == 1 || out.code == 100, "{out:?}");
    assert_eq!(out.stdout.lines().count() + out.stderr.lines().count(), 1);
}

#[test]
fn a_control_that_is_no_fifo_does_not_stop_sv() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    fs::remove_file(s.path("supervise/control")).unwrap();
    fs::write(s.path("supervise/control"), "").unwrap();
    let out = t.program("sv").args(["up", "./s"]).run();
    assert!(out.code <= 1, "{out:?}");
    fs::remove_file(s.path("supervise/control")).unwrap();
    fs::create_dir(s.path("supervise/control")).unwrap();
    let out = t.program("sv").args(["hup", "./s"]).run();
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (
            1,
            "warning: ./s: unable to open supervise/control: is a directory\n"
        )
    );
}

#[test]
fn a_full_control_fifo_does_not_hang_sv() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    // Filled by the test, which as runsv does not read.
    let mut fifo = fs::OpenOptions::new()
        .write(true)
        .open(s.path("supervise/control"))
        .unwrap();
    std::io::Write::write_all(&mut fifo, &[b'z'; 65536]).unwrap();
    let out = t.program("sv").args(["hup", "./s"]).run();
    assert_eq!(out.code, 1, "{out:?}");
    assert!(
        out.stdout
            .starts_with("warning: ./s: unable to write to supervise/control"),
        "{out:?}"
    );
}

#[test]
fn supervise_being_a_file_is_told() {
    let t = Scratch::new();
    t.service("s").file("supervise", "");
    assert_line(
        &t,
        1,
        "warning: ./s: unable to open supervise/ok: not a directory",
    );
}
