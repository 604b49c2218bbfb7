//! runit-rs-run on a real Debian that keeps its init: systemd (the unit runit.service) or sysvinit (a line of
//! inittab) starts the supervision of the level svmanaged, which ends without leaving a process, comes back, and
//! goes with its package. Run by `make test-debian-vm`.

use vm_tests::Debian;
use vm_tests::administrator::Administrator;
use vm_tests::machine::{Machine, free_port};

/// What an administrator reads on the console without being alarmed.
const KNOWN: &[&str] = &[
    // The systemd of Debian 13 has one that wants a kernel with AF_VSOCK.
    "systemd-ssh-generator",
    // The link of the administrator's is in it.
    "directory '/etc/runit/runsvdir/svmanaged' not empty so not removed",
];

/// The service that these tests make.
const MAY_COME: &[&str] = &[
    "/etc/sv/(tried/.*)?",
    "/etc/runit/(runsvdir/(svmanaged/(tried)?)?)?",
    "/var/log/tried/.*",
];

/// A Debian with this init, our supervision beside it, and a service of the administrator's in its level: it says
/// when it runs, and when it is asked to end.
fn with_supervision(init: &str, name: &str) -> Administrator {
    // With a network, which no init likes to miss.
    let port = free_port().unwrap();
    let mut root = Administrator::of(Debian::with(init, name).ssh_port(port), KNOWN);
    root.notes_files("files.before");
    root.installs("runit-rs runit-rs-run");
    let vm = &mut root.vm;
    vm.step("a service");
    vm.run("mkdir -p /etc/sv/tried/log /var/log/tried");
    vm.run(
        "printf '%s\\n' '#!/bin/sh' 'exec 2>&1' 'trap \"kill \\$!; echo it ends; exit\" TERM' 'echo it runs' \
         'sleep 1000000 &' wait >/etc/sv/tried/run",
    );
    vm.run("printf '#!/bin/sh\\nexec svlogd /var/log/tried\\n' >/etc/sv/tried/log/run");
    vm.run("chmod +x /etc/sv/tried/run /etc/sv/tried/log/run");
    vm.run("ln -s /etc/sv/tried /etc/runit/runsvdir/svmanaged/");
    runs(vm);
    assert_eq!((said(vm, "it runs"), said(vm, "it ends")), (1, 0));
    root
}

/// The service and its logger run, once, under one supervisor.
fn runs(vm: &mut Machine) {
    vm.run_until_ok("sv status tried | grep '^run: tried: .*; run: log: '");
    vm.run_until_ok("pgrep -f '^sleep 1000000$'");
    vm.run_until_ok("test $(pidof runsvdir | wc -w) = 1 && test $(pidof runsv | wc -w) = 1");
    vm.run("test $(pgrep -cf '^sleep 1000000$') = 1");
}

/// How often the service has said so; a line that is not to come would have come before the prompt.
fn said(vm: &mut Machine, line: &str) -> u32 {
    let count = vm.run(&format!(
        "grep -c '{line}' /var/log/tried/current || test $? = 1"
    ));
    count.trim().parse().expect("a number")
}

/// No process of ours or of the service's stays.
fn nothing_runs(vm: &mut Machine) {
    vm.run("! pidof runsvdir runsv svlogd");
    vm.run("! pgrep -f '^sleep 1000000$|runit/supervise'");
}

/// A supervisor that is killed comes back, and takes over what ran.
fn comes_back_after_a_kill(vm: &mut Machine) {
    vm.step("kill -KILL");
    let old = vm.run("pidof runsvdir");
    vm.run("kill -KILL $(pidof runsvdir)");
    vm.run_until_ok(&format!("pidof runsvdir | grep -vwF {}", old.trim()));
    runs(vm);
}

#[test]
#[ignore = "make test-debian-vm"]
fn beside_systemd_a_unit_supervises_and_ends_cleanly() {
    let name = "beside_systemd_a_unit_supervises_and_ends_cleanly";
    let mut root = with_supervision("systemd", name);
    let vm = &mut root.vm;
    vm.run("systemctl is-enabled runit && systemctl is-active runit");
    assert_eq!(vm.run("cat /proc/1/comm"), "systemd\n");

    vm.step("systemctl restart, stop, start");
    vm.run("systemctl restart runit");
    runs(vm);
    assert_eq!((said(vm, "it runs"), said(vm, "it ends")), (2, 1));
    vm.run("systemctl stop runit");
    nothing_runs(vm);
    assert_eq!((said(vm, "it runs"), said(vm, "it ends")), (2, 2));
    vm.run("systemctl show -p Result runit | grep -x Result=success");
    vm.run("! systemctl --failed --no-legend | grep .");
    vm.run("! journalctl -q -u runit | grep -i -e kill -e 'timed out' -e fail");
    vm.run("systemctl start runit");
    runs(vm);
    comes_back_after_a_kill(vm);

    let before = said(vm, "it ends");
    root.restarts_by("reboot", "systemd");
    runs(&mut root.vm);
    assert_eq!(said(&mut root.vm, "it ends"), before + 1);
    root.purges("runit-rs runit-rs-run");
    leaves_nothing(&mut root, before + 2);
    root.goes_home();
}

#[test]
#[ignore = "make test-debian-vm"]
fn beside_sysvinit_inittab_supervises_and_ends_cleanly() {
    let name = "beside_sysvinit_inittab_supervises_and_ends_cleanly";
    let mut root = with_supervision("sysvinit", name);
    let vm = &mut root.vm;
    vm.run("grep '^RR:.*:respawn:' /etc/inittab");
    assert_eq!(vm.run("cat /proc/1/comm"), "init\n");
    comes_back_after_a_kill(vm);
    let before = said(vm, "it ends");
    root.restarts_by("reboot", "init");
    runs(&mut root.vm);
    assert_eq!(said(&mut root.vm, "it ends"), before + 1);
    root.purges("runit-rs runit-rs-run");
    root.vm.run_until_ok("! pidof runsvdir runsv svlogd");
    root.vm.run("! grep '^RR:' /etc/inittab");
    leaves_nothing(&mut root, before + 2);
    root.goes_home();
}

/// After the purge: the service has ended `times` times, each in order; no process, no file stays.
fn leaves_nothing(root: &mut Administrator, times: u32) {
    nothing_runs(&mut root.vm);
    assert_eq!(said(&mut root.vm, "it ends"), times);
    let left = root.new_files("files.before", MAY_COME);
    assert_eq!(left, "", "left behind, or gone");
}
