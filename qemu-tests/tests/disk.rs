//! The guest that boots as real machines do: a root file system on a disk, checked, remounted,
//! unmounted; udev, ssh.

use std::io::Read;

use vm_tests::machine::{connect, free_port, limit};
use vm_tests::{End, Guest, disk};

#[test]
fn the_root_is_checked_mounted_and_left_clean() {
    let mut vm = Guest::disk("the_root_is_checked_mounted_and_left_clean").start();
    vm.log_in();
    assert!(
        vm.transcript().contains("root: clean"),
        "e2fsck was not there"
    );
    vm.run("grep '^/dev/vda / ext4 rw' /proc/mounts");
    vm.run("echo kept >/root/kept");
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
    vm.stop();
    let image = vm.scratch().join("disk.img");
    vm.assert_clean("disk.img");
    assert_eq!(disk::read(&image, "/root/kept").unwrap(), "kept\n");
}

#[test]
fn boot_duty_mounts_what_the_kernel_has_and_the_root_as_mount_would() {
    let name = "boot_duty_mounts_what_the_kernel_has_and_the_root_as_mount_would";
    let options = "defaults,noatime,nosuid,suid,nodiratime,errors=remount-ro,commit=30";
    let mount = "#!/bin/sh\necho \"called: mount $*\"\nexec /bin/mount \"$@\"\n";
    let mut vm = Guest::disk(name)
        .file("/etc/fstab", &format!("/dev/vda / ext4 {options} 0 1\n"))
        .file("/usr/local/sbin/mount", mount)
        .start();
    vm.log_in();
    let transcript = vm.transcript();
    assert!(!transcript.contains("called: mount"), "{transcript}");
    let root = "grep '^/dev/vda / ' /proc/self/mountinfo || grep ' / / ' /proc/self/mountinfo";
    let ours = vm.run(root);
    assert!(ours.contains(" rw,noatime,nodiratime "), "{ours}");
    assert!(ours.contains("errors=remount-ro,commit=30"), "{ours}");
    vm.run(&format!("/bin/mount -o remount,rw,{options} /"));
    assert_eq!(vm.run(root), ours);
    // With other options what is not named any more is reset, by either.
    vm.run("boot-duty remount-root relatime,errors=remount-ro");
    let ours = vm.run(root);
    assert!(ours.contains(" rw,relatime "), "{ours}");
    vm.run("sed -i 's/defaults.*-ro,commit=30/relatime,errors=remount-ro/' /etc/fstab");
    vm.run("/bin/mount -o remount,rw,noatime,nosuid / && /bin/mount -o remount,rw,relatime,errors=remount-ro /");
    assert_eq!(vm.run(root), ours);
    assert_eq!(vm.run("boot-duty remount-root ro,noatime; echo $?"), "3\n");
    // The kernel says why, too.
    let said = vm.run("boot-duty remount-root nosuch; echo $?");
    let wanted = "boot-duty: warning: left to mount: /: invalid argument\n3\n";
    assert!(said.ends_with(wanted), "{said}");
    assert_eq!(vm.run(root), ours);
    vm.run("grep ' /run/lock tmpfs .*size=5120k' /proc/mounts");
    vm.run("grep ' /sys/fs/cgroup cgroup2 .*nsdelegate' /proc/mounts");
    assert_eq!(
        vm.run("readlink /dev/stderr; cat /sys/class/net/lo/flags"),
        "fd/2\n0x9\n"
    );
    assert_eq!(vm.run("stat -c '%a %G' /run/utmp"), "664 utmp\n");
    vm.run("grep -q reboot /var/log/wtmp && grep -q 'Linux version' /var/log/dmesg.log");
}

#[test]
fn stages_come_up_without_boot_duty() {
    let mut vm = Guest::disk("stages_come_up_without_boot_duty")
        .file("/usr/local/sbin/boot-duty", "#!/bin/sh\nexit 127\n")
        .start();
    vm.log_in();
    vm.run("grep '^/dev/vda / ext4 rw' /proc/mounts");
    vm.run("grep ' /dev/shm tmpfs .*nosuid' /proc/mounts");
    assert_eq!(vm.run("readlink /dev/stderr"), "fd/2\n");
    vm.run("test -d /run/runit/supervise");
    vm.run("grep -q 0x9 /sys/class/net/lo/flags");
}

#[test]
fn fstab_is_mounted_and_what_may_be_absent_does_not_stop_the_boot() {
    let name = "fstab_is_mounted_and_what_may_be_absent_does_not_stop_the_boot";
    let fstab = "/dev/vda / ext4 defaults 0 1\n\
                 LABEL=root-not-there /absent ext4 nofail 0 2\n\
                 /dev/vdb /srv/data ext4 defaults 0 2\n\
                 tmpfs /tmp tmpfs mode=1777,nosuid 0 0\n\
                 /swap none swap sw 0 0\n";
    let mut vm = Guest::disk(name)
        .data_disk()
        .file("/etc/fstab", fstab)
        .file("/srv/data/hidden", "")
        .start();
    vm.log_in();
    vm.run("grep '^tmpfs /tmp tmpfs.*nosuid' /proc/mounts");
    vm.run("grep '^/dev/vdb /srv/data ext4 rw' /proc/mounts");
    vm.run("echo kept >/srv/data/kept");
    // A swap area, and a process whose directory is on the data disk: both must be out of the way.
    vm.run(
        "dd if=/dev/zero of=/swap bs=1M count=4 && chmod 600 /swap && mkswap /swap && swapon /swap",
    );
    vm.run("cd /srv/data && { setsid sleep 100000 & } && cd /");
    vm.send("init 6");
    assert_eq!(vm.ends(), End::Reset);
    vm.stop();
    for image in ["disk.img", "data.img"] {
        vm.assert_clean(image);
    }
    vm.start_again();
    vm.log_in();
    assert_eq!(vm.run("cat /srv/data/kept"), "kept\n");
    vm.run("grep /swap /proc/swaps");
}

#[test]
fn a_pulled_plug_is_repaired_at_the_next_boot() {
    let mut vm = Guest::disk("a_pulled_plug_is_repaired_at_the_next_boot").start();
    vm.log_in();
    vm.run("echo kept >/root/kept && sync && echo lost >/root/lost");
    vm.start_again();
    vm.log_in();
    vm.run("dmesg | grep 'vda.*recovery complete'");
    assert_eq!(vm.run("cat /root/kept"), "kept\n");
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
    vm.stop();
    vm.assert_clean("disk.img");
}

#[test]
fn udev_runs_and_sshd_answers() {
    let port = free_port().unwrap();
    let mut vm = Guest::disk("udev_runs_and_sshd_answers")
        .ssh_port(port)
        .start();
    vm.log_in();
    vm.run_until_ok("sv check udevd");
    assert_eq!(vm.run("readlink /dev/disk/by-label/root"), "../../vda\n");
    vm.run_until_ok("sv check sshd");
    let mut banner = [0; 8];
    connect(port, limit())
        .unwrap()
        .read_exact(&mut banner)
        .unwrap();
    assert_eq!(&banner, b"SSH-2.0-");
    vm.run("ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519");
    vm.run("cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys");
    let login = "ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR 127.0.0.1 id -un";
    assert_eq!(vm.run(login), "root\n");
}
