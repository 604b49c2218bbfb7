//! Shutdowns that something stands in the way of: deaf processes, hanging scripts, busy mounts, a
//! full and a read-only root, the plug pulled in the middle of a level switch; and file systems that
//! are clean after all of it.

use vm_tests::{End, Guest};

/// Nothing but KILL ends it.
const DEAF: &str = "trap '' TERM HUP INT\nwhile :; do sleep 1; done\n";

#[test]
fn whatever_is_in_the_way_is_named_and_the_machine_goes_down_all_the_same() {
    let name = "whatever_is_in_the_way_is_named_and_the_machine_goes_down_all_the_same";
    let leaves = "#!/bin/sh\nsetsid /usr/bin/deaf &\nexec sleep 100000\n";
    let mut guest = Guest::minimal(name)
        .file("/usr/bin/deaf", &format!("#!/bin/sh\n{DEAF}"))
        .service("stubborn", &format!("#!/bin/sh\n{DEAF}"))
        .file("/etc/sv/stubborn/timeout-stop", "8\n")
        .service("hasty", &format!("#!/bin/sh\n{DEAF}"))
        .file("/etc/sv/hasty/timeout-stop", "1\n")
        .service("leaves", leaves)
        .file(
            "/etc/runit/shutdown.d/15-hangs.sh",
            "#!/bin/sh\nsv status syslogd stubborn\necho hangs\ndeadline 3\n(trap '' TERM; sleep 100000)\n",
        )
        .file(
            "/etc/runit/shutdown.d/16-other.sh",
            "#!/usr/bin/cat\nstill here\n",
        )
        .file("/etc/rc.shutdown", "#!/bin/sh\necho the hook ran\n")
        .file("/etc/runit/rc.conf", "SVWAIT_STOP=60\nKILL_WAIT=1\n");
    guest.files().link("/usr/bin/cat", "/bin/busybox");
    let mut vm = guest.start();
    vm.log_in();
    vm.run_until_ok("sv check stubborn hasty leaves && pidof deaf");
    let pid = vm.run("cat /etc/sv/stubborn/supervise/pid");
    let left = vm.run("pidof deaf");
    vm.send("init 6");
    vm.expect("kill: run: hasty: (pid ");
    vm.expect(&format!("waiting for stubborn (pid {}), 1 of ", pid.trim()));
    vm.expect(" left, kill in ");
    vm.expect("kill: run: stubborn: (pid ");
    // What the others log to is still there, and nothing else.
    vm.expect("run: syslogd: (pid ");
    vm.expect("fail: stubborn: runsv not running");
    vm.expect("hangs");
    vm.expect("15-hangs: ended by its limit of 3 s");
    vm.expect("still here");
    vm.expect("the hook ran");
    vm.expect(&format!("TERM to process {}: ", left.trim()));
    let command = vm.expect("(of service leaves)");
    assert!(command.contains("/usr/bin/deaf"), "{command}");
    vm.expect(&format!("KILL to process {}: ", left.trim()));
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn a_stage_3_that_crashes_still_restarts_the_machine() {
    let name = "a_stage_3_that_crashes_still_restarts_the_machine";
    let mut vm = Guest::minimal(name)
        .file(
            "/etc/runit/3",
            "#!/bin/sh\necho stage 3 dies\nkill -SEGV $$\n",
        )
        .start();
    vm.log_in();
    vm.send("init 6");
    vm.expect("stage 3 dies");
    assert_eq!(vm.ends(), End::Reset);
}

#[test]
fn disks_are_clean_after_a_busy_mount_a_full_root_a_pulled_plug_and_a_read_only_root() {
    let name = "disks_are_clean_after_a_busy_mount_a_full_root_a_pulled_plug";
    let fstab = "/dev/vda / ext4 defaults 0 1\n/dev/vdb /srv/data ext4 defaults 0 2\n";
    let mut vm = Guest::disk(name)
        .data_disk()
        .file("/etc/fstab", fstab)
        .file("/srv/data/hidden", "")
        .service("never", "#!/bin/sh\nexec sleep 100000\n")
        .file("/etc/sv/never/check", "#!/bin/sh\nexit 1\n")
        .file("/etc/sv/never/down", "")
        .file("/etc/runit/runsvdir/other/.keep", "")
        .start();
    vm.log_in();
    // What marks itself as needed to the end is not ended, and keeps the mount busy.
    vm.run(
        "cd /srv/data && echo kept >kept && { setsid chpst -b @keeper pause 3>>held & } && cd /",
    );
    vm.run_until_ok("grep -q '^@keeper' /proc/[0-9]*/cmdline");
    vm.run("! dd if=/dev/zero of=/root/fill bs=4k 2>/dev/null");
    vm.send("init 6");
    vm.expect("/srv/data stays busy: read-only and detached");
    assert_eq!(vm.ends(), End::Reset);
    // Their supervisors cannot write what they do, and do it all the same.
    assert!(!vm.transcript().contains("(of service cron)"));
    vm.stop();
    vm.assert_clean("disk.img");
    vm.assert_clean("data.img");

    // The plug, in the middle of a level switch: the services of both levels are the current ones.
    vm.start_again();
    vm.log_in();
    assert_eq!(vm.run("cat /srv/data/kept"), "kept\n");
    vm.run("rm /root/fill");
    vm.run(
        "rm -f /etc/sv/never/down; mv /etc/runit/runsvdir/default/never /etc/runit/runsvdir/other/",
    );
    vm.send("runsvchdir -o start-first -w 600 other >/dev/null 2>&1 &");
    vm.run_until_ok("test $(readlink /etc/runit/runsvdir/current) = .both");
    vm.run("sync");
    vm.start_again();
    vm.log_in();
    assert_eq!(vm.run("readlink /etc/runit/runsvdir/current"), "default\n");
    vm.run_until_ok("sv check syslogd && ! test -e /etc/runit/runsvdir/.both");

    // All that is needed to go down is in /run.
    vm.run(
        "sync; echo u >/proc/sysrq-trigger; until grep ' / ext4 ro' /proc/mounts; do sleep 1; done",
    );
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
    assert!(!vm.transcript().contains("(of service cron)"));
    vm.stop();
    vm.assert_clean("disk.img");
    vm.assert_clean("data.img");
}

/// Writes, appends, renames and removes without a pause.
const WRITER: &str = "#!/bin/sh\nmkdir -p DIR; cd DIR || exit 1; n=0\n\
    while :; do n=$((n + 1))\n\
    dd if=/dev/urandom of=new.$((n % 7)) bs=4k count=$((n % 50)) 2>/dev/null\n\
    mv new.$((n % 7)) kept.$((n % 23)); echo line $n >>log; rm -f kept.$((n % 11))\n\
    [ $((n % 100)) != 0 ] || true >log; done\n";

/// Some time after the boot, down in some way.
const DOOM: &str = "#!/bin/sh\n\
    random() { echo $(($(od -An -N2 -tu2 /dev/urandom) % $1)); }\n\
    usleep $(($(random 5000) * 1000))\n\
    case $(random 5) in 0) init 6 ;; 1) reboot ;; 2) init 0 ;; 3) poweroff ;; *) kill -INT 1 ;; esac\n\
    exec sleep 100000\n";

#[test]
fn file_systems_are_clean_after_shutdowns_at_any_moment_with_writers_running() {
    let name = "file_systems_are_clean_after_shutdowns_at_any_moment";
    let rounds = std::env::var("RUNIT_VM_SHUTDOWNS").ok();
    let rounds = rounds.and_then(|n| n.parse().ok()).unwrap_or(2);
    let fstab = "/dev/vda / ext4 defaults 0 1\n/dev/vdb /srv/data ext4 defaults 0 2\n";
    let mut vm = Guest::disk(name)
        .data_disk()
        .file("/etc/fstab", fstab)
        .file("/srv/data/hidden", "")
        .service("writer-root", &WRITER.replace("DIR", "/var/writer"))
        .service("writer-data", &WRITER.replace("DIR", "/srv/data/writer"))
        .service("doom", DOOM)
        .start();
    for round in 1..=rounds {
        let end = vm.ends();
        vm.stop();
        eprintln!("round {round} of {rounds}: {end:?}");
        for image in ["disk.img", "data.img"] {
            vm.assert_clean(image);
        }
        eprintln!("both disks are clean");
        if round < rounds {
            vm.start_again();
        }
    }
}
