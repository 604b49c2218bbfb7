//! runit-init, also as init and telinit.

use crate::common::*;
use crate::machine::*;

#[test]
fn as_process_1_it_becomes_runit_and_hands_nothing_on() {
    let m = Plan::new()
        .launch("exec /sbin/runit-init auto single")
        .boot();
    m.wait_stage_2(1);
    assert_eq!(procs::cmdline(m.pid()), [b"runit"]);
}

#[test]
fn as_process_1_without_runit_it_fails_with_111() {
    let m = Plan::new()
        .without("sbin/runit")
        .launch("exec /sbin/runit-init")
        .boot();
    assert_eq!(m.end().0, 111);
    assert_eq!(
        m.stderr(),
        "init: fatal: unable to start runit: file does not exist\n"
    );
}

#[test]
fn as_process_1_it_finds_a_runit_beside_itself() {
    if !ours("runit-init-knows-more-words") {
        return;
    }
    let m = Plan::new()
        .before("mkdir other; mv sbin/runit sbin/runit-init other/")
        .launch("exec /other/runit-init")
        .boot();
    m.wait_stage_2(1);
    assert_eq!(procs::cmdline(m.pid()), [b"runit"]);
}

#[test]
fn without_a_word_it_knows_it_explains_itself_and_exits_0() {
    let t = Scratch::new();
    let path = program_path("runit-init");
    let words = if ours("runit-init-knows-more-words") {
        " 0|6|1|S|2-5|LEVEL|q|u"
    } else {
        " 0|6"
    };
    let usage = format!("usage: {}{words}\n\n", path.display());
    for args in [&[][..], &["x"], &["-x"], &["."], &["../.."], &[""]] {
        let out = t.program("runit-init").args(args).run();
        assert_eq!(
            (out.code, &out.stderr, &out.stdout[..]),
            (0, &usage, ""),
            "{args:?}"
        );
    }
    let out = t.program("runit-init").arg("-V").run();
    assert_eq!(out.code, 0);
    let (version, rest) = out.stderr.split_once("\n\n").expect("a version");
    assert!(!version.is_empty());
    assert_eq!(rest, usage);
}

#[test]
fn six_restarts_and_only_the_first_character_counts() {
    for word in ["6", "60", "6x"] {
        let m = Plan::new()
            .stage(
                3,
                "stat -c %a /etc/runit/stopit /etc/runit/reboot >/t/modes",
            )
            .boot();
        m.wait_stage_2(1);
        m.ask(&format!("runit-init {word} now"));
        let (code, _) = m.end();
        assert_eq!(
            (code, m.lines("t/modes")),
            (RESTART, vec!["0".into(), "100".into()])
        );
    }
}

#[test]
fn zero_powers_off_and_clears_a_stale_reboot() {
    for stale in [true, false] {
        let mut plan = Plan::new().stage(3, "stat -c '%n %a' /etc/runit/* >/t/modes");
        if stale {
            plan = plan.file("etc/runit/reboot", "", 0o100);
        }
        let m = plan.boot();
        m.wait_stage_2(1);
        m.ask("runit-init 0");
        assert_eq!(m.end().0, POWER_OFF);
        let modes = m.lines("t/modes").join("\n");
        assert!(modes.contains("/etc/runit/stopit 0"), "{modes}");
        assert_eq!(modes.contains("/etc/runit/reboot 0"), stale, "{modes}");
    }
}

#[test]
fn flags_are_made_through_links() {
    let m = Plan::new()
        .link("etc/runit/stopit", "/run/runit.stopit")
        .link("etc/runit/reboot", "/run/runit.reboot")
        .boot();
    m.wait_stage_2(1);
    m.ask("runit-init 6");
    assert_eq!(m.end().0, RESTART);
    assert_eq!(m.mode("run/runit.stopit"), 0);
    assert_eq!(m.mode("run/runit.reboot"), 0o100);
}

#[test]
fn who_may_not_is_told_so_with_111() {
    let m = Plan::new().boot();
    m.wait_stage_2(1);
    for (word, file) in [("0", "stopit"), ("6", "reboot")] {
        let out = m.inside(&format!(
            "setpriv --reuid 65534 --clear-groups runit-init {word}"
        ));
        let why = if ours("runit-init-names-the-reason") {
            format!("init: fatal: unable to create /etc/runit/{file}: access denied\n")
        } else {
            "init: fatal: unable to create /etc/runit/stopit: file descriptor not open\n".into()
        };
        assert_eq!((out.code, out.stderr), (111, why));
    }
    if ours("runit-init-knows-more-words") {
        let out = m.inside("setpriv --reuid 65534 --clear-groups runit-init u");
        let why = "init: fatal: unable to signal process 1: permission denied\n";
        assert_eq!((out.code, &out.stderr[..]), (111, why));
    }
    m.assert_goes_on();
}

#[test]
fn with_etc_read_only_the_flags_are_made_in_run() {
    if !ours("runit-flags-in-run") {
        return;
    }
    // The stale flag cannot be cleared there; what is asked for now counts all the same.
    for (word, how) in [("0", POWER_OFF), ("6", RESTART)] {
        let m = Plan::new()
            .file("etc/runit/reboot", "", 0o100)
            .before("mount --bind etc etc; mount -o remount,bind,ro etc")
            .boot();
        m.wait_stage_2(1);
        m.ask(&format!("runit-init {word}"));
        assert_eq!(m.end().0, how);
        assert_eq!(m.mode("run/runit.stopit"), 0);
    }
}

#[test]
fn q_has_stage_2_look_for_services() {
    if !ours("runit-init-knows-more-words") {
        return;
    }
    let m = Plan::new()
        .stage(2, "trap 'echo alarm >>/t/alarms' ALRM\necho $$ >>/t/two\nwhile :; do sleep 1000 & wait; done")
        .boot();
    m.wait_stage_2(1);
    m.ask("runit-init q");
    m.wait_lines("t/alarms", 1);
}

#[test]
fn runlevels_and_level_names_switch_the_level() {
    if !ours("runit-init-knows-more-words") {
        return;
    }
    let mut plan = Plan::new().with_program("runsvchdir");
    for level in ["default", "single", "4", "maintenance", "S-like", "60s"] {
        plan = plan.file(&format!("etc/runit/runsvdir/{level}/.keep"), "", 0o644);
    }
    let m = plan.link("etc/runit/runsvdir/current", "default").boot();
    m.wait_stage_2(1);
    for (word, level) in [
        ("1", "single"),
        ("2", "default"),
        ("S", "single"),
        ("5", "default"),
        ("s", "single"),
        ("4", "4"),
        ("maintenance", "maintenance"),
        ("S-like", "S-like"),
    ] {
        let out = m.inside(&format!("runit-init {word}"));
        assert_eq!((out.code, &out.stderr[..]), (0, ""), "{word}");
        let now = m.inside("readlink /etc/runit/runsvdir/current").stdout;
        assert_eq!(
            now.rsplit('/').next(),
            Some(&format!("{level}\n")[..]),
            "{word}"
        );
    }
    let out = m.inside("runit-init nosuch");
    assert_eq!((out.code, out.stderr.starts_with("usage: ")), (0, true));
    m.assert_goes_on();
    // The original's rule for 6 goes before any name.
    m.ask("runit-init 60s");
    assert_eq!(m.end().0, RESTART);
}
