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
