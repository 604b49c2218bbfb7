//! Where the machine still runs the init it had before runit was installed: that one is asked, in
//! its own language, and no flag is left that would end the next boot.

use crate::common::*;
use crate::machine::*;
use runit_core::initctl::{Request, Stream, decode};
use std::fs;

/// The script `body` is process 1, by the name of that init.
fn machine(name: &str, body: &str) -> Option<Machine> {
    if !ours("halt-poweroff-reboot") {
        return None;
    }
    let path = format!("t/{name}");
    let m = Plan::new()
        .with_program("halt")
        .link("sbin/poweroff", "halt")
        .link("sbin/reboot", "halt")
        .link("sbin/telinit", "runit-init")
        .with_program("shutdown")
        .script(&path, body)
        .launch(&format!("exec /{path}"))
        .boot();
    m.wait_stage_2(1);
    Some(m)
}

#[track_caller]
fn assert_no_flag(m: &Machine) {
    for flag in ["stopit", "reboot", "halt", "kexec", "poweroff"] {
        for path in [format!("etc/runit/{flag}"), format!("run/runit.{flag}")] {
            assert!(!m.path(&path).exists(), "{path}");
        }
    }
}

#[test]
fn systemd_is_asked_by_its_signals() {
    let body = "for n in 37 38 39 40; do trap \"echo $n >>/t/asked\" $n; done\n\
                echo $$ >/t/two\nwhile :; do sleep 1000 & wait; done";
    let Some(m) = machine("systemd", body) else {
        return;
    };
    let mut asked = Vec::new();
    for (command, signal) in [
        ("halt", "37"),
        ("halt -p", "38"),
        ("poweroff", "38"),
        ("reboot", "39"),
        ("shutdown -r now", "39"),
        ("shutdown -P now", "38"),
        ("telinit 6", "39"),
        ("runit-init 0", "38"),
    ] {
        m.ask(command);
        asked.push(signal.to_string());
        assert_eq!(m.wait_lines("t/asked", asked.len()), asked, "{command}");
    }
    assert_no_flag(&m);
}

#[test]
fn sysvinit_is_asked_through_its_fifo() {
    let body = "mkfifo /run/initctl\nexec 3<>/run/initctl\necho $$ >/t/two\n\
                while :; do cat <&3 >/t/asked; done";
    let Some(m) = machine("init", body) else {
        return;
    };
    let mut expected = Vec::new();
    for (command, requests) in [
        ("halt", &["INIT_HALT=HALT", "0"][..]),
        ("poweroff", &["INIT_HALT=POWEROFF", "0"]),
        ("reboot", &["6"]),
        ("shutdown -h now", &["INIT_HALT=POWEROFF", "0"]),
        ("shutdown -H now", &["INIT_HALT=HALT", "0"]),
        ("shutdown -r now", &["6"]),
        ("telinit 6", &["6"]),
    ] {
        m.ask(command);
        expected.extend(requests.iter().map(ToString::to_string));
        wait_until_equal(&m, &expected, command);
    }
    assert_no_flag(&m);
}

#[track_caller]
fn wait_until_equal(m: &Machine, expected: &[String], command: &str) {
    let mut got = Vec::new();
    wait_until(&format!("{command}: {expected:?}"), || {
        got = requests(&fs::read(m.path("t/asked")).unwrap_or_default());
        got == expected
    });
}

fn requests(bytes: &[u8]) -> Vec<String> {
    let mut stream = Stream::new();
    let records = bytes.iter().filter_map(|&byte| stream.push(byte));
    records
        .map(|record| match decode(&record) {
            Request::Level(level) => char::from(level).to_string(),
            Request::Set { name, value } => {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                format!("{}={}", text(name), text(value.unwrap_or_default()))
            }
            other => format!("{other:?}"),
        })
        .collect()
}
