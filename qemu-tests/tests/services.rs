//! Services of the default level in a running guest.

use vm_tests::{Guest, Machine};

/// The pid of the supervisor of the service `loud`, as a shell command; fails if there is none.
const SUPERVISOR: &str = "ps | awk '/[r]unsv loud/ { print $1; n = 1 } END { exit !n }'";

/// Notes each of its starts, then sleeps. (What a service says on the console comes at any moment:
/// before a prompt, or between what a command says.)
const LOUD: &str = "#!/bin/sh\necho started >>/run/loud\nexec sleep 100000\n";

/// Waits until the service `loud` was started so many times.
#[track_caller]
fn loud_started(vm: &mut Machine, times: usize) {
    vm.run_until_ok(&format!("test $(wc -l </run/loud) = {times}"));
}

#[test]
fn a_killed_service_comes_back() {
    let mut vm = Guest::minimal("a_killed_service_comes_back")
        .service("loud", LOUD)
        .start();
    vm.log_in();
    loud_started(&mut vm, 1);
    let first = vm.run("cat /etc/service/loud/supervise/pid");
    vm.run("kill -KILL $(cat /etc/service/loud/supervise/pid)");
    loud_started(&mut vm, 2);
    vm.run_until_ok("sv check loud");
    assert_ne!(vm.run("cat /etc/service/loud/supervise/pid"), first);
}

#[test]
fn a_killed_supervisor_comes_back() {
    let mut vm = Guest::minimal("a_killed_supervisor_comes_back")
        .service("loud", LOUD)
        .start();
    vm.log_in();
    loud_started(&mut vm, 1);
    let first = vm.run(SUPERVISOR);
    // Its service would run on beside the new one's: both are killed.
    vm.run(&format!(
        "kill -KILL {} $(cat /etc/service/loud/supervise/pid)",
        first.trim()
    ));
    loud_started(&mut vm, 2);
    vm.run_until_ok("sv check loud");
    assert_ne!(vm.run(SUPERVISOR), first);
}

#[test]
fn a_stage_2_that_crashes_is_started_again() {
    let mut vm = Guest::minimal("a_stage_2_that_crashes_is_started_again").start();
    vm.log_in();
    let first = vm.run("pidof runsvdir");
    vm.send("kill -KILL $(pidof runsvdir)");
    // It takes its process group with it, this login's getty not: that is a session of its own.
    vm.run_until_ok(&format!(
        "pidof runsvdir && test $(pidof runsvdir) != {}",
        first.trim()
    ));
    vm.run_until_ok("sv check syslogd");
}

#[test]
fn a_service_directory_dropped_in_runs_and_one_taken_away_stops() {
    let name = "a_service_directory_dropped_in_runs_and_one_taken_away_stops";
    let mut vm = Guest::minimal(name).file("/etc/sv/loud/run", LOUD).start();
    vm.log_in();
    vm.run("ln -s /etc/sv/loud /etc/service/");
    loud_started(&mut vm, 1);
    vm.run_until_ok("sv check loud");
    vm.run("rm /etc/service/loud");
    vm.run_until_ok(&format!("! {SUPERVISOR}"));
}

#[test]
fn another_level_starts_and_stops_services() {
    let mut vm = Guest::minimal("another_level_starts_and_stops_services")
        .service("loud", LOUD)
        .file("/etc/runit/runsvdir/other/.keep", "")
        .start();
    vm.log_in();
    loud_started(&mut vm, 1);
    // The console's getty stays, or this login would end.
    vm.run("cp -P /etc/runit/runsvdir/default/getty-console /etc/runit/runsvdir/other/");
    let getty = vm.run("cat /etc/sv/getty-console/supervise/pid");
    vm.run("runsvchdir other");
    vm.run_until_ok(&format!("! {SUPERVISOR}"));
    assert_eq!(vm.run("cat /etc/sv/getty-console/supervise/pid"), getty);
    vm.run("runsvchdir default");
    loud_started(&mut vm, 2);
}

#[test]
fn the_system_log_gets_lines_from_programs_and_from_the_kernel() {
    let name = "the_system_log_gets_lines_from_programs_and_from_the_kernel";
    let mut vm = Guest::minimal(name).start();
    vm.log_in();
    vm.run_until_ok("sv check syslogd && test -S /dev/log");
    vm.run("logger -t person a line of mine");
    vm.run_until_ok("grep -q 'person: a line of mine' /var/log/syslogd/current");
    assert_eq!(
        vm.run("stat -c %U /var/log/syslogd/current"),
        "_runit-log\n"
    );
    vm.run_until_ok("sv check klogd");
    vm.run("echo '<4>a line of the kernel' >/dev/kmsg");
    vm.run_until_ok("grep -r 'a line of the kernel' /var/log");
}

#[test]
fn cron_runs_a_job_at_its_minute() {
    let mut vm = Guest::minimal("cron_runs_a_job_at_its_minute")
        .file(
            "/var/spool/cron/crontabs/root",
            "* * * * * echo ran >/run/job\n",
        )
        .start();
    vm.log_in();
    // Two seconds before a full minute; cron then looks at the clock anew.
    vm.run("date -s '2030-01-01 12:00:58' && sv restart cron");
    vm.run_until_ok("test -s /run/job");
}
