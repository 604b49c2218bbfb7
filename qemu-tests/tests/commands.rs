//! The commands people type to end the system, and the records that tell of it afterwards.

use std::time::{Duration, Instant};

use vm_tests::{End, Guest};

#[test]
fn a_shutdown_is_asked_for_seen_cancelled_and_comes_when_the_clock_shows_it() {
    let name = "a_shutdown_is_asked_for_seen_cancelled_and_comes_when_the_clock_shows_it";
    let mut vm = Guest::minimal(name).start();
    vm.log_in();
    // Messages to this terminal would come in between what commands say.
    vm.run("shutdown --no-wall -r +1 a new kernel");
    assert!(vm.run("shutdown --show").starts_with("reboot at "));
    vm.run_until_ok("test -e /run/nologin");
    vm.run("shutdown -c");
    vm.run("! shutdown --show && ! test -e /run/nologin && ! test -e /etc/nologin");
    // Two seconds before the time, by a clock that is set while it waits.
    vm.run("date -s '2030-01-01 11:30:00'");
    vm.send("shutdown -r 12:01; date -s '2030-01-01 12:00:58'");
    vm.expect("the system goes down NOW (reboot)");
    vm.expect("runit: 3: ");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn a_shutdown_in_a_minute_comes_after_a_minute_whatever_the_clock_shows() {
    let name = "a_shutdown_in_a_minute_comes_after_a_minute_whatever_the_clock_shows";
    let mut vm = Guest::minimal(name).start();
    vm.log_in();
    let asked = Instant::now();
    vm.send("shutdown -P +1; date -s '2030-01-01 12:00:00'");
    vm.expect("the system goes down NOW (power-off)");
    assert!(asked.elapsed() > Duration::from_secs(55));
    vm.expect("runit: 3: ");
    assert_eq!(vm.ends(), End::PowerOff);
}

#[test]
fn reboot_with_force_resets_at_once() {
    let mut vm = Guest::minimal("reboot_with_force_resets_at_once").start();
    vm.log_in();
    vm.send("reboot -f");
    assert_eq!(vm.ends(), End::Reset);
    assert!(!vm.transcript().contains("/etc/runit/3"));
}

#[test]
fn boot_level_and_shutdown_are_on_record() {
    let mut vm = Guest::disk("boot_level_and_shutdown_are_on_record")
        .file("/var/log/wtmp", "")
        .start();
    vm.log_in();
    assert_eq!(vm.run("runlevel"), "N 2\n");
    vm.send("init 6");
    assert_eq!(vm.ends(), End::Reset);
    vm.start_again();
    vm.log_in();
    let last = vm.run("last -x");
    let kinds: Vec<&str> = last
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let system: Vec<&str> = kinds
        .iter()
        .copied()
        .filter(|kind| ["reboot", "runlevel", "shutdown"].contains(kind))
        .collect();
    let boot = ["runlevel", "reboot"];
    let down = ["shutdown", "runlevel"];
    assert_eq!(system, [&boot[..], &down, &boot].concat(), "{last}");
    assert!(
        last.contains("(to lvl 6)") && last.contains("(to lvl 2)"),
        "{last}"
    );
    assert_eq!(vm.run("last reboot | grep -c 'system boot'"), "2\n");
}
