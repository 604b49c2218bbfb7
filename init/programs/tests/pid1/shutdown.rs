//! shutdown: at once, later, shown and cancelled; and whatever happens to the process that waits.

use crate::common::*;
use crate::machine::*;
use std::fs;

/// A user who is logged in on the console, as utmp tells it.
fn on_the_console() -> Vec<u8> {
    let mut record = vec![0; runit_core::utmp::SIZE];
    record[0] = 7;
    record[8..15].copy_from_slice(b"console");
    record[44..48].copy_from_slice(b"root");
    record
}

fn plan() -> Option<Plan> {
    ours("shutdown").then(|| {
        Plan::new()
            .with_program("shutdown")
            .file("var/log/lastlog", "", 0o644)
            .link("var/run", "../run")
    })
}

/// A machine with a person on its console, and who is told so there.
fn booted() -> Option<Machine> {
    let m = plan()?.boot();
    m.wait_stage_2(1);
    fs::write(m.path("run/utmp"), on_the_console()).expect("utmp");
    Some(m)
}

/// Asks for a shutdown that becomes pending.
#[track_caller]
fn later(m: &Machine, arguments: &str) -> String {
    let out = m.inside(&format!("shutdown {arguments}"));
    assert_eq!((out.code, &out.stderr[..]), (0, ""), "{arguments}");
    out.stdout
}

#[track_caller]
fn assert_none(m: &Machine) {
    let out = m.inside("shutdown --show");
    assert_eq!(
        (out.code, &out.stdout[..]),
        (1, "shutdown: none is pending\n")
    );
    for file in ["run/runit/shutdown", "run/nologin", "etc/nologin"] {
        let there = fs::symlink_metadata(m.path(file)).is_ok();
        assert!(!there, "{file} is left");
    }
}

/// The processes of the shutdown that is pending, by the machine's numbers: who waits, who watches.
fn processes(m: &Machine) -> (String, String) {
    let file = fs::read_to_string(m.path("run/runit/shutdown")).expect("one is pending");
    let pid = file
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("pid "));
    let pid = pid.expect("its pid").to_string();
    let parent = m.inside(&format!("sed -n 's/^PPid:[^0-9]*//p' /proc/{pid}/status"));
    (pid, parent.stdout.trim().to_string())
}

#[test]
fn now_ends_the_system_in_the_way_that_was_asked_for() {
    for (arguments, said, how) in [
        ("-h now", "power off...", POWER_OFF),
        ("now", "power off...", POWER_OFF),
        ("-P +0 cleaning the fans", "power off...", POWER_OFF),
        ("-H now", "system halt.", POWER_OFF),
        ("now -r", "system reboot.", RESTART),
    ] {
        let Some(m) = booted() else { return };
        m.inside(&format!("shutdown {arguments}"));
        let (code, console) = m.end();
        assert_eq!(code, how, "{arguments}");
        assert!(
            console.ends_with(&format!("- runit: {said}\n")),
            "{console}"
        );
    }
}

#[test]
fn where_no_login_writes_utmp_the_console_is_told() {
    let Some(m) = booted() else { return };
    // The table as agetty leaves it on Debian 13: a line without a login.
    let mut line = on_the_console();
    line[0] = 6;
    fs::write(m.path("run/utmp"), line).expect("utmp");
    later(&m, "-r +60 a new kernel");
    m.wait_console("the system goes down in 60 minutes (reboot):\na new kernel\n");
    m.inside("shutdown -c");
}

#[test]
fn one_that_is_pending_is_seen_and_cancelled_by_every_shell() {
    let Some(m) = booted() else { return };
    let said = later(&m, "-r +60 a new kernel");
    assert!(said.starts_with("shutdown: reboot at 2"), "{said}");
    assert!(said.ends_with("; `shutdown -c` cancels it\n"), "{said}");
    m.wait_console("the system goes down in 60 minutes (reboot):\na new kernel\n");
    let shown = m.inside("shutdown --show");
    assert_eq!(shown.code, 0);
    assert!(shown.stdout.starts_with("reboot at 2"), "{shown:?}");
    assert!(shown.stdout.ends_with(")\na new kernel\n"), "{shown:?}");
    let anybody = m.inside("setpriv --reuid 65534 --clear-groups shutdown --show");
    assert_eq!(anybody.code, 0, "{anybody:?}");
    let second = m.inside("shutdown -h +5");
    assert_eq!(second.code, 1);
    assert!(
        second.stderr.contains("one is pending already"),
        "{second:?}"
    );
    // Whom it was asked for is gone, and so is its terminal: it waits all the same.
    let (pid, _) = processes(&m);
    let out = m.inside(&format!(
        "readlink /proc/{pid}/fd/0 /proc/{pid}/cwd; cut -d' ' -f7 /proc/{pid}/stat"
    ));
    assert_eq!(out.stdout, "/dev/null\n/\n0\n");
    let out = m.inside("shutdown -c no kernel");
    assert_eq!(
        (out.code, &out.stdout[..]),
        (0, "shutdown: cancelled: reboot\n")
    );
    m.wait_console("the shutdown is cancelled (reboot):\nno kernel\n");
    assert_none(&m);
    let out = m.inside("shutdown -c");
    assert_eq!(
        (out.code, &out.stderr[..]),
        (1, "shutdown: none is pending\n")
    );
    m.assert_goes_on();
}

