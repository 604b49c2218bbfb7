//! Arguments, refusals at start, messages and exit codes.

use crate::common::*;
use crate::logs::*;
use std::fs;

#[test]
fn wrong_arguments_are_answered_with_the_usage_and_111() {
    let logs = Logs::new();
    let usage = format!(
        "usage: {} [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ...\n\n",
        program_path("svlogd").display()
    );
    let cases: [(&[&str], &str); 10] = [
        (&[], ""),
        (&["-t"], ""),
        (&["--"], ""),
        (&["-x", "log"], "svlogd: illegal option -- x\n"),
        (&["-l"], "svlogd: option requires an argument -- l\n"),
        (&["-vR"], "svlogd: option requires an argument -- R\n"),
        (&["-r", "ab", "log"], ""),
        (&["-r", "", "log"], ""),
        // The buffer must be larger than the head of a line, which is 1000 bytes.
        (&["-b", "1000", "log"], ""),
        (&["-l", "50", "-b50", "log"], ""),
    ];
    for (args, first) in cases {
        let out = logs.t.program("svlogd").args(args).run();
        let expected = (111, format!("{first}{usage}"), String::new());
        assert_eq!((out.code, out.stderr, out.stdout), expected, "{args:?}");
    }
}

#[test]
fn numbers_must_be_numbers() {
    let numbers = [
        "-l abc",
        "-l 12x -b 1000",
        "-b 2000k",
        "-l -5",
        "-b 18446744073709553616",
    ];
    for args in numbers {
        let code = Logs::new().run(args, "a\n").code;
        let expected = if ours("svlogd-numbers-are-checked") {
            111
        } else {
            0
        };
        assert_eq!(code, expected, "{args}");
    }
    // Nothing at all is as good as the default.
    Logs::new().good("-l 0 -b 0", "a\n");
}

#[test]
fn the_version_is_told_and_nothing_else_done() {
    let logs = Logs::new();
    let out = logs.run("-V", "a\n");
    let version = out.stderr.lines().next().unwrap_or_default().to_string();
    if ours("version-string") {
        assert_eq!(version, format!("runit-rs {}", env!("CARGO_PKG_VERSION")));
    } else {
        assert!(version.starts_with("$Id"), "{version}");
    }
    assert_eq!((out.code, logs.names().len()), (111, 0));
}

#[test]
fn without_any_log_directory_it_ends_with_111() {
    let logs = Logs::new();
    fs::write(logs.t.path("file"), "").expect("file");
    let cases = [
        (
            "nowhere",
            "unable to open log directory: nowhere: file does not exist",
        ),
        ("file", "unable to change directory: file: not a directory"),
    ];
    for (dir, why) in cases {
        let out = logs.t.program("svlogd").arg(dir).run();
        let expected =
            format!("svlogd: warning: {why}\nsvlogd: fatal: no functional log directories.\n");
        assert_eq!((out.code, out.stderr), (111, expected));
    }
}

#[test]
fn a_directory_that_cannot_be_used_is_warned_about_and_the_others_are_used() {
    let logs = Logs::new();
    let program = logs.svlogd("").args(["nowhere", "log"]);
    let out = logs.feed(program, "a\nb\n");
    let expected = "svlogd: warning: unable to open log directory: nowhere: file does not exist\n\
        svlogd: warning: unable to lock directory: log: temporary failure\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, expected));
    assert_eq!(logs.current(), "a\nb\n");
}

#[test]
fn several_directories_get_the_same_lines_each_by_its_own_rules() {
    let logs = Logs::with("-b*\n");
    for (name, config) in [("two", "p> \n"), ("three", "-*\n+b*\n")] {
        fs::write(logs.t.mkdir(name).join("config"), config).expect("config");
    }
    let program = logs.svlogd("").args(["two", "three/"]);
    let out = logs.feed(program, "a1\nb1\na2\nb2\n");
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let current = |dir| fs::read_to_string(logs.t.path(dir).join("current")).expect("current");
    assert_eq!(current("log"), "a1\na2\n");
    assert_eq!(current("two"), "> a1\n> b1\n> a2\n> b2\n");
    assert_eq!(current("three"), "b1\nb2\n");
}

#[test]
fn a_directory_that_another_svlogd_holds_is_refused() {
    let logs = Logs::new();
    let first = logs.start("");
    let out = logs.run("", "lost\n");
    let expected = "svlogd: warning: unable to lock directory: log: temporary failure\n\
        svlogd: fatal: no functional log directories.\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, expected));
    assert_eq!(first.finish().code, 0);
    logs.good("", "not lost\n");
    assert_eq!(logs.current(), "not lost\n");
}

#[test]
fn verbose_tells_what_it_does() {
    let logs = Logs::with("s20\nn1\n");
    let out = logs.run(
        "-v -l 10 -b 11",
        "aaaaaaaa\nbbbbbbbb\ncccccccc\ndddddddd\nx\n",
    );
    let expected = "svlogd: info: read: log/config\n\
        svlogd: info: new: log/current\n\
        svlogd: info: rename: log/current @STAMP.s 18\n\
        svlogd: info: rename: log/current @STAMP.s 18\n\
        svlogd: info: delete: log/@STAMP.s\n\
        svlogd: info: close: log\n";
    assert_eq!((out.code, unstamped(&out.stderr).as_str()), (0, expected));
    let out = logs.run("-v", "y\n");
    let expected = "svlogd: info: read: log/config\n\
        svlogd: info: append: log/current\n\
        svlogd: info: close: log\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, expected));
    assert_eq!(logs.current(), "x\ny\n");
}

#[test]
fn an_empty_input_leaves_an_empty_log() {
    let logs = Logs::new();
    logs.good("", "");
    assert_eq!(logs.names(), ["current"]);
    let about = |name: &str| logs.about(name).mode;
    assert_eq!((about("current"), about("lock")), (0o744, 0o600));
}
