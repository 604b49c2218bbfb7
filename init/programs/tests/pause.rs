//! pause: sleeps until it is told to end. The C package has none, so ours is always under test.

mod common;
use common::*;

fn sleeping(t: &Scratch) -> Daemon {
    let d = t.command(program_of(Under::Ours, "pause")).spawn();
    asleep(&d);
    d
}

/// Waits until it listens to TERM and sleeps.
fn asleep(d: &Daemon) {
    wait_until("pause sleeps and listens to TERM", || {
        procs::state(d.pid()) == Some('S')
            && procs::mask(d.pid(), "SigCgt").is_some_and(|m| m & 1 << 14 != 0)
    });
}

#[test]
fn term_int_and_hup_end_it_with_code_0() {
    let t = Scratch::new();
    for signal in ["TERM", "INT", "HUP"] {
        let d = sleeping(&t);
        d.signal(signal);
        let out = d.finish();
        assert_eq!(
            (out.code, out.stdout, out.stderr),
            (0, String::new(), String::new()),
            "{signal}"
        );
    }
}

#[test]
fn other_signals_do_what_they_always_do() {
    let t = Scratch::new();
    let mut d = sleeping(&t);
    d.signal("CONT");
    d.signal("CHLD");
    d.signal("USR1");
    assert_eq!(d.wait(), -10);
}

#[test]
fn nothing_wakes_it() {
    let t = Scratch::new();
    let d = sleeping(&t);
    // Number and arguments of the system call it sits in: ppoll(fds, count, timeout, ...).
    let call = wait_for("a system call", || {
        let call = std::fs::read_to_string(format!("/proc/{}/syscall", d.pid())).ok()?;
        call.starts_with(|c: char| c.is_ascii_digit())
            .then_some(call)
    });
    let fields: Vec<_> = call.split_whitespace().collect();
    assert!(["271", "73"].contains(&fields[0]), "not ppoll: {call}");
    assert_eq!((fields[2], fields[3]), ("0x0", "0x0"), "{call}");
}

#[test]
fn it_starts_without_standard_descriptors() {
    let t = Scratch::new();
    let line = format!(
        "exec {} <&- >&- 2>&-",
        program_of(Under::Ours, "pause").display()
    );
    let mut d = t.command("/bin/sh").args(["-c", &line]).spawn();
    asleep(&d);
    d.signal("TERM");
    assert_eq!(d.wait(), 0);
}
