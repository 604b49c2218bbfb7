//! The config file: letters, units, and what is not understood.

use crate::common::*;
use crate::logs::*;
use std::fs;

#[test]
fn letters_are_read_in_any_order_and_comments_passed_over() {
    let logs = Logs::with("#s1\n\npX\nn1\n# p\nt2h\ns20\npY \nN1\n");
    logs.good("-l 10 -b 11", "aaaaaaaa\nbbbbbbbb\nc\n");
    let pieces = logs.pieces();
    assert_eq!(pieces.len(), 2);
    assert_eq!(pieces[1].1, "Y c\n");
}

#[test]
fn sizes_have_units() {
    let rotated = |config: &str| {
        let logs = Logs::with(config);
        logs.good("-l 100 -b 1000", numbered(0..30));
        logs.old().iter().map(|f| f.text.len()).collect::<Vec<_>>()
    };
    assert_eq!(rotated("s2k\n"), [2000]);
    assert_eq!(rotated("s1m\n"), []);
    assert_eq!(rotated("s2048\n"), [2000]);
    // To the C program these are 2000 bytes.
    let gigabytes = rotated("s2000g\n");
    if ours("svlogd-gigabytes") {
        assert_eq!(gigabytes, []);
    } else {
        assert_eq!(gigabytes, [1900]);
    }
}

/// Two of three logs are still young when the third is old; what the units stand for is decided in
/// core.
#[test]
fn ages_have_units() {
    let logs = Logs::with("t1\n");
    for (name, config) in [("minute", "t1m\n"), ("hour", "t1h\n")] {
        fs::write(logs.t.mkdir(name).join("config"), config).expect("config");
    }
    let program = logs.svlogd("").args(["minute", "hour"]);
    let mut svlogd = Running::new(program.stdin(std::process::Stdio::piped()).spawn());
    svlogd.say("one\n");
    wait_until("it is rotated", || logs.old().len() == 1);
    for young in ["minute", "hour"] {
        assert_eq!(names(&logs.t.path(young)), ["current"], "{young}");
    }
    assert_eq!(svlogd.finish().code, 0);
}

#[test]
fn the_last_line_needs_no_end() {
    let logs = Logs::with("pab");
    logs.good("", "x\n");
    assert_eq!(logs.current(), "abx\n");
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    let logs = Logs::with("s100000\nxfoo\nn\npX\nn5files\nfmaybe\n");
    let out = logs.run("", "a\n");
    if ours("svlogd-complains-about-config") {
        let expected = "svlogd: warning: log/config:2: unknown setting: xfoo\n\
            svlogd: warning: log/config:3: number expected: n\n\
            svlogd: warning: log/config:5: number followed by something else: n5files\n\
            svlogd: warning: log/config:6: unknown word: fmaybe\n";
        assert_eq!(out.stderr, expected);
    } else {
        assert_eq!(out.stderr, "");
    }
    assert_eq!((out.code, logs.current().as_str()), (0, "Xa\n"));
}

#[test]
fn a_letter_without_its_number_changes_nothing() {
    let logs = Logs::with("s\nn\n");
    let out = logs.run("", numbered(0..10_500));
    assert_eq!(out.code, 0);
    if ours("svlogd-complains-about-config") {
        assert_eq!(logs.old().len(), 1);
    } else {
        // Zero: no limit.
        assert_eq!(logs.old().len(), 0);
    }
}

#[test]
fn a_bad_address_is_told_and_the_lines_still_go_to_the_log() {
    for (letter, text, why) in [
        ('u', "foo", "unable to scan ip address: foo"),
        ('U', "1.2.3", "unable to scan ip address: 1.2.3"),
        ('u', "127.0.0.1:foo", "unable to scan port number: foo"),
        ('U', "127.0.0.1:foo", "unable to scan port number: foo"),
    ] {
        let logs = Logs::with(format!("{letter}{text}\n"));
        let out = logs.run("", "a\n");
        assert_eq!(out.code, 0);
        if ours("svlogd-complains-about-config") {
            assert_eq!(
                out.stderr,
                format!("svlogd: warning: log/config:1: {why}\n")
            );
            assert_eq!(logs.current(), "a\n");
        } else {
            assert_eq!(out.stderr, format!("svlogd: warning: {why}\n"));
            // With U they go nowhere at all.
            assert_eq!(logs.current(), if letter == 'u' { "a\n" } else { "" });
        }
    }
}

#[test]
fn a_config_that_cannot_be_read_is_told_and_the_defaults_hold() {
    let logs = Logs::new();
    fs::create_dir(logs.path("config")).expect("a directory");
    let out = logs.run("", "a\n");
    let expected = "svlogd: warning: unable to read config: log: is a directory\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, expected));
    assert_eq!(logs.current(), "a\n");
}

#[test]
fn hup_reads_it_again() {
    let logs = Logs::with("pone \n");
    let mut svlogd = logs.start("-v");
    svlogd.say("a\n");
    wait_until("the line is there", || logs.current() == "one a\n");
    logs.write("config", "ptwo \n");
    svlogd.signal_asleep("HUP");
    svlogd.daemon.wait_stderr("append: log/current");
    svlogd.say("b\n");
    wait_until("the line is there", || logs.current() == "one a\ntwo b\n");
    fs::remove_file(logs.path("config")).expect("config");
    svlogd.signal_asleep("HUP");
    wait_until("it is read again", || {
        svlogd.daemon.stderr().matches("append:").count() == 2
    });
    svlogd.say("c\n");
    let out = svlogd.finish();
    assert_eq!(
        (out.code, logs.current().as_str()),
        (0, "one a\ntwo b\nc\n")
    );
    let expected = "svlogd: info: read: log/config\n\
        svlogd: info: new: log/current\n\
        svlogd: info: sighangup received.\n\
        svlogd: info: close: log\n\
        svlogd: info: read: log/config\n\
        svlogd: info: append: log/current\n\
        svlogd: info: sighangup received.\n\
        svlogd: info: close: log\n\
        svlogd: info: append: log/current\n\
        svlogd: info: close: log\n";
    assert_eq!(out.stderr, expected);
}