#[test]
fn in_the_last_five_minutes_nobody_else_logs_in() {
    let Some(m) = booted() else { return };
    later(&m, "-r +6");
    assert!(!m.path("run/nologin").exists());
    m.ask("shutdown -c >/dev/null");
    later(&m, "-r +5 the disk");
    let text = wait_for("logins are refused", || {
        let text = fs::read_to_string(m.path("run/nologin")).ok()?;
        text.ends_with('\n').then_some(text)
    });
    assert!(
        text.starts_with("shutdown: the system goes down (reboot) at 2"),
        "{text}"
    );
    assert!(text.ends_with(": the disk\n"), "{text}");
    // For those who do without PAM.
    wait_until("the old place leads there", || {
        fs::read_link(m.path("etc/nologin")).is_ok_and(|to| to.to_str() == Some("/run/nologin"))
    });
    m.ask("shutdown -c >/dev/null");
    assert_none(&m);
    // Only a warning keeps nobody out, and what the administrator has made stays.
    later(&m, "-k +1");
    m.wait_console("the system goes down in 1 minute (shutdown)");
    assert!(!m.path("run/nologin").exists());
    m.ask("shutdown -c >/dev/null; echo closed >/run/nologin; echo closed >/etc/nologin");
    later(&m, "+1");
    m.wait_console("the system goes down in 1 minute (power-off)");
    m.ask("shutdown -c >/dev/null; grep -x closed /run/nologin /etc/nologin >/dev/null");
    m.assert_goes_on();
}

#[test]
fn one_whose_process_is_killed_leaves_nothing() {
    let Some(m) = booted() else { return };
    for signal in ["KILL", "SEGV", "TERM"] {
        later(&m, "-r +5");
        wait_until("logins are refused", || m.path("run/nologin").exists());
        let (pid, _) = processes(&m);
        m.ask(&format!("kill -{signal} {pid}"));
        wait_until("logins are allowed", || !m.path("run/nologin").exists());
        wait_until("the place is free", || m.inside("shutdown -c").code == 1);
        assert_none(&m);
    }
    m.assert_goes_on();
}

#[test]
fn one_whose_watcher_is_killed_waits_on() {
    let Some(m) = booted() else { return };
    later(&m, "-r +60");
    let (pid, watcher) = processes(&m);
    m.ask(&format!("kill -KILL {watcher}"));
    assert_eq!(m.inside("shutdown --show").code, 0);
    assert_eq!(processes(&m).0, pid);
    assert_eq!(m.inside("shutdown -c").code, 0);
    assert_none(&m);
}

#[test]
fn after_both_were_killed_the_next_call_tidies_up() {
    let Some(m) = booted() else { return };
    for next in ["shutdown -c", "shutdown -h +60"] {
        later(&m, "-r +5");
        wait_until("logins are refused", || m.path("run/nologin").exists());
        let (pid, watcher) = processes(&m);
        m.ask(&format!("kill -KILL {watcher} {pid}"));
        wait_until("both are gone", || m.inside("shutdown --show").code == 1);
        m.inside(next);
        assert!(!m.path("run/nologin").exists(), "{next}");
    }
    assert!(
        m.inside("shutdown --show")
            .stdout
            .starts_with("power-off at")
    );
    m.ask("shutdown -c >/dev/null");
    assert_none(&m);
}

#[test]
fn one_whose_file_is_removed_is_cancelled() {
    let Some(m) = booted() else { return };
    later(&m, "+3");
    wait_until("logins are refused", || m.path("run/nologin").exists());
    m.ask("rm /run/runit/shutdown");
    wait_until("logins are allowed", || !m.path("run/nologin").exists());
    wait_until("the place is free", || m.inside("shutdown -c").code == 1);
    assert_none(&m);
    m.assert_goes_on();
}

#[test]
fn a_stopped_terminal_holds_up_nobody() {
    let Some(m) = booted() else { return };
    m.pause_console();
    later(&m, "-r +60");
    assert_eq!(m.inside("shutdown -c").code, 0);
    m.inside("shutdown -r now");
    assert_eq!(m.end_without_console(), RESTART);
}

