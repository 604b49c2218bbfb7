//! From the kernel to a login: stage 1, the level, process 1's first moments.

use vm_tests::{End, Guest};

#[test]
fn a_person_logs_in_on_the_serial_console() {
    let mut vm = Guest::minimal("a_person_logs_in_on_the_serial_console").start();
    vm.log_in();
    assert_eq!(vm.run("id -un"), "root\n");
    assert_eq!(vm.run("cat /proc/1/comm"), "runit\n");
    assert_eq!(vm.run("hostname"), "runit\n");
    assert_eq!(vm.run("readlink /proc/$$/fd/1"), "/dev/ttyS0\n");
}

#[test]
fn the_services_of_the_default_level_are_up() {
    let mut vm = Guest::minimal("the_services_of_the_default_level_are_up").start();
    vm.log_in();
    for service in ["getty-console", "syslogd", "klogd", "cron"] {
        vm.run_until_ok(&format!("sv check {service}"));
        let status = vm.run(&format!("sv status {service}"));
        assert!(
            status.starts_with(&format!("run: {service}: (pid ")),
            "{status}"
        );
    }
}

#[test]
fn process_1_starts_where_there_is_no_dev() {
    let mut guest = Guest::minimal("process_1_starts_where_there_is_no_dev");
    guest.files().remove("/dev");
    let mut vm = guest.start();
    vm.log_in();
    assert_eq!(vm.run("ls -l /proc/1/fd | grep -c /dev/console"), "3\n");
}

#[test]
fn stage_1_that_exits_100_leads_to_stage_3_and_power_off() {
    let mut vm = Guest::minimal("stage_1_that_exits_100_leads_to_stage_3_and_power_off")
        .file("/etc/runit/1", "#!/bin/sh\nexit 100\n")
        .file(
            "/etc/runit/2",
            "#!/bin/sh\necho stage 2 ran\nexec sleep 100000\n",
        )
        .file("/etc/runit/3", "#!/bin/sh\necho stage 3 ran\n")
        .start();
    vm.expect("stage 3 ran");
    assert_eq!(vm.ends(), End::PowerOff);
    assert!(!vm.transcript().contains("stage 2 ran"));
}

#[test]
fn a_crashed_stage_1_leads_to_stage_3() {
    let mut vm = Guest::minimal("a_crashed_stage_1_leads_to_stage_3")
        .file("/etc/runit/1", "#!/bin/sh\nkill -SEGV $$\n")
        .file("/etc/runit/3", "#!/bin/sh\necho stage 3 ran\n")
        .start();
    vm.expect("stage 3 ran");
    assert_eq!(vm.ends(), End::PowerOff);
}

#[test]
fn a_duty_that_asks_for_a_restart_gets_one() {
    let mut vm = Guest::minimal("a_duty_that_asks_for_a_restart_gets_one")
        .file("/etc/runit/boot.d/43-repaired.sh", "#!/bin/sh\nexit 101\n")
        .start();
    vm.expect("the machine must go down: reboot");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn single_asks_for_roots_password_and_goes_on_to_the_default_level() {
    let mut vm = Guest::minimal("single_asks_for_roots_password_and_goes_on_to_the_default_level")
        .words("single")
        .start();
    vm.expect("password for");
    vm.send("runit");
    vm.expect("# ");
    vm.send("ls /etc/service; exit");
    vm.expect("sulogin\n");
    vm.log_in();
    // It is said after the link was replaced, so it may come behind the prompt.
    vm.expect_ever("default: now current", 1);
    vm.run_until_ok("sv check syslogd");
}

#[test]
fn a_severe_failure_asks_for_roots_password_and_tries_once_more() {
    let mut vm = Guest::minimal("a_severe_failure_asks_for_roots_password_and_tries_once_more")
        .file(
            "/etc/runit/boot.d/43-bad.sh",
            "#!/bin/sh\ntest -e /run/repaired || exit 100\n",
        )
        .start();
    vm.expect("emergency shell");
    vm.expect("password for");
    vm.send("runit");
    vm.expect("# ");
    vm.send("touch /run/repaired; exit");
    vm.log_in();
    assert!(!vm.transcript().contains("failed: 43-bad"));
}

#[test]
fn a_machine_nobody_watches_goes_on_after_a_severe_failure() {
    let mut vm = Guest::minimal("a_machine_nobody_watches_goes_on_after_a_severe_failure")
        .file("/etc/runit/boot.d/43-bad.sh", "#!/bin/sh\nexit 100\n")
        .file("/etc/runit/rc.conf", "EMERGENCY_TIMEOUT=2\n")
        .start();
    vm.expect("emergency shell");
    vm.expect("failed: 43-bad");
    vm.log_in();
}
