//! Sending lines by UDP.

use crate::common::*;
use crate::logs::*;
use std::net::UdpSocket;

/// A receiver on this address, and the address in a config line.
fn receiver(ip: &str) -> (UdpSocket, String) {
    let socket = UdpSocket::bind((ip, 0)).unwrap_or_else(|e| panic!("{ip}: {e}"));
    socket.set_read_timeout(Some(LONG)).expect("a timeout");
    let to = socket.local_addr().expect("an address").to_string();
    (socket, to)
}

/// The next packets.
fn packets(socket: &UdpSocket, count: usize) -> Vec<String> {
    let mut buffer = [0; 2000];
    let mut next = || {
        let len = socket.recv(&mut buffer).expect("a packet");
        unstamped(&String::from_utf8_lossy(&buffer[..len]))
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn lines_go_to_the_log_and_by_udp_with_all_that_stands_before_them() {
    let (socket, to) = receiver("127.0.0.1");
    let logs = Logs::with(format!("u{to}\npP: \n-x*\n"));
    logs.good("-t", "abc\nxyz\n\n");
    assert_eq!(packets(&socket, 2), ["@STAMP P: abc\n", "@STAMP P: \n"]);
    assert_eq!(unstamped(&logs.current()), "@STAMP P: abc\n@STAMP P: \n");
}

#[test]
fn with_a_capital_letter_they_go_nowhere_else() {
    let (socket, to) = receiver("127.0.0.1");
    let logs = Logs::with(format!("U{to}\n"));
    logs.good("", "abc\ndef\n");
    assert_eq!(packets(&socket, 2), ["abc\n", "def\n"]);
    assert_eq!(logs.current(), "");
}

#[test]
fn of_a_long_line_the_head_is_sent() {
    let (socket, to) = receiver("127.0.0.1");
    let logs = Logs::with(format!("u{to}\n"));
    logs.good("-l 5 -b 6", "abcdefgh\nabcd\n");
    assert_eq!(packets(&socket, 2), ["abcde...\n", "abcd\n"]);
    assert_eq!(logs.current(), "abcdefgh\nabcd\n");
}

#[test]
fn the_last_receiver_counts() {
    let (socket, to) = receiver("127.0.0.1");
    let logs = Logs::with(format!("u127.0.0.1\nu{to}\n"));
    logs.good("", "abc\n");
    assert_eq!(packets(&socket, 1), ["abc\n"]);
    let logs = Logs::with(format!("U127.0.0.1\nu{to}\n"));
    logs.good("", "abc\n");
    assert_eq!(
        (packets(&socket, 1)[0].as_str(), logs.current().as_str()),
        ("abc\n", "")
    );
}

#[test]
fn a_failure_is_written_into_the_log() {
    // Nobody may send to all.
    let logs = Logs::with("u255.255.255.255:9\n");
    logs.good("-l 5 -b 6", "abcdefgh\n");
    let expected = "warning: failure sending through udp: abcde...\nabcdefgh\n";
    assert_eq!(logs.current(), expected);
    let logs = Logs::with("U255.255.255.255:9\npP\n");
    logs.good("-t", "abc\n");
    let expected = "warning: failure sending through udp: @STAMP Pabc\n";
    assert_eq!(unstamped(&logs.current()), expected);
}

#[test]
fn receivers_may_have_ipv6_addresses_and_want_a_priority() {
    if !ours("svlogd-udp-addresses") {
        return;
    }
    let (socket, to) = receiver("::1");
    assert!(to.starts_with("[::1]:"));
    let logs = Logs::with(format!("u{to}\n"));
    logs.good("", "abc\n");
    assert_eq!(packets(&socket, 1), ["abc\n"]);
    let (socket, to) = receiver("127.0.0.1");
    let bracketed = to.replace("127.0.0.1", "[127.0.0.1]");
    let logs = Logs::with(format!("u<13>{bracketed}\n"));
    logs.good("", "abc\n");
    assert_eq!(packets(&socket, 1), ["<13>abc\n"]);
    assert_eq!(logs.current(), "abc\n");
}
