//! halt, poweroff and reboot: one program by three names. There is none in the original.

use crate::common::*;
use crate::machine::*;
use std::fs;

fn plan() -> Option<Plan> {
    let names = |plan: Plan| {
        plan.with_program("halt")
            .link("sbin/poweroff", "halt")
            .link("sbin/reboot", "halt")
    };
    ours("halt-poweroff-reboot").then(|| names(Plan::new()))
}

#[test]
fn each_name_ends_the_system_in_its_way_through_stage_3() {
    let cases = [
        ("halt", "system halt.", POWER_OFF),
        ("halt -p", "power off...", POWER_OFF),
        ("poweroff", "power off...", POWER_OFF),
        ("/sbin/poweroff -dhi --no-wall", "power off...", POWER_OFF),
        ("reboot", "system reboot.", RESTART),
        ("reboot -p", "system reboot.", RESTART),
    ];
    for (command, said, how) in cases {
        let Some(plan) = plan() else { return };
        let m = plan
            .stage(3, "echo three")
            .file("etc/runit/kexec", "", 0o100)
            .file("run/runit.reboot", "", 0o100)
            .boot();
        m.wait_stage_2(1);
        m.ask(command);
        let (code, console) = m.end();
        assert!(console.contains("\nthree\n"), "{console}");
        assert!(
            console.ends_with(&format!("- runit: {said}\n")),
            "{command}: {console}"
        );
        assert_eq!(code, how, "{command}");
    }
}

#[test]
fn force_ends_the_machine_at_once() {
    for (command, how) in [
        ("halt -f", POWER_OFF),
        ("poweroff --force", POWER_OFF),
        ("reboot -nf", RESTART),
    ] {
        let Some(plan) = plan() else { return };
        let m = plan.boot();
        m.wait_stage_2(1);
        m.ask(command);
        let (code, console) = m.end();
        assert!(!console.contains("/etc/runit/3"), "{console}");
        assert_eq!(code, how, "{command}");
    }
}

#[test]
fn what_it_does_not_know_it_refuses_with_1_and_does_nothing() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    for args in ["-x", "now", "-fx", "--forced", "-", "--"] {
        let out = m.inside(&format!("reboot {args}"));
        assert_eq!(out.code, 1, "{args}");
        assert!(
            out.stderr.starts_with("usage: reboot [-fnwBdhip]"),
            "{}",
            out.stderr
        );
    }
    let out = m.inside("halt --help");
    assert_eq!((out.code, &out.stderr[..]), (0, ""));
    assert!(
        out.stdout.starts_with("usage: halt [-fnwBdhip]"),
        "{}",
        out.stdout
    );
    m.assert_goes_on();
}

#[test]
fn the_options_for_the_record_write_it_and_never_end_the_system() {
    let Some(plan) = plan() else { return };
    let m = plan
        .file("var/log/wtmp", "", 0o644)
        .link("var/run", "../run")
        .boot();
    m.wait_stage_2(1);
    let records = || fs::read(m.path("var/log/wtmp")).expect("wtmp");
    // The first byte is the kind: a boot, or for a shutdown, a runlevel; the name follows at 44.
    for (command, kind, name) in [
        ("halt -B", 2, "reboot"),
        ("halt -w", 1, "shutdown"),
        ("reboot --wtmp-only", 1, "shutdown"),
        ("poweroff -fw", 1, "shutdown"),
    ] {
        let before = records().len();
        m.ask(command);
        let record = records().split_off(before);
        assert_eq!(record.len(), runit_core::utmp::SIZE, "{command}");
        assert_eq!(record[0], kind, "{command}");
        assert!(record[44..].starts_with(name.as_bytes()), "{command}");
    }
    m.ask("rm /var/log/wtmp; mkdir /var/log/wtmp");
    let out = m.inside("halt -w");
    assert_eq!(out.code, 111);
    assert_eq!(
        out.stderr,
        "halt: fatal: unable to open /var/log/wtmp: is a directory\n"
    );
    m.assert_goes_on();
}

#[test]
fn who_may_not_is_told_so_with_111() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    for (command, why) in [
        (
            "halt",
            "halt: fatal: unable to create /etc/runit/halt: access denied\n",
        ),
        (
            "poweroff",
            "poweroff: fatal: unable to create /etc/runit/stopit: access denied\n",
        ),
        (
            "reboot",
            "reboot: fatal: unable to create /etc/runit/reboot: access denied\n",
        ),
        (
            "reboot -fn",
            "reboot: fatal: unable to reboot: permission denied\n",
        ),
    ] {
        let out = m.inside(&format!(
            "setpriv --reuid 65534 --clear-groups --inh-caps=-all {command}"
        ));
        assert_eq!((out.code, &out.stderr[..]), (111, why));
    }
    m.assert_goes_on();
}
