//! Selecting lines for the log and for standard error.

use crate::logs::*;

/// The lines that a config keeps.
fn kept(config: &str, input: &str) -> String {
    let logs = Logs::with(config);
    logs.good("", input);
    logs.current()
}

#[test]
fn the_last_match_decides() {
    assert_eq!(kept("-a\n", "a\nb\n"), "b\n");
    assert_eq!(kept("-*\n+b\n", "a\nb\n"), "b\n");
    assert_eq!(kept("+b\n-*\n", "a\nb\n"), "");
    assert_eq!(kept("-a*\n+*b\n-abb\n", "a\nab\nabb\nc\n"), "ab\nc\n");
    assert_eq!(kept("-\n", "a\n\nb\n"), "a\nb\n");
    // Nothing but a sign matches an empty line, and E alone nothing else either.
    assert_eq!(kept("-*\n+\nE\n", "a\n\nb\n"), "\n");
}

#[test]
fn the_examples_of_the_manual() {
    let line = "tcpsvd: info: pid 1977 from 10.4.1.14\n";
    assert_eq!(kept("-*pid*\n", line), line);
    assert_eq!(kept("-*: *: pid *\n", line), "");
}

#[test]
fn alerts_go_to_standard_error_with_label_and_prefix() {
    let logs = Logs::with("pP: \ne*\n-b*\nEc*\n");
    let out = logs.run("-t", "abc\nbcd\ncde\n");
    let expected = "@STAMP P: abc\n@STAMP P: bcd\n";
    assert_eq!((out.code, unstamped(&out.stderr).as_str()), (0, expected));
    assert_eq!(unstamped(&logs.current()), "@STAMP P: abc\n@STAMP P: cde\n");
}

#[test]
fn of_a_long_line_standard_error_gets_the_head() {
    let logs = Logs::with("e*\n");
    let input = "abcdefghijklmnopqrstuvwxyz\nabcde\nabcd\nabcdef\n\n";
    let out = logs.run("-l 5 -b 6", input);
    let expected = "abcde...\nabcde...\nabcd\nabcde...\n\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, expected));
    assert_eq!(logs.current(), input);
}

#[test]
fn patterns_see_the_head_only() {
    let logs = Logs::with("-*\n+abcde\n");
    logs.good("-l 5 -b 6", "abcdefghij\nabcde\nabcd\nxabcde\n");
    assert_eq!(logs.current(), "abcdefghij\nabcde\n");
}

/// `-b` is the least size of the buffer, and a head of `-l` bytes must fit into it.
#[test]
fn a_large_buffer_is_for_large_heads() {
    let line = |last: char| format!("{}{last}\n", "x".repeat(69_999));
    let input = [line('a'), line('b')].concat();
    let config = format!("-*\n+{}b\n", "x".repeat(69_999));
    for (options, kept) in [("-l 70000 -b 70001", 1), ("-l 1000 -b 70001", 0)] {
        let logs = Logs::with(&config);
        logs.good(options, &input);
        assert_eq!(logs.current(), line('b').repeat(kept), "{options}");
    }
}

#[test]
fn patterns_are_bytes() {
    let logs = Logs::with(b"-*\n+\xff*\n");
    logs.good("", b"\xff\0x\n\xfe\na\0b\n");
    assert_eq!(logs.bytes("current"), b"\xff\0x\n");
}
