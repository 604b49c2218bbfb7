//! Halt, power-off, restart, kexec: which one it is, and that it stays that one.

use crate::common::*;
use crate::machine::*;

#[test]
fn the_flag_halt_halts_and_kexec_goes_before_reboot() {
    if !ours("runit-halt-and-kexec") {
        return;
    }
    // The kernel of the namespace refuses kexec, which shows that a restart follows then.
    let cases: [(&[&str], &str, i32); 5] = [
        (&["etc/runit/halt"], "system halt.", POWER_OFF),
        (&["run/runit.halt"], "system halt.", POWER_OFF),
        (&["etc/runit/kexec"], "system reboot by kexec.", RESTART),
        (
            &["etc/runit/halt", "run/runit.reboot", "run/runit.kexec"],
            "system reboot by kexec.",
            RESTART,
        ),
        (
            &["etc/runit/halt", "etc/runit/reboot"],
            "system reboot.",
            RESTART,
        ),
    ];
    for (flags, said, how) in cases {
        let m = Plan::new().boot();
        m.wait_stage_2(1);
        flags.iter().for_each(|flag| m.flag(flag));
        m.stop();
        let (code, console) = m.end();
        assert!(
            console.ends_with(&format!("- runit: {said}\n")),
            "{console}"
        );
        assert_eq!(code, how, "{flags:?}");
    }
}

#[test]
fn stopit_in_run_is_looked_at_as_well() {
    if !ours("runit-flags-in-run") {
        return;
    }
    let m = Plan::new().boot();
    m.wait_stage_2(1);
    m.flag("run/runit.reboot");
    m.flag("run/runit.stopit");
    m.signal("CONT");
    assert_eq!(m.end().0, RESTART);
    assert_eq!(m.mode("run/runit.stopit"), 0);
}

#[test]
fn a_restart_stays_one_when_run_is_unmounted_in_stage_3() {
    let m = Plan::new()
        .before("mount -t tmpfs run run")
        .link("etc/runit/stopit", "/run/runit.stopit")
        .link("etc/runit/reboot", "/run/runit.reboot")
        .stage(3, "umount /run && echo unmounted")
        .boot();
    m.wait_stage_2(1);
    m.inside("for f in reboot stopit; do touch /run/runit.$f; chmod 0100 /run/runit.$f; done; kill -CONT 1");
    let (code, console) = m.end();
    assert!(console.contains("unmounted\n"), "{console}");
    let remembered = ours("runit-remembers-the-ending");
    assert_eq!(code, if remembered { RESTART } else { POWER_OFF });
}

#[test]
fn a_flag_cleared_in_stage_3_counts() {
    let m = Plan::new().stage(3, "chmod 0 /etc/runit/reboot").boot();
    m.wait_stage_2(1);
    m.flag("etc/runit/reboot");
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn everything_left_is_killed_before_the_end() {
    let m = Plan::new()
        .stage(2, "trap '' TERM HUP; setsid sh -c 'trap \"\" TERM; echo $$ >/t/left; exec sleep 1000' &\nwhile [ ! -s /t/left ]; do :; done")
        .boot();
    let (code, _) = m.end();
    assert_eq!(code, POWER_OFF);
}

#[test]
fn nosync_is_honoured() {
    // What sync does cannot be seen from here; that both ways end, can.
    let m = Plan::new()
        .file("etc/runit/nosync", "", 0o644)
        .stage(2, "")
        .boot();
    assert_eq!(m.end().0, POWER_OFF);
}