#[test]
fn a_table_of_logins_that_lies_has_nothing_written_to() {
    let Some(m) = booted() else { return };
    let mut lies = on_the_console();
    lies[8..29].copy_from_slice(b"../etc/runit/precious");
    fs::write(
        m.path("run/utmp"),
        [lies.clone(), on_the_console()].concat(),
    )
    .expect("utmp");
    fs::write(m.path("etc/runit/precious"), "kept").expect("file");
    fs::write(m.path("dev/precious"), "kept").expect("file");
    lies[8..29].fill(0);
    lies[8..16].copy_from_slice(b"precious");
    let table = [lies, on_the_console()].concat();
    later(&m, "-k +60 one");
    m.wait_console("one\n");
    m.ask("shutdown -c >/dev/null");
    fs::write(m.path("run/utmp"), table).expect("utmp");
    later(&m, "-k +60 two");
    m.wait_console("two\n");
    for file in ["etc/runit/precious", "dev/precious"] {
        assert_eq!(fs::read_to_string(m.path(file)).expect("file"), "kept");
    }
}

#[test]
fn what_is_to_be_different_about_the_way_down_is_left_in_files() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(
            3,
            "cat /run/runit/kill-wait >/t/wait; ls /fastboot /forcefsck >/t/checks 2>&1",
        )
        .boot();
    m.wait_stage_2(1);
    // Nothing is left by one that is cancelled.
    later(&m, "-F -t 7 +5");
    m.ask("shutdown -c >/dev/null");
    assert!(!m.path("run/runit/kill-wait").exists() && !m.path("forcefsck").exists());
    m.inside("shutdown -Fr -t 7 now");
    assert_eq!(m.end().0, RESTART);
    assert_eq!(m.lines("t/wait"), ["7"]);
    assert_eq!(
        m.lines("t/checks").last().map(String::as_str),
        Some("/forcefsck")
    );
}

#[test]
fn who_may_not_is_told_so_and_nothing_happens() {
    let Some(m) = booted() else { return };
    let anybody = "setpriv --reuid 65534 --clear-groups --inh-caps=-all shutdown";
    m.ask("mkdir -p /run/runit");
    for arguments in ["-r now", "-r +5", "-c"] {
        let out = m.inside(&format!("{anybody} {arguments}"));
        assert_eq!(out.code, 111, "{arguments}: {out:?}");
        assert!(out.stderr.contains(": access denied"), "{out:?}");
    }
    m.assert_goes_on();
    later(&m, "-r +60");
    assert_eq!(m.inside(&format!("{anybody} -c")).code, 111);
    assert_eq!(m.inside("shutdown --show").code, 0);
    m.ask("shutdown -c >/dev/null");
}

#[test]
fn what_it_does_not_know_it_refuses_with_1() {
    let Some(m) = booted() else { return };
    for (arguments, why) in [
        ("-x now", "usage: shutdown"),
        ("soon", "shutdown: no time: 'soon'\nusage: shutdown"),
        ("-r 24:00", "shutdown: no time: '24:00'\nusage: shutdown"),
        ("-t x now", "usage: shutdown"),
    ] {
        let out = m.inside(&format!("shutdown {arguments}"));
        assert_eq!(out.code, 1, "{arguments}");
        assert!(out.stderr.starts_with(why), "{arguments}: {}", out.stderr);
    }
    let out = m.inside("shutdown --help");
    assert_eq!((out.code, &out.stderr[..]), (0, ""));
    m.assert_goes_on();
}

#[test]
fn where_process_1_is_another_program_nothing_is_asked_for() {
    let Some(plan) = plan() else { return };
    let m = plan
        .with_program("halt")
        .launch("echo $$ >/t/two; exec sleep 1000")
        .boot();
    m.wait_stage_2(1);
    wait_until("it is that program", || {
        procs::cmdline(m.pid())[0] == b"sleep"
    });
    for (command, name) in [
        ("halt", "halt"),
        ("shutdown -r now", "shutdown"),
        ("shutdown +5", "shutdown"),
    ] {
        let out = m.inside(command);
        let why = format!("{name}: fatal: process 1 is sleep, not runit\n");
        assert_eq!((out.code, out.stderr), (111, why), "{command}");
    }
    assert!(!m.path("run/runit/shutdown").exists() && !m.path("etc/runit/stopit").exists());
}

#[test]
fn a_time_of_day_is_that_of_the_place_where_it_was_asked_for() {
    let Some(m) = booted() else { return };
    for zone in ["UTC0", "EAST-5:30", "WEST+11"] {
        for time in ["0:07", "12:34", "23:58"] {
            let said = m
                .inside(&format!("TZ={zone} shutdown --no-wall -r {time}"))
                .stdout;
            let shown = format!(" {:0>5}:00, in ", time);
            assert!(said.contains(&shown), "{zone} {time}: {said}");
            let file = fs::read_to_string(m.path("run/runit/shutdown")).expect("one is pending");
            assert!(file.contains("\nclock wall\n"), "{file}");
            let due = file.lines().find_map(|line| line.strip_prefix("due "));
            let due: u64 = due.and_then(|due| due.parse().ok()).expect("a moment");
            let now = std::time::SystemTime::now();
            let now = now
                .duration_since(std::time::UNIX_EPOCH)
                .expect("after 1970")
                .as_secs();
            assert!(due + 60 > now && due < now + 86_400 + 60, "{zone} {time}");
            assert_eq!(due % 60, 0);
            m.ask("shutdown -c >/dev/null");
        }
    }
}
