//! Process 1 itself: what it survives, and its replacement while the system runs.

use vm_tests::{End, Guest};

/// What must be the same afterwards: stage 2, and a service's process.
const STAGE_2: &str = "pidof runsvdir; cat /etc/service/syslogd/supervise/pid";

#[test]
fn a_crashed_process_1_goes_on_with_the_same_stage_2() {
    let mut vm = Guest::minimal("a_crashed_process_1_goes_on_with_the_same_stage_2").start();
    vm.log_in();
    vm.run_until_ok("sv check syslogd");
    let before = vm.run(STAGE_2);
    for signal in ["SEGV", "BUS", "ILL", "FPE", "ABRT"] {
        vm.send(&format!("kill -{signal} 1"));
        vm.expect("process 1 crashed");
        vm.expect("going on with stage 2");
        vm.expect("\n");
        assert_eq!(vm.run(STAGE_2), before, "after {signal}");
    }
    vm.send("init 6");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn telinit_u_puts_a_new_process_1_in_place() {
    let mut vm = Guest::minimal("telinit_u_puts_a_new_process_1_in_place").start();
    vm.log_in();
    vm.run_until_ok("sv check syslogd");
    let before = vm.run(STAGE_2);
    vm.run("cp /usr/sbin/runit /usr/sbin/runit.new && mv /usr/sbin/runit.new /usr/sbin/runit");
    assert!(vm.run("readlink /proc/1/exe").contains("(deleted)"));
    vm.send("init u");
    vm.expect("going on with stage 2");
    vm.expect("\n");
    assert_eq!(vm.run("readlink /proc/1/exe"), "/usr/sbin/runit\n");
    assert_eq!(vm.run(STAGE_2), before);
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
}

#[test]
fn a_new_process_1_that_cannot_start_leaves_the_old_one() {
    let mut vm = Guest::minimal("a_new_process_1_that_cannot_start_leaves_the_old_one").start();
    vm.log_in();
    vm.run_until_ok("sv check syslogd");
    let before = vm.run(STAGE_2);
    vm.run("mv /usr/sbin/runit /usr/sbin/runit.old && echo garbage >/usr/sbin/runit");
    vm.send("chmod 755 /usr/sbin/runit; init u");
    vm.expect("going on as before");
    vm.expect("\n");
    assert_eq!(vm.run(STAGE_2), before);
    vm.send("init 6");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn on_a_machine_it_ignores_what_stops_a_container() {
    let mut vm = Guest::minimal("on_a_machine_it_ignores_what_stops_a_container").start();
    vm.log_in();
    vm.run_until_ok("sv check syslogd");
    let before = vm.run(STAGE_2);
    // TERM, and what systemd means by RTMIN+3, +4 and +5.
    vm.run("for s in 15 37 38 39; do kill -$s 1; done");
    // Requests are handled one after the other: this one is the last.
    vm.send("init u");
    vm.expect("going on with stage 2");
    vm.expect("\n");
    assert_eq!(vm.run(STAGE_2), before);
    vm.send("init 6");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn the_console_is_given_up_to_who_logs_in() {
    let mut vm = Guest::minimal("the_console_is_given_up_to_who_logs_in").start();
    vm.log_in();
    // The seventh field is the controlling terminal, the eighth the group in its foreground.
    assert_eq!(vm.run("cut -d' ' -f7 /proc/1/stat"), "0\n");
    assert_ne!(vm.run("cut -d' ' -f7 /proc/$$/stat"), "0\n");
    vm.send("sleep 1000");
    vm.send("\x03");
    vm.run("true");
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
}
