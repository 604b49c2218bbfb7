//! What becomes of the bytes of a line.

use crate::common::*;
use crate::logs::*;

#[test]
fn bytes_pass_as_they_are() {
    let all: Vec<u8> = (0..=255u8).chain(*b"\n\0\n\n\r\nend\n").collect();
    for options in ["", "-t", "-l 10 -b 11"] {
        let logs = Logs::new();
        logs.good(options, &all);
        let labels = if options == "-t" { 26 } else { 0 };
        let mut expected = Vec::new();
        for line in all.split_inclusive(|&b| b == b'\n') {
            expected.extend(std::iter::repeat_n(b'-', labels));
            expected.extend_from_slice(line);
        }
        let mut got = logs.bytes("current");
        if labels > 0 {
            let mut at = 0;
            for line in all.split_inclusive(|&b| b == b'\n') {
                got[at..at + labels].fill(b'-');
                at += labels + line.len();
            }
        }
        assert_eq!(got, expected, "{options}");
    }
}

#[test]
fn r_replaces_what_is_not_printable() {
    let text = b"a\tb\x01c\xffd\x7fe~ \xc3\xa4\0\n";
    for (options, expected) in [
        ("-r _", "a_b_c_d_e~ ___\n"),
        ("-r.", "a.b.c.d.e~ ...\n"),
        ("-R aeb", "____c_d__~ ___\n"),
        ("-R aeb -r+", "++++c+d++~ +++\n"),
    ] {
        let logs = Logs::new();
        logs.good(options, text);
        assert_eq!(logs.current(), expected, "{options}");
    }
}

#[test]
fn bytes_are_replaced_before_patterns_see_them() {
    let logs = Logs::with("-*\n+a_b\n");
    logs.good("-r _", "a\tb\na b\n");
    assert_eq!(logs.current(), "a_b\n");
}

#[test]
fn r_covers_the_whole_line() {
    let logs = Logs::new();
    logs.good("-r _ -l 5 -b 6", "ab\tdefgh\tij\nx\ty\n");
    let expected = if ours("svlogd-replaces-in-the-whole-line") {
        "ab_defgh_ij\nx_y\n"
    } else {
        "ab_defgh\tij\nx_y\n"
    };
    assert_eq!(logs.current(), expected);
}

#[test]
fn the_last_line_is_kept_without_its_end() {
    for (options, config) in [("", ""), ("-t", ""), ("", "-x*\n"), ("-l 10 -b 11", "e*\n")] {
        let logs = Logs::with(config);
        let out = logs.run(options, "one\ntwo");
        let text = logs.current();
        let texts: Vec<_> = text
            .lines()
            .map(|l| l.rsplit(' ').next().unwrap_or(l))
            .collect();
        if ours("svlogd-keeps-the-last-line") {
            assert_eq!(texts, ["one", "two"], "{config}");
            assert!(text.ends_with('\n'));
        } else {
            assert_eq!(texts, ["one"]);
        }
        assert_eq!(out.code, 0);
    }
}

#[test]
fn a_line_is_written_at_once() {
    for options in ["", "-tt", "-b 100000"] {
        let logs = Logs::new();
        let mut svlogd = logs.start(options);
        for n in 1..4 {
            svlogd.say("line\n");
            wait_until("the line is there", || logs.current().lines().count() == n);
        }
        assert_eq!(svlogd.finish().code, 0);
    }
}

#[test]
fn the_beginning_of_a_line_is_written_when_nothing_follows() {
    let logs = Logs::new();
    let mut svlogd = logs.start("-t");
    svlogd.say("login: ");
    if ours("svlogd-writes-beginnings-of-lines") {
        wait_until("the beginning is there", || {
            logs.current().ends_with("login: ")
        });
        svlogd.say("root\n");
        wait_until("so is the rest", || {
            logs.current().ends_with("login: root\n")
        });
        assert_eq!(logs.current().lines().count(), 1);
    }
    assert_eq!(svlogd.finish().code, 0);
}

#[test]
fn a_line_that_patterns_must_see_is_held_until_its_head_is_there() {
    let logs = Logs::with("-no*\n");
    let mut svlogd = logs.start("-l 5 -b 6");
    svlogd.say("n");
    svlogd.say("ot this\nnew");
    svlogd.say(" but this");
    svlogd.say(", and all of it\n");
    assert_eq!(svlogd.finish().code, 0);
    assert_eq!(logs.current(), "new but this, and all of it\n");
}

#[test]
fn a_long_line_arrives_whole_wherever_reads_end() {
    let long: String = (0..30_000).map(|n| format!("{n} ")).collect();
    for options in ["", "-t", "-l 5 -b 6", "-l 100 -b 70000"] {
        let logs = Logs::with("s0\n-x*\n");
        logs.good(options, format!("{long}\nxx{long}\nshort\n{long}\n"));
        let text = logs.current();
        let lines: Vec<_> = text.lines().map(|l| l.trim_start_matches('@')).collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].ends_with(&long) && lines[2].ends_with(&long) && lines[1].ends_with("short")
        );
    }
}

#[test]
fn many_lines_arrive_in_order() {
    let input = numbered(0..20_000);
    for (options, config) in [("", "n0\n"), ("-tt", "n0\n"), ("", "n0\n-zzz*\n")] {
        let logs = Logs::with(config);
        logs.good(options, &input);
        let all = logs.all();
        let numbers = all.lines().map(|l| &l[l.len() - 99..l.len() - 91]);
        assert!(numbers.eq((0..20_000).map(|n| format!("{n:08}"))));
        assert!(logs.old().len() >= 2);
    }
}
