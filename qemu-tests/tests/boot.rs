//! From the kernel to a login.

use vm_tests::{End, Guest};

#[test]
fn a_person_logs_in_on_the_serial_console() {
    let mut vm = Guest::minimal("a_person_logs_in_on_the_serial_console").start();
    vm.log_in();
    assert_eq!(vm.run("id -u"), "0\n");
    assert_eq!(vm.run("cat /proc/1/comm"), "runit\n");
    vm.send("touch /run/runit.stopit; chmod 100 /run/runit.stopit; touch /run/runit.reboot; chmod 100 /run/runit.reboot; kill -CONT 1");
    assert_eq!(vm.ends(), End::Reset);
}
