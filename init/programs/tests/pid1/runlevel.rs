//! runlevel, and the records that it and other people's programs (who, last) read.

use crate::common::*;
use crate::machine::*;

/// A machine with tables of logins, and levels.
fn plan() -> Option<Plan> {
    if !ours("runlevel") {
        return None;
    }
    let mut plan = Plan::new()
        .with_program("runlevel")
        .with_program("runsvchdir")
        .with_program("halt")
        .file("var/log/lastlog", "", 0o644)
        .link("var/run", "../run");
    for level in ["default", "single", "mine"] {
        plan = plan.file(&format!("etc/runit/runsvdir/{level}/.keep"), "", 0o644);
    }
    Some(plan.link("etc/runit/runsvdir/current", "default"))
}

fn with_tables() -> Option<Machine> {
    let m = plan()?
        .file("run/utmp", "", 0o644)
        .file("var/log/wtmp", "", 0o644)
        .boot();
    m.wait_stage_2(1);
    Some(m)
}

#[test]
fn a_boot_and_a_switch_of_the_level_are_what_other_tools_expect() {
    let Some(m) = with_tables() else { return };
    m.ask("halt -B");
    m.ask("runsvchdir default >/dev/null");
    assert_eq!(m.inside("runlevel").stdout, "N 2\n");
    let who = |option: &str| {
        let line = m.inside(&format!("who {option}")).stdout;
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(who("-b").starts_with("system boot 20"), "{}", who("-b"));
    assert!(who("-r").starts_with("run-level 2 20"), "{}", who("-r"));
    // The same again is nothing new.
    m.ask("runsvchdir default >/dev/null");
    assert_eq!(m.inside("runlevel").stdout, "N 2\n");
    m.ask("runit-init 1 >/dev/null");
    assert_eq!(m.inside("runlevel").stdout, "2 1\n");
    assert!(
        who("-r").contains("run-level 1") && who("-r").ends_with("last=2"),
        "{}",
        who("-r")
    );
    m.ask("runit-init mine >/dev/null");
    assert_eq!(m.inside("runlevel").stdout, "1 9\n");
    let last = m.inside("last -x -f /var/log/wtmp").stdout;
    let kinds: Vec<String> = last
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| {
            line.split_whitespace()
                .take(4)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "runlevel (to lvl 9)",
            "runlevel (to lvl 1)",
            "runlevel (to lvl 2)",
            "reboot system boot 6"
        ]
        .map(|kind| kind.to_string().replace(" 6", &format!(" {}", kernel())))
    );
}

/// The kernel's version, as `last` cuts it.
fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("osrelease");
    release.trim().chars().take(16).collect()
}

#[test]
fn the_record_of_a_shutdown_names_where_the_system_goes() {
    let Some(m) = with_tables() else { return };
    m.ask("runsvchdir default >/dev/null");
    for (flag, level) in [("reboot", '6'), ("halt", '0')] {
        m.ask(&format!(
            "rm -f /etc/runit/reboot; touch /etc/runit/{flag}; chmod 100 /etc/runit/{flag}"
        ));
        m.ask("halt -w");
        assert_eq!(m.inside("runlevel").stdout.chars().nth(2), Some(level));
    }
    let last = m.inside("last -x -f /var/log/wtmp").stdout;
    assert!(last.starts_with("shutdown system down"), "{last}");
}

#[test]
fn without_records_the_link_tells() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    assert_eq!(m.inside("runlevel").stdout, "N 2\n");
    m.ask("ln -sfn single /etc/runit/runsvdir/current");
    assert_eq!(m.inside("runlevel").stdout, "N 1\n");
    // A switch where nothing can be noted is a switch all the same.
    m.ask("runsvchdir mine >/dev/null");
    assert_eq!(m.inside("runlevel").stdout, "N 9\n");
    m.ask("rm /etc/runit/runsvdir/current");
    let out = m.inside("runlevel");
    assert_eq!((out.code, &out.stdout[..]), (1, "unknown\n"));
    let out = m.inside("runlevel --quiet");
    assert_eq!((out.code, &out.stdout[..]), (1, ""));
}

#[test]
fn levels_of_somebodys_own_are_not_on_record() {
    let Some(m) = with_tables() else { return };
    m.ask("mkdir -p /t/levels/a /t/levels/b && ln -s a /t/levels/current");
    m.ask("RUNSVDIR=/t/levels runsvchdir b >/dev/null");
    assert_eq!(
        std::fs::metadata(m.path("run/utmp")).expect("utmp").len(),
        0
    );
}

#[test]
fn it_takes_no_arguments() {
    let t = Scratch::new();
    if !ours("runlevel") {
        return;
    }
    for args in [&["-x"][..], &["2"], &["-q", "x"]] {
        let out = t.program("runlevel").args(args).run();
        assert_eq!((out.code, &out.stderr[..]), (1, "usage: runlevel [-q]\n\n"));
    }
}
