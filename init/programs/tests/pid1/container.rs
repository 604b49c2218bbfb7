//! In a container: stopped by what managers of containers send, without files, and without rights.

use crate::common::*;
use crate::machine::*;

/// glibc's SIGRTMIN, which managers count from.
const RTMIN: u32 = 34;

fn plain() -> Option<Plan> {
    ours("runit-in-a-container").then(Plan::new)
}

#[test]
fn term_and_the_signals_of_systemd_ask_for_a_stop() {
    let cases = [
        ("TERM".to_string(), "power off...", POWER_OFF),
        (format!("{}", RTMIN + 3), "system halt.", POWER_OFF),
        (format!("{}", RTMIN + 4), "power off...", POWER_OFF),
        (format!("{}", RTMIN + 5), "system reboot.", RESTART),
        ("PWR".to_string(), "system halt.", POWER_OFF),
        ("INT".to_string(), "system reboot.", RESTART),
    ];
    for (signal, said, how) in cases {
        let Some(plan) = plain() else { return };
        let m = plan.stage(3, "echo three").boot();
        m.wait_stage_2(1);
        m.signal(&signal);
        let (code, console) = m.end();
        assert!(console.contains("\nthree\n"), "{console}");
        assert!(
            console.ends_with(&format!("- runit: {said}\n")),
            "{signal}: {console}"
        );
        assert_eq!(code, how, "{signal}");
    }
}

#[test]
fn a_stale_flag_does_not_turn_a_power_off_into_a_restart() {
    let Some(plan) = plain() else { return };
    let m = plan.file("etc/runit/reboot", "", 0o100).boot();
    m.wait_stage_2(1);
    m.signal("TERM");
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn executable_hooks_have_the_first_word() {
    for (signal, hook) in [("INT", "ctrlaltdel"), ("PWR", "pwrfail")] {
        let Some(plan) = plain() else { return };
        let m = plan
            .script(&format!("etc/runit/{hook}"), "echo hook >>/t/hook")
            .boot();
        m.wait_stage_2(1);
        m.signal(signal);
        m.wait_console(&format!("- runit: leave stage: /etc/runit/{hook}\n"));
        m.assert_goes_on();
        assert_eq!(m.lines("t/hook").len(), 1);
    }
}

#[test]
fn a_stop_in_stage_1_is_remembered() {
    let Some(plan) = plain() else { return };
    let m = plan.stage(1, "kill -TERM 1").boot();
    let (code, console) = m.end();
    assert!(console.contains("skipping stage 2...\n"), "{console}");
    assert_eq!((code, m.lines("t/two").len()), (POWER_OFF, 0));
}

#[test]
fn without_the_right_to_reboot_it_exits_and_tells_a_restart_by_133() {
    for (signal, how) in [("TERM", 0), ("INT", 133)] {
        let Some(plan) = plain() else { return };
        let m = plan
            .launch("exec setpriv --bounding-set -sys_boot /sbin/runit")
            .boot();
        m.wait_stage_2(1);
        m.signal(signal);
        let (code, console) = m.end();
        assert_eq!(code, how, "{signal}: {console}");
    }
}

#[test]
fn without_a_console_it_keeps_the_descriptors_it_was_given() {
    let Some(plan) = plain() else { return };
    let m = plan
        .before("umount dev/console; rm dev/console")
        .stage(1, "echo one")
        .stage(3, "echo three >&2")
        .boot();
    m.wait_stage_2(1);
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
    assert_eq!(m.stdout(), "one\n");
    let said = m.stderr();
    assert!(said.starts_with("- runit: runit-rs "), "{said}");
    assert!(
        said.contains("- runit: enter stage: /etc/runit/3\nthree\n"),
        "{said}"
    );
    assert_eq!(m.console(), "");
}

#[test]
fn with_nobody_to_read_its_messages_it_works() {
    let Some(plan) = plain() else { return };
    let m = plan
        .before("umount dev/console; rm dev/console; mkfifo t/pipe")
        .launch("exec 9<>/t/pipe; exec 2>/t/pipe 9<&-; exec /sbin/runit")
        .boot();
    m.wait_stage_2(1);
    m.stop();
    assert_eq!((m.end().0, m.stderr()), (POWER_OFF, String::new()));
}

#[test]
fn a_console_that_is_made_later_is_not_taken() {
    let Some(plan) = plain() else { return };
    let m = plan
        .before("umount dev/console; rm dev/console")
        .stage(1, ": >/dev/console")
        .boot();
    m.wait_stage_2(1);
    m.signal("SEGV");
    m.wait_stderr("process 1 crashed");
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
    assert!(
        m.stderr().ends_with("- runit: power off...\n"),
        "{}",
        m.stderr()
    );
}

#[test]
fn without_any_descriptor_and_with_an_empty_dev_it_works() {
    let Some(plan) = plain() else { return };
    let m = plan
        .before("umount -R dev")
        .launch("exec /sbin/runit <&- >&- 2>&-")
        .stage(
            1,
            "ls -A /dev >/t/dev; ls /proc/1/fd | tr '\\n' ' ' >/t/fds",
        )
        .boot();
    m.wait_stage_2(1);
    assert_eq!(m.lines("t/dev"), [""; 0]);
    let fds = m.lines("t/fds").concat();
    let open = |fd| fds.split(' ').any(|f| f == fd);
    assert!(open("0") && open("1") && open("2"), "{fds}");
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn without_proc_it_works() {
    let Some(plan) = plain() else { return };
    let m = plan.before("umount -l proc").boot();
    m.wait_stage_2(1);
    m.signal("SEGV");
    m.wait_console("process 1 crashed (signal 11), going on with stage 2");
    m.stop();
    assert_eq!(m.end().0, POWER_OFF);
}

#[test]
fn on_a_read_only_root_it_works() {
    let Some(plan) = plain() else { return };
    let m = plan
        .before("mount -t tmpfs t t; mount -t tmpfs run run; mount --rbind . .; cd \"$1\"; mount -o remount,bind,ro .")
        .stage(2, "exec sleep 1000")
        .boot();
    m.wait_console("enter stage: /etc/runit/2");
    m.ask("runit-init 6");
    assert_eq!(m.end().0, RESTART);
}

#[test]
fn a_terminal_that_was_its_own_it_keeps() {
    let Some(plan) = plain() else { return };
    let m = plan
        .launch("exec setsid --ctty /sbin/runit </dev/console")
        .stage(3, "echo three")
        .boot();
    m.wait_stage_2(1);
    // Ctrl-C goes to the group in the foreground, which is that of process 1.
    m.type_in("\x03");
    let (code, console) = m.end();
    assert!(console.contains("\nthree\n"), "{console}");
    assert_eq!(code, RESTART);
}
