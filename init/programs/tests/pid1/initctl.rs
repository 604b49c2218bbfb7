//! initctld: what old tools write to the FIFO of sysvinit's init.

use crate::common::*;
use crate::machine::*;
use std::fs;
use std::io::Write;

/// A stage 2 beside which the FIFO is answered.
const WITH_READER: &str = "trap 'echo alarm >>/t/alarms' ALRM\n\
                           initctld 2>/t/log &\n\
                           echo $! >/t/reader\n\
                           echo $$ >>/t/two\n\
                           while :; do sleep 1000 & wait $!; done";

fn booted() -> Option<Machine> {
    if !ours("initctl") {
        return None;
    }
    let mut plan = Plan::new()
        .with_program("initctld")
        .with_program("runsvchdir")
        .with_program("shutdown")
        .stage(2, WITH_READER);
    for level in ["default", "single"] {
        plan = plan.file(&format!("etc/runit/runsvdir/{level}/.keep"), "", 0o644);
    }
    let m = plan.link("etc/runit/runsvdir/current", "default").boot();
    m.wait_stage_2(1);
    wait_until("the FIFO is answered", || {
        m.inside("test -p /run/initctl").code == 0
    });
    Some(m)
}

fn record(command: i32, level: u8, data: &str) -> Vec<u8> {
    let mut record = vec![0; 384];
    record[..4].copy_from_slice(&0x0309_1969u32.to_ne_bytes());
    record[4..8].copy_from_slice(&command.to_ne_bytes());
    record[8..12].copy_from_slice(&i32::from(level).to_ne_bytes());
    record[16..16 + data.len()].copy_from_slice(data.as_bytes());
    record
}

fn write(m: &Machine, bytes: &[u8]) {
    let fifo = fs::OpenOptions::new()
        .write(true)
        .open(m.path("run/initctl"));
    fifo.expect("the FIFO").write_all(bytes).expect("write");
}

#[test]
fn runlevels_0_and_6_end_the_system() {
    for (bytes, said, how) in [
        (record(1, b'0', ""), "power off...", POWER_OFF),
        (record(1, b'6', ""), "system reboot.", RESTART),
        // As sysvinit's shutdown -H does it.
        (
            [record(6, 0, "INIT_HALT=HALT"), record(1, b'0', "")].concat(),
            "system halt.",
            POWER_OFF,
        ),
        (
            [record(6, 0, "INIT_HALT=POWEROFF"), record(1, b'0', "")].concat(),
            "power off...",
            POWER_OFF,
        ),
        (
            [b"echo\n".to_vec(), record(1, b'6', "")].concat(),
            "system reboot.",
            RESTART,
        ),
    ] {
        let Some(m) = booted() else { return };
        write(&m, &bytes);
        let (code, console) = m.end();
        assert!(
            console.ends_with(&format!("- runit: {said}\n")),
            "{console}"
        );
        assert_eq!(code, how);
    }
}

#[test]
fn other_requests_are_those_of_init() {
    let Some(m) = booted() else { return };
    assert_eq!(m.mode("run/initctl"), 0o600);
    write(&m, &record(1, b'q', ""));
    m.wait_lines("t/alarms", 1);
    write(&m, &record(1, b'1', ""));
    wait_until("the level is another", || {
        m.inside("readlink /etc/runit/runsvdir/current")
            .stdout
            .ends_with("single\n")
    });
    // What nobody knows is told, and changes nothing.
    write(
        &m,
        &[record(1, b'7', ""), record(99, 0, ""), vec![7; 1000]].concat(),
    );
    wait_until("both are told", || {
        let log = m.lines("t/log").join("\n");
        log.contains("initctld: warning: there is no level 7")
            && log.contains("initctld: warning: a request that is not known")
    });
    m.ask("kill -0 $(cat /t/reader)");
}

#[test]
fn the_power_that_fails_is_told_to_process_1_and_its_return_cancels() {
    let Some(m) = booted() else { return };
    m.ask("shutdown --no-wall -P +60 >/dev/null");
    write(&m, &record(4, 0, ""));
    wait_until("the shutdown is cancelled", || {
        m.inside("shutdown --show").code == 1
    });
    write(&m, &record(2, 0, ""));
    // Without a hook a container halts.
    let (_, console) = m.end();
    assert!(console.ends_with("- runit: system halt.\n"), "{console}");
}

#[test]
fn when_it_ends_nobody_is_left_to_write_where_nobody_reads() {
    let Some(m) = booted() else { return };
    m.ask("kill $(cat /t/reader)");
    wait_until("the FIFO is gone", || !m.path("run/initctl").exists());
    m.ask("touch /run/initctl");
    let out = m.inside("initctld");
    assert_eq!(
        (out.code, &out.stderr[..]),
        (111, "initctld: fatal: /run/initctl: not a FIFO\n")
    );
    let out = m.inside("initctld x");
    assert_eq!((out.code, &out.stderr[..]), (1, "usage: initctld\n\n"));
}
