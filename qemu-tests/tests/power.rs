//! The power button, as a hypervisor presses it, and sleep.

use vm_tests::{End, Guest};

#[test]
fn the_power_button_switches_the_machine_off_in_order() {
    let name = "the_power_button_switches_the_machine_off_in_order";
    let mut vm = Guest::disk(name).start();
    vm.log_in();
    vm.run_until_ok(
        "grep -r 'power-button: info: watching' /var/log/power-button /run/log 2>/dev/null",
    );
    vm.press_power_button();
    vm.expect("the power button was pressed");
    vm.expect("runit: 3: ");
    assert_eq!(vm.ends(), End::PowerOff);
}

#[test]
fn a_machine_that_sleeps_wakes_up_and_runs_its_hooks() {
    let name = "a_machine_that_sleeps_wakes_up_and_runs_its_hooks";
    let hook = "#!/bin/sh\necho \"hook ${0##*zzz.d/} $ZZZ_MODE\" >/dev/console\n";
    let mut vm = Guest::disk(name)
        .file("/etc/zzz.d/suspend/10-test", hook)
        .file("/etc/zzz.d/resume/10-test", hook)
        .start();
    vm.log_in();
    vm.send("zzz; echo awake=$?");
    vm.expect("hook suspend/10-test suspend");
    vm.wake_from_sleep();
    vm.expect("hook resume/10-test suspend");
    vm.expect("awake=0");
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
}
