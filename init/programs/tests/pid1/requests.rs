//! What can be asked of process 1, when, and what comes of it.

use crate::common::*;
use crate::machine::*;
use std::fs;
use std::time::Instant;

const TOO_LATE: &str = "- runit: warning: signals only work in stage 2.\n";
const REMEMBERED: &str =
    "- runit: warning: signals only work in stage 2: remembered until stage 1 is over.\n";
/// What every stop ends with.
const DOWN: &str = "- runit: leave stage: /etc/runit/2\n\
                    - runit: enter stage: /etc/runit/3\n\
                    - runit: leave stage: /etc/runit/3\n\
                    - runit: sending KILL signal to all processes...\n";

/// Notes each ALRM.
const NOTES_ALARMS: &str = "trap 'echo alarm >>/t/alarms' ALRM\necho $$ >>/t/two\n\
                            while :; do sleep 1000 & wait; done";

#[test]
fn cont_without_stopit_does_nothing() {
    let m = Plan::new().stage(2, NOTES_ALARMS).boot();
    m.wait_stage_2(1);
    m.signal("CONT");
    fs::write(m.path("etc/runit/stopit"), "").expect("not executable");
    m.signal("CONT");
    m.assert_goes_on();
    assert_eq!(m.lines("t/two").len(), 1);
}

#[test]
fn cont_with_stopit_stops_and_clears_it() {
    let m = Plan::new()
        .stage(3, "stat -c %a /etc/runit/stopit >/t/mode")
        .boot();
    m.wait_stage_2(1);
    m.stop();
    let (code, console) = m.end();
    assert!(
        console.ends_with(&format!("{DOWN}- runit: power off...\n")),
        "{console}"
    );
    assert_eq!((code, m.lines("t/mode")), (POWER_OFF, vec!["0".into()]));
}

#[test]
fn the_flag_reboot_makes_it_a_restart() {
    let m = Plan::new().boot();
    m.wait_stage_2(1);
    m.flag("etc/runit/reboot");
    m.stop();
    let (code, console) = m.end();
    assert!(
        console.ends_with(&format!("{DOWN}- runit: system reboot.\n")),
        "{console}"
    );
    assert_eq!(code, RESTART);
}

#[test]
fn flags_may_be_links_into_run() {
    let m = Plan::new()
        .link("etc/runit/stopit", "/run/runit.stopit")
        .link("etc/runit/reboot", "/run/runit.reboot")
        .boot();
    m.wait_stage_2(1);
    m.flag("run/runit.reboot");
    m.flag("run/runit.stopit");
    m.signal("CONT");
    assert_eq!(m.end().0, RESTART);
    assert_eq!(m.mode("run/runit.stopit"), 0);
}

#[test]
fn a_stage_2_that_ignores_term_is_killed_after_five_seconds() {
    let body = "trap '' TERM\necho $$ >>/t/two\nwhile :; do sleep 1; done";
    let m = Plan::new().stage(2, body).boot();
    m.wait_stage_2(1);
    let start = Instant::now();
    m.stop();
    let (_, console) = m.end();
    assert!(start.elapsed().as_secs() >= 4, "it had its time");
    let killed = "- runit: warning: stage 2 not terminated, sending sigkill...\n";
    assert!(console.contains(&format!("{killed}{DOWN}")), "{console}");
}

#[test]
fn a_stage_2_that_ends_at_term_takes_no_extra_second() {
    let took = || {
        let m = Plan::new()
            .stage(
                2,
                "trap 'date +%s%N >/t/end; exit' TERM\necho $$ >>/t/two\nsleep 1000 & wait",
            )
            .stage(3, "date +%s%N >/t/three")
            .boot();
        m.wait_stage_2(1);
        m.stop();
        m.end();
        let ns = |file| m.lines(file)[0].parse::<u64>().expect("nanoseconds");
        (ns("t/three") - ns("t/end")) / 1_000_000
    };
    if ours("runit-no-extra-second") {
        // The fastest of some: a busy machine may take its time, a pause would always be there.
        let fastest = (0..20).map(|_| took()).find(|&ms| ms < 500);
        assert!(fastest.is_some());
    } else {
        assert!(took() >= 900);
    }
}

#[test]
fn a_stop_asked_for_in_stage_1_is_remembered() {
    let m = Plan::new()
        .stage(1, "mkfifo /t/go; echo one >>/t/one; read x </t/go")
        .stage(2, "")
        .boot();
    m.wait_lines("t/one", 1);
    m.stop();
    let expected = if ours("runit-remembers") {
        [
            REMEMBERED,
            "- runit: leave stage: /etc/runit/1\n- runit: warning: skipping stage 2...\n",
        ]
    } else {
        [
            TOO_LATE,
            "- runit: leave stage: /etc/runit/1\n- runit: enter stage: /etc/runit/2\n",
        ]
    };
    m.wait_console(expected[0]);
    m.inside("echo go >/t/go");
    let (_, console) = m.end();
    assert!(console.contains(expected[1]), "{console}");
}

