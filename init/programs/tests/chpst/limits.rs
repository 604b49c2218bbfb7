//! Resource limits: which option sets which, cut to the hard limit, and `+N`.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said, usage};

/// Soft and hard limit under these options.
fn shown(t: &Scratch, options: &[&str], letter: &str) -> (String, String) {
    ulimit::shown(t.program("chpst").args(options), letter)
}

#[test]
fn each_option_sets_its_soft_limit() {
    let t = Scratch::new();
    // Option, value, letter of ulimit, and what that shows (often in blocks of 1024 bytes).
    let cases = [
        ("-d", "819200000", "d", "800000"),
        ("-o", "40", "n", "40"),
        ("-p", "20000", "u", "20000"),
        ("-f", "1024000", "f", "1000"),
        ("-c", "102400", "c", "100"),
        ("-r", "1024000", "m", "1000"),
        ("-t", "100", "t", "100"),
    ];
    for (option, value, letter, seen) in cases {
        let before = shown(&t, &[], letter);
        let after = shown(&t, &[option, value], letter);
        assert_eq!(after, (seen.to_string(), before.1), "{option}");
    }
}

#[test]
fn memory_means_data_stack_locked_and_all_of_it() {
    let t = Scratch::new();
    for (letter, seen) in [("d", "900000"), ("s", "900000"), ("v", "900000")] {
        let before = shown(&t, &[], letter);
        let after = shown(&t, &["-m", "921600000"], letter);
        assert_eq!(after, (seen.to_string(), before.1));
    }
    let locked = shown(&t, &["-m", "921600000"], "l");
    let hard: u64 = locked.1.parse().unwrap_or(u64::MAX);
    assert_eq!(locked.0, 900_000.min(hard).to_string());
    // The last word about a resource counts.
    let data = |options: &[&str]| shown(&t, options, "d").0;
    assert_eq!(data(&["-d", "819200000", "-m", "921600000"]), "900000");
    assert_eq!(data(&["-m", "921600000", "-d", "819200000"]), "800000");
}

#[test]
fn a_number_above_the_hard_limit_is_cut_to_it() {
    let t = Scratch::new();
    let (_, hard) = shown(&t, &[], "n");
    for number in ["999999999", "18446744073709551615"] {
        let cut = shown(&t, &["-o", number], "n");
        assert_eq!(cut, (hard.clone(), hard.clone()));
        let out = as_nobody(&t, &["-o", number, "bash", "-c", "ulimit -n"]);
        assert_eq!(out, said(&format!("{hard}\n")));
    }
}

#[test]
fn verbose_tells_of_the_cut() {
    let t = Scratch::new();
    let (_, hard) = shown(&t, &[], "n");
    let out = chpst(&t, &["-v", "-o", "999999999", "true"]);
    if ours("chpst-verbose-cut") {
        let warning = format!("chpst: warning: open files: cut to the hard limit {hard}\n");
        assert_eq!((out.code, out.stderr), (0, warning));
    } else {
        assert_eq!(out, said(""));
    }
    assert_eq!(chpst(&t, &["-v", "-o", "40", "true"]), said(""));
}

#[test]
fn a_plus_sets_the_hard_limit_too() {
    let t = Scratch::new();
    if !ours("chpst-hard-limits") {
        return assert_eq!(chpst(&t, &["-o", "+40", "true"]), usage(""));
    }
    let both = |n: &str| (n.to_string(), n.to_string());
    assert_eq!(shown(&t, &["-o", "+40"], "n"), both("40"));
    // Lowered by one chpst, raised by the next, where root may: before the user changes, although
    // that user may not.
    let chpst_path = program_path("chpst");
    let nested = ["-o", "+40", chpst_path.to_str().expect("path"), "-o", "+60"];
    let nested = [&nested[..], &["-u", ":65534:65534"]].concat();
    if may_raise_limits() {
        assert_eq!(shown(&t, &nested, "n"), both("60"));
    } else {
        let refused = fatal("unable to setrlimit(): permission denied");
        assert_eq!(chpst(&t, &[&nested[..], &["true"]].concat()), refused);
    }
    let down = as_nobody(&t, &["-o", "+40", "bash", "-c", "ulimit -n"]);
    assert_eq!(down, said("40\n"));
    let up = as_nobody(&t, &["-o", "+999999999", "true"]);
    assert_eq!(up, fatal("unable to setrlimit(): permission denied"));
    for bad in ["+", "++5", "+x", "+-1"] {
        assert_eq!(chpst(&t, &["-o", bad, "true"]), usage(""));
    }
}

/// CAP_SYS_RESOURCE, which root in a container may lack.
fn may_raise_limits() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let caps = status.lines().find_map(|l| l.strip_prefix("CapEff:"));
    let caps = u64::from_str_radix(caps.expect("capabilities").trim(), 16);
    caps.expect("hexadecimal") & 1 << 24 != 0
}

/// Nothing that chpst does itself needs memory once the limits are set.
#[test]
fn limits_that_leave_no_memory_are_the_programs_business() {
    let t = Scratch::new();
    t.mkdir("env");
    std::fs::write(t.path("env/A"), "value").expect("file");
    for options in [
        &["-m", "60", "-b", "name"][..],
        &["-m", "60", "-e", "env"],
        &["-d", "0", "-m", "4096", "-b", "name", "-U", "root"],
    ] {
        // The program cannot be loaded: the kernel says so, or ends it.
        let out = chpst(&t, &[options, &["sleep", "0"]].concat());
        assert!([111, -11, -9].contains(&out.code), "{options:?}: {out:?}");
        let out = chpst(&t, &[options, &["/nosuch"]].concat());
        assert_eq!(out.code, 111, "{options:?}: {out:?}");
    }
}

#[test]
fn a_lowered_limit_of_open_files_does_not_keep_the_lock_from_being_opened() {
    let t = Scratch::new();
    // The dynamic linker of the program finds no descriptor left, but the lock was opened.
    let out = chpst(&t, &["-l", "lock", "-o", "3", "true"]);
    assert!(t.path("lock").exists());
    assert_eq!(out.code, 127, "{out:?}");
}
