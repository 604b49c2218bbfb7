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
            out.stderr.starts_with("usage: reboot [-fnwBdkhip]"),
            "{}",
            out.stderr
        );
    }
    let out = m.inside("halt --help");
    assert_eq!((out.code, &out.stderr[..]), (0, ""));
    assert!(
        out.stdout.starts_with("usage: halt [-fnwBdkhip]"),
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
    for (command, expected) in [
        ("halt -B", &[(2, "reboot")][..]),
        ("halt -w", &[(1, "runlevel"), (1, "shutdown")]),
        ("reboot --wtmp-only", &[(1, "runlevel"), (1, "shutdown")]),
        ("poweroff -fw", &[(1, "runlevel"), (1, "shutdown")]),
    ] {
        let before = records().len();
        m.ask(command);
        let new = records().split_off(before);
        let new: Vec<&[u8]> = new.chunks(runit_core::utmp::SIZE).collect();
        assert_eq!(new.len(), expected.len(), "{command}");
        for (record, (kind, name)) in new.iter().zip(expected) {
            assert_eq!(record[0], *kind, "{command}");
            assert!(record[44..].starts_with(name.as_bytes()), "{command}");
        }
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

#[test]
fn the_record_of_an_end_at_once_is_written_unless_it_is_not_wanted() {
    for (command, records) in [
        ("reboot -f", 1),
        ("reboot -fd", 0),
        ("halt -nf --no-wtmp", 0),
    ] {
        let Some(plan) = plan() else { return };
        let m = plan.file("var/log/wtmp", "", 0o644).boot();
        m.wait_stage_2(1);
        m.ask(command);
        m.end();
        let wtmp = fs::read(m.path("var/log/wtmp")).expect("wtmp");
        assert_eq!(wtmp.len(), records * runit_core::utmp::SIZE, "{command}");
    }
}

#[test]
fn kexec_is_taken_only_with_a_kernel_that_is_loaded() {
    for (loaded, command) in [
        (None, "reboot -k"),
        (Some("0"), "reboot --kexec"),
        (Some("1"), "reboot -k"),
    ] {
        let Some(mut plan) = plan() else { return };
        if let Some(loaded) = loaded {
            plan = plan.file("sys/kernel/kexec_loaded", &format!("{loaded}\n"), 0o444);
        }
        let m = plan.boot();
        m.wait_stage_2(1);
        let out = m.inside(command);
        if loaded == Some("1") {
            let (code, console) = m.end();
            assert!(
                console.ends_with("- runit: system reboot by kexec.\n"),
                "{console}"
            );
            assert_eq!(code, RESTART);
        } else {
            let why = "reboot: fatal: no kernel is loaded for kexec\n";
            assert_eq!((out.code, &out.stderr[..]), (111, why));
            m.assert_goes_on();
        }
    }
}

#[test]
fn everybody_is_told_unless_that_is_not_wanted() {
    for (command, told) in [
        ("reboot", true),
        ("poweroff", true),
        ("reboot --no-wall", false),
    ] {
        let Some(plan) = plan() else { return };
        // Stage 3 ends when the message is there, or at once where there is none to wait for.
        let m = plan.stage(3, "read x </t/go").before("mkfifo t/go").boot();
        m.wait_stage_2(1);
        m.ask(command);
        let text = format!(
            "the system goes down NOW ({})",
            if command == "poweroff" {
                "power-off"
            } else {
                "reboot"
            }
        );
        if told {
            m.wait_console(&text);
        }
        m.ask("echo go >/t/go");
        let (_, console) = m.end();
        assert_eq!(console.contains(&text), told, "{console}");
    }
}