#[test]
fn a_cont_in_stage_1_without_stopit_does_not_skip_stage_2() {
    if !ours("runit-remembers") {
        return;
    }
    let m = Plan::new()
        .stage(1, "kill -CONT 1; mkfifo /t/go; read x </t/go")
        .boot();
    m.wait_console(REMEMBERED);
    m.inside("echo go >/t/go");
    m.wait_stage_2(1);
}

#[test]
fn keys_pressed_in_stage_1_run_their_hook_in_stage_2() {
    if !ours("runit-remembers") {
        return;
    }
    let m = Plan::new()
        .stage(1, "kill -INT 1; mkfifo /t/go; read x </t/go")
        .script("etc/runit/ctrlaltdel", "echo keys >>/t/keys")
        .boot();
    m.wait_console(REMEMBERED);
    assert_eq!(m.lines("t/keys").len(), 0);
    m.inside("echo go >/t/go");
    m.wait_lines("t/keys", 1);
    m.wait_stage_2(1);
}

#[test]
fn a_request_in_stage_3_is_told_that_it_is_too_late() {
    let m = Plan::new()
        .stage(2, "")
        .stage(
            3,
            "for s in CONT INT PWR ALRM; do kill -$s 1; read x; done <>/t/go",
        )
        .before("mkfifo t/go")
        .boot();
    for count in 1..=4 {
        wait_until("the answer", || {
            m.console().matches(TOO_LATE).count() >= count
        });
        m.inside("echo go >/t/go");
    }
    let (code, console) = m.end();
    assert_eq!((code, console.matches(TOO_LATE).count()), (POWER_OFF, 4));
}

#[test]
fn a_restart_asked_for_in_stage_3_is_one() {
    let m = Plan::new()
        .stage(2, "")
        .stage(3, "touch /etc/runit/reboot; chmod 0100 /etc/runit/reboot")
        .boot();
    assert_eq!(m.end().0, RESTART);
}

#[test]
fn the_keys_run_their_hook_and_then_stopit_is_looked_at() {
    let m = Plan::new()
        .script(
            "etc/runit/ctrlaltdel",
            "echo keys; [ -e /t/again ] || { touch /t/again; exit 0; }\n\
             touch /etc/runit/stopit; chmod 0100 /etc/runit/stopit; exit 7",
        )
        .boot();
    m.wait_stage_2(1);
    m.signal("INT");
    let hook = "- runit: ctrl-alt-del request...\n\
                - runit: enter stage: /etc/runit/ctrlaltdel\n\
                keys\n\
                - runit: leave stage: /etc/runit/ctrlaltdel\n";
    m.wait_console(hook);
    m.assert_goes_on();
    m.signal("INT");
    let (_, console) = m.end();
    // Its exit code is nobody's business.
    assert!(console.contains(&format!("{hook}{DOWN}")), "{console}");
}

#[test]
fn a_hook_that_crashes_is_named() {
    let m = Plan::new()
        .script("etc/runit/ctrlaltdel", "kill -KILL $$")
        .boot();
    m.wait_stage_2(1);
    m.signal("INT");
    m.wait_console(
        "- runit: warning: child crashed: /etc/runit/ctrlaltdel\n\
         - runit: leave stage: /etc/runit/ctrlaltdel\n",
    );
}

#[test]
fn without_an_executable_hook_nothing_is_said() {
    let m = Plan::new()
        .file("etc/runit/ctrlaltdel", "#!/bin/sh\necho keys\n", 0o644)
        .file("etc/runit/pwrfail", "#!/bin/sh\necho power\n", 0o644)
        .stage(2, NOTES_ALARMS)
        .boot();
    m.wait_stage_2(1);
    if ours("runit-in-a-container") {
        // Here the signals themselves ask for a stop, see container.rs.
        return;
    }
    m.wait_console("- runit: enter stage: /etc/runit/2\n");
    let before = m.console();
    m.signal("INT");
    m.signal("PWR");
    m.stop();
    let (_, console) = m.end();
    assert!(console[before.len()..].starts_with("- runit: leave stage: /etc/runit/2\n"));
}

#[test]
fn a_power_failure_sets_stopit_where_it_exists_and_runs_its_hook() {
    for (exists, mode) in [(true, "100"), (false, "")] {
        let mut plan = Plan::new().script(
            "etc/runit/pwrfail",
            "stat -c %a /etc/runit/stopit >/t/mode 2>/dev/null; echo power >>/t/power",
        );
        if exists {
            plan = plan.file("etc/runit/stopit", "", 0);
        }
        let m = plan.boot();
        m.wait_stage_2(1);
        m.signal("PWR");
        m.wait_lines("t/power", 1);
        m.wait_console(
            "- runit: powerfail event...\n\
             - runit: enter stage: /etc/runit/pwrfail\n\
             - runit: leave stage: /etc/runit/pwrfail\n",
        );
        assert_eq!(m.lines("t/mode").concat(), mode);
        if exists {
            assert_eq!(m.end().0, POWER_OFF);
        } else {
            m.assert_goes_on();
        }
    }
}

