//! Sleep, and the power button as a hypervisor presses it.

use vm_tests::{End, Guest};

/// A hook of zzz that says so on the console.
const HOOK: &str = "#!/bin/sh\necho \"hook ${0##*zzz.d/} $ZZZ_MODE\" >/dev/console\n";

#[test]
fn a_machine_sleeps_and_wakes_up_and_its_power_button_switches_it_off_in_order() {
    let name = "a_machine_sleeps_and_wakes_up_and_its_power_button_switches_it_off_in_order";
    let mut vm = Guest::disk(name)
        .file("/etc/zzz.d/suspend/10-test", HOOK)
        .file("/etc/zzz.d/resume/10-test", HOOK)
        .start();
    vm.log_in();
    vm.send("zzz; echo awake=$?");
    vm.expect("hook suspend/10-test suspend");
    vm.wake_from_sleep();
    vm.expect("hook resume/10-test suspend");
    vm.expect("awake=0\n");
    vm.run_until_ok("grep 'info: watching /dev/input/' /var/log/power-button/current");
    vm.press_power_button();
    vm.expect("the power button was pressed");
    vm.expect("runit: 3: ");
    assert_eq!(vm.ends(), End::PowerOff);
}
