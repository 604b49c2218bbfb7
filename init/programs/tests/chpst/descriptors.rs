//! `-0`, `-1`, `-2`, `-N`, and descriptors that were closed to begin with.

use crate::common::*;
use crate::{chpst, said};

/// Runs a shell line in which CHPST stands for the program.
fn line(t: &Scratch, line: &str) -> Output {
    let path = program_path("chpst");
    let line = line.replace("CHPST", path.to_str().expect("path"));
    t.command("sh").args(["-c", &line]).run()
}

/// What descriptors 0, 1 and 2 of a program are under these options: `-` if closed, `null`, or
/// `open`. `closed`: which of them the shell closes before it becomes chpst.
fn seen(t: &Scratch, options: &str, closed: &str) -> String {
    let path = program_path("chpst");
    let line = format!("exec {} {options} sleep 1000 {closed}", path.display());
    let d = t
        .command("sh")
        .args(["-c", &line])
        .stdin(std::process::Stdio::piped())
        .spawn();
    wait_until("it is the program", || {
        procs::cmdline(d.pid())
            .first()
            .is_some_and(|name| name == b"sleep")
            && procs::state(d.pid()) == Some('S')
    });
    let fds = procs::fds(d.pid());
    let one = |n: u32| match fds.iter().find(|(fd, _)| *fd == n) {
        None => "-",
        Some((_, file)) if file.as_os_str() == "/dev/null" => "null",
        Some(_) => "open",
    };
    [one(0), one(1), one(2)].join(" ")
}

#[test]
fn standard_descriptors_are_closed_as_asked() {
    let t = Scratch::new();
    let cases = [
        ("", "open open open"),
        ("-0", "- open open"),
        ("-1", "open - open"),
        ("-2", "open open -"),
        ("-02", "- open -"),
        ("-0 -1 -2", "- - -"),
        ("-012", "- - -"),
        ("-000", "- open open"),
    ];
    for (options, state) in cases {
        assert_eq!(seen(&t, options, ""), state, "{options}");
    }
}

#[test]
fn closed_standard_output_makes_the_program_fail_not_us() {
    let t = Scratch::new();
    assert_eq!(chpst(&t, &["-1", "true"]), said(""));
    assert_ne!(chpst(&t, &["-1", "echo", "x"]).code, 0);
    assert_eq!(
        chpst(&t, &["-2", "sh", "-c", "echo x >&2; exit 3"]).stderr,
        ""
    );
}

#[test]
fn what_was_closed_stays_closed() {
    let t = Scratch::new();
    t.mkdir("env");
    for (closed, state) in [
        ("<&-", "- open open"),
        ("<&- 2>&-", "- open -"),
        (">&-", "open - open"),
    ] {
        assert_eq!(seen(&t, "-n 1 -e env -u :1:1", closed), state, "{closed}");
    }
}

#[test]
fn closing_what_is_closed_is_no_error() {
    let t = Scratch::new();
    let out = line(&t, "CHPST -0 true <&-");
    if ours("chpst-close-closed") {
        assert_eq!(out, said(""));
    } else {
        let why = "chpst: fatal: unable to close stdin: file descriptor not open\n";
        assert_eq!((out.code, out.stderr.as_str()), (111, why));
    }
}

#[test]
fn a_lock_never_becomes_a_standard_descriptor() {
    let t = Scratch::new();
    let out = line(
        &t,
        "CHPST -l lock sh -c 'readlink /proc/$$/fd/0 || echo none' <&-",
    );
    if ours("chpst-lock-descriptor") {
        assert_eq!(out, said("none\n"));
    } else {
        assert_eq!(out, said(&format!("{}\n", t.path("lock").display())));
    }
}

#[test]
fn dev_null_takes_the_place_of_all_three() {
    let t = Scratch::new();
    if !ours("chpst-more-options") {
        return assert_eq!(chpst(&t, &["-N", "true"]).code, 100);
    }
    assert_eq!(seen(&t, "-N", ""), "null null null");
    assert_eq!(seen(&t, "-N", "<&- >&-"), "null null null");
    // Opened before root and user change; closing has the last word.
    assert_eq!(seen(&t, "-N -/ / -u :65534:65534", ""), "null null null");
    assert_eq!(seen(&t, "-N1", ""), "null - null");
    // Complaints are still seen.
    let out = chpst(&t, &["-N", "/nosuch"]);
    assert_eq!(out.code, 111);
}