#[test]
fn a_slow_hook_stops_neither_reaping_nor_requests() {
    if !ours("runit-hooks-are-children") {
        return;
    }
    let m = Plan::new()
        .script(
            "etc/runit/ctrlaltdel",
            "echo keys >>/t/keys; exec sleep 1000",
        )
        .boot();
    m.wait_stage_2(1);
    m.signal("INT");
    m.wait_lines("t/keys", 1);
    // An orphan that ends is taken away.
    m.inside("sh -c 'sleep 0.01 & echo $! >/t/orphan'");
    let orphan = m.lines("t/orphan")[0].clone();
    wait_until("the orphan is gone", || {
        m.inside(&format!("[ -e /proc/{orphan} ]")).code != 0
    });
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn keys_pressed_while_their_hook_runs_run_it_once_more() {
    if !ours("runit-hooks-are-children") {
        return;
    }
    let m = Plan::new()
        // A FIFO for each run: the second would find the first one's writer still there.
        .script(
            "etc/runit/ctrlaltdel",
            "echo keys >>/t/keys; read x </t/go$(grep -c . /t/keys)",
        )
        .before("mkfifo t/go1 t/go2")
        .boot();
    m.wait_stage_2(1);
    m.signal("INT");
    m.wait_lines("t/keys", 1);
    m.signal("INT");
    m.signal("INT");
    m.inside("echo go >/t/go1");
    m.wait_lines("t/keys", 2);
    m.inside("echo go >/t/go2");
    let leave = "- runit: leave stage: /etc/runit/ctrlaltdel\n";
    wait_until("both ended", || m.console().matches(leave).count() == 2);
    assert_eq!(m.lines("t/keys").len(), 2);
}

#[test]
fn a_stop_is_obeyed_while_stage_2_waits_for_its_restart() {
    if !ours("runit-hooks-are-children") {
        return;
    }
    let m = Plan::new().stage(2, "exit 111").boot();
    m.wait_console("killing all processes in stage 2...");
    m.stop();
    let (_, console) = m.end();
    assert!(
        console.contains(&format!("stage 2...\n{DOWN}")),
        "{console}"
    );
}

#[test]
fn alarms_are_forwarded_to_stage_2() {
    if !ours("runit-forwards-alarms") {
        return;
    }
    let m = Plan::new().stage(2, NOTES_ALARMS).boot();
    m.wait_stage_2(1);
    m.signal("ALRM");
    m.wait_lines("t/alarms", 1);
}

/// A process 1 of a user who may have as many processes at once, and the only other one of them.
/// The user is nobody else's: processes are counted over all of the machine.
fn limited(series: u32, processes: u32) -> (Plan, Daemon) {
    let uid = series * 10_000_000 + std::process::id();
    let plan = Plan::new()
        .before("chmod 666 dev/console; chmod 777 t")
        .launch(&format!(
            "exec setpriv --reuid {uid} --clear-groups prlimit --nproc={processes} /sbin/runit"
        ));
    let uid = uid.to_string();
    let other = plan
        .command("/usr/bin/setpriv")
        .args(["--reuid", &uid, "--clear-groups", "sleep", "1000"])
        .spawn();
    wait_until("it is a process of that user", || {
        procs::cmdline(other.pid())[0] == b"sleep"
    });
    (plan, other)
}

#[test]
fn a_stage_that_cannot_be_forked_is_tried_again() {
    let (plan, other) = limited(1, 2);
    let m = plan.boot();
    let said = "- runit: fatal: unable to fork for \"/etc/runit/1\" pausing: temporary failure\n";
    m.wait_console(&said.repeat(2));
    drop(other);
    m.wait_console("- runit: enter stage: /etc/runit/1\n");
    m.wait_stage_2(1);
}

#[test]
fn a_hook_of_the_keys_that_cannot_be_forked_is_tried_again() {
    let (plan, other) = limited(2, 3);
    let m = plan.script("etc/runit/ctrlaltdel", "echo keys").boot();
    m.wait_stage_2(1);
    m.signal("INT");
    let said =
        "- runit: fatal: unable to fork for \"/etc/runit/ctrlaltdel\" pausing: temporary failure\n";
    m.wait_console(&format!("- runit: ctrl-alt-del request...\n{said}{said}"));
    drop(other);
    m.wait_console(
        "- runit: enter stage: /etc/runit/ctrlaltdel\n\
         keys\n\
         - runit: leave stage: /etc/runit/ctrlaltdel\n",
    );
    assert_eq!(m.console().matches("ctrl-alt-del request").count(), 1);
}

#[test]
fn a_hook_of_the_power_that_cannot_be_forked_stops_the_system() {
    let (plan, _other) = limited(3, 3);
    let m = plan.script("etc/runit/pwrfail", "echo power").boot();
    m.wait_stage_2(1);
    m.signal("PWR");
    m.wait_console(
        "- runit: powerfail event...\n\
         - runit: fatal: unable to fork for \"/etc/runit/pwrfail\" forcing shutdown: temporary failure\n",
    );
    if ours("runit-power-failures-stop") {
        m.wait_console("- runit: enter stage: /etc/runit/3\n");
    }
}
