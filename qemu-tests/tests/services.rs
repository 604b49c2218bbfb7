//! Services of the default level in a running guest.

use vm_tests::Guest;

/// The pid of the supervisor of the service `loud`, as a shell command; fails if there is none.
const SUPERVISOR: &str = "ps | awk '/[r]unsv loud/ { print $1; n = 1 } END { exit !n }'";

/// Says so on the console each time it is started, then sleeps.
const LOUD: &str = "#!/bin/sh\necho loud starts >/dev/console\nexec sleep 100000\n";

#[test]
fn a_killed_service_comes_back() {
    let mut vm = Guest::minimal("a_killed_service_comes_back")
        .service("loud", LOUD)
        .start();
    vm.expect("loud starts");
    vm.log_in();
    let first = vm.run("cat /etc/service/loud/supervise/pid");
    vm.run("kill -KILL $(cat /etc/service/loud/supervise/pid)");
    vm.expect("loud starts");
    vm.run_until_ok("sv check loud");
    assert_ne!(vm.run("cat /etc/service/loud/supervise/pid"), first);
}

#[test]
fn a_killed_supervisor_comes_back() {
    let mut vm = Guest::minimal("a_killed_supervisor_comes_back")
        .service("loud", LOUD)
        .start();
    vm.expect("loud starts");
    vm.log_in();
    let first = vm.run(SUPERVISOR);
    // Its service would run on beside the new one's: both are killed.
    vm.run(&format!(
        "kill -KILL {} $(cat /etc/service/loud/supervise/pid)",
        first.trim()
    ));
    vm.expect("loud starts");
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
    vm.send("ln -s /etc/sv/loud /etc/service/");
    vm.expect("loud starts");
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
    vm.expect("loud starts");
    vm.log_in();
    // The console's getty stays, or this login would end.
    vm.run("cp -P /etc/runit/runsvdir/default/getty-console /etc/runit/runsvdir/other/");
    let getty = vm.run("cat /etc/sv/getty-console/supervise/pid");
    vm.run("runsvchdir other");
    vm.run_until_ok(&format!("! {SUPERVISOR}"));
    assert_eq!(vm.run("cat /etc/sv/getty-console/supervise/pid"), getty);
    vm.send("runsvchdir default");
    vm.expect("loud starts");
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
            "* * * * * echo job ran >/dev/console\n",
        )
        .start();
    vm.log_in();
    // Two seconds before a full minute; cron then looks at the clock anew.
    vm.run("date -s '2030-01-01 12:00:58' && sv restart cron");
    vm.expect("job ran");
}
