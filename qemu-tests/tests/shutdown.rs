//! The ways down: what asks for it, what stage 3 does, and how the machine ends.

use vm_tests::{End, Guest};

fn goes_down(name: &str, command: &str, end: End) {
    let mut vm = Guest::minimal(name).start();
    vm.log_in();
    vm.send(command);
    vm.expect("runit: 3: ");
    assert_eq!(vm.ends(), end);
}

#[test]
fn init_6_resets_the_machine() {
    goes_down("init_6_resets_the_machine", "init 6", End::Reset);
}

#[test]
fn init_0_switches_the_machine_off() {
    goes_down("init_0_switches_the_machine_off", "init 0", End::PowerOff);
}

#[test]
fn reboot_resets_the_machine() {
    goes_down("reboot_resets_the_machine", "reboot", End::Reset);
}

#[test]
fn poweroff_switches_the_machine_off() {
    goes_down(
        "poweroff_switches_the_machine_off",
        "poweroff",
        End::PowerOff,
    );
}

#[test]
fn halt_stops_the_processor_and_leaves_the_machine_on() {
    let mut vm = Guest::minimal("halt_stops_the_processor_and_leaves_the_machine_on").start();
    vm.log_in();
    vm.send("halt");
    vm.expect("runit: 3: ");
    vm.expect("reboot: System halted");
    assert!(!vm.has_ended());
}

#[test]
fn ctrl_alt_del_resets_the_machine() {
    let mut vm = Guest::minimal("ctrl_alt_del_resets_the_machine").start();
    vm.log_in();
    vm.press(&["ctrl", "alt", "delete"]);
    vm.expect("runit: ctrlaltdel: reboot now");
    vm.expect("runit: 3: ");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn a_service_that_ignores_term_is_named_and_killed() {
    let mut vm = Guest::minimal("a_service_that_ignores_term_is_named_and_killed")
        .service(
            "stubborn",
            "#!/bin/sh\ntrap '' TERM\n: >/run/deaf\nwhile :; do sleep 1; done\n",
        )
        .file("/etc/runit/rc.conf", "SVWAIT_STOP=2\n")
        .start();
    vm.log_in();
    vm.run_until_ok("test -e /run/deaf");
    vm.send("init 0");
    vm.expect("kill: run: stubborn: (pid ");
    assert_eq!(vm.ends(), End::PowerOff);
}

#[test]
fn a_process_that_ignores_term_is_named_and_killed() {
    let mut vm = Guest::minimal("a_process_that_ignores_term_is_named_and_killed")
        .file(
            "/usr/bin/stubborn",
            "#!/bin/sh\ntrap '' TERM HUP\necho deaf >/dev/console\nwhile :; do sleep 1; done\n",
        )
        .start();
    vm.log_in();
    vm.send("setsid /usr/bin/stubborn &");
    vm.expect("deaf");
    vm.send("init 6");
    vm.expect("TERM to process ");
    vm.expect("KILL to process ");
    vm.expect("/usr/bin/stubborn");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn a_request_during_stage_1_is_remembered() {
    let mut vm = Guest::minimal("a_request_during_stage_1_is_remembered")
        .file("/etc/runit/boot.d/90-rc-local.sh", "#!/bin/sh\ninit 6\n")
        .start();
    assert_eq!(vm.ends(), End::Reset);
}
