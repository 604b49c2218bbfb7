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
    vm.run("grep '^tmpfs /tmp tmpfs' /proc/mounts");
    vm.run("echo kept >/root/kept");
    vm.send("init 0");
    assert_eq!(vm.ends(), End::PowerOff);
    vm.stop();
    let image = vm.scratch().join("disk.img");
    let (clean, said) = disk::check(&image).unwrap();
    assert!(clean, "{said}");
    assert_eq!(disk::read(&image, "/root/kept").unwrap(), "kept\n");
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
    vm.run("ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up");
    vm.run_until_ok("sv check sshd");
    let mut banner = [0; 8];
    connect(port, limit())
        .unwrap()
        .read_exact(&mut banner)
        .unwrap();
    assert_eq!(&banner, b"SSH-2.0-");
    vm.run("ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519 && cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys");
    let login = "ssh -o StrictHostKeyChecking=no localhost 'id -un; tty'";
    assert!(vm.try_run(login).1.contains("root\n"));
}
