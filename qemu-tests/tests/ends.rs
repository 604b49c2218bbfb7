//! What lies below file systems, or beyond this machine, at the end: volumes are released, network
//! file systems go while the network is there, another kernel takes over, and a stage 3 that
//! hangs in the kernel is not the end of it.

use vm_tests::{End, Guest};

#[test]
fn volumes_are_released_so_that_their_disk_is_clean() {
    // What is still there when all of it should be released, said on the console.
    let look = "#!/bin/sh\necho \"mapped: $(dmsetup ls 2>&1)\"\n\
        grep -c '^md' /proc/mdstat | sed 's/^/arrays: /'\n";
    let mut vm = Guest::disk("volumes_are_released_so_that_their_disk_is_clean")
        .tools()
        .data_disk()
        .file("/srv/data/hidden", "")
        .file("/srv/mapped/hidden", "")
        .file("/etc/runit/shutdown.d/86-look.sh", look)
        .start();
    vm.log_in();
    vm.run("modprobe dm-mod; modprobe raid1; modprobe loop; wipefs -qa /dev/vdb");
    vm.run(
        "mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 /dev/vdb missing",
    );
    vm.run("pvcreate -q /dev/md0 && vgcreate -q group /dev/md0 && lvcreate -qq -y -L 8M -n volume group");
    vm.run(
        "mke2fs -q -t ext4 /dev/mapper/group-volume && mount /dev/mapper/group-volume /srv/data",
    );
    vm.run("dd if=/dev/zero of=/root/image bs=1M count=4 && losetup /dev/loop0 /root/image");
    vm.run("echo '0 8192 linear /dev/loop0 0' | dmsetup create mapped");
    vm.run("mke2fs -q /dev/mapper/mapped && mount /dev/mapper/mapped /srv/mapped");
    vm.run("echo kept >/srv/data/kept; echo kept >/srv/mapped/kept");
    assert_eq!(vm.run("dmsetup ls | wc -l"), "2\n");
    vm.send("init 6");
    vm.expect("mapped: No devices found");
    vm.expect("arrays: 0");
    assert_eq!(vm.ends(), End::Reset);
    assert!(!vm.transcript().contains("busy: asking the kernel"));
    vm.stop();
    vm.assert_clean("disk.img");
    vm.start_again();
    vm.log_in();
    vm.run("mdadm --examine /dev/vdb | grep ' State : clean$'");
    vm.run("modprobe raid1; modprobe dm-mod; mdadm --assemble --run /dev/md0 /dev/vdb || grep ^md /proc/mdstat");
    vm.run("vgchange -a y group");
    vm.run("e2fsck -fn /dev/mapper/group-volume && mount /dev/mapper/group-volume /srv/data");
    assert_eq!(vm.run("cat /srv/data/kept"), "kept\n");
}

/// The network of this guest: when it stops, the network is gone.
const NETWORK: &str = "#!/bin/sh\nip link set lo up\nexec pause\n";

#[test]
fn what_needs_the_network_is_unmounted_while_the_network_is_there() {
    let name = "what_needs_the_network_is_unmounted_while_the_network_is_there";
    let look = "#!/bin/sh\necho \"network: $(cat /sys/class/net/lo/flags)\"\n\
        grep -c -e ' /srv/data ' -e ' nfs4 ' /proc/mounts | sed 's/^/mounted: /'\n";
    let fstab = "/dev/vda / ext4 defaults 0 1\n/dev/vdb /srv/data ext4 _netdev 0 0\n";
    let exports = "/srv/export *(rw,sync,no_root_squash,no_subtree_check,fsid=0,insecure)\n";
    let mut vm = Guest::disk(name)
        .tools()
        .data_disk()
        .file("/etc/fstab", fstab)
        .service("dhcpcd", NETWORK)
        .file("/etc/sv/dhcpcd/finish", "#!/bin/sh\nip link set lo down\n")
        .file("/etc/exports", exports)
        .file("/srv/data/hidden", "")
        .file("/srv/export/hidden", "")
        .file("/srv/client/hidden", "")
        .file("/etc/netconfig", "tcp tpi_cots_ord v inet tcp - -\n")
        .file("/etc/services", "nfs 2049/tcp\n")
        .file("/etc/runit/shutdown.d/49-look.sh", look)
        .file("/etc/runit/shutdown.d/51-look.sh", look)
        .file("/etc/runit/shutdown.d/57-look.sh", look)
        .start();
    vm.log_in();
    vm.run_until_ok("sv check dhcpcd");
    vm.run("mount /srv/data");
    vm.run("modprobe nfsd && modprobe nfsv4 && mount -t nfsd nfsd /proc/fs/nfsd");
    vm.run("echo 10 >/proc/fs/nfsd/nfsv4leasetime; echo 10 >/proc/fs/nfsd/nfsv4gracetime");
    vm.run("mkdir -p /var/lib/nfs/v4recovery /var/lib/nfs/rpc_pipefs && touch /var/lib/nfs/etab /var/lib/nfs/rmtab");
    vm.run("exportfs -a; setsid rpc.mountd -F -N 2 -N 3 >/root/mountd 2>&1 &");
    vm.run("rpc.nfsd -N 3 2");
    vm.run_until_ok("pidof rpc.mountd && test $(cat /proc/fs/nfsd/threads) -gt 0");
    vm.run("timeout 60 mount -t nfs4 -o addr=127.0.0.1,clientaddr=127.0.0.1,sec=sys -i 127.0.0.1:/ /srv/client; cat /root/mountd; dmesg | tail -5");
    vm.run("grep nfs4 /proc/mounts");
    vm.run("timeout 60 dd if=/dev/zero of=/srv/client/kept bs=64k count=20");
    vm.send("init 6");
    for (flags, mounted) in [("0x9", 2), ("0x9", 0), ("0x8", 0)] {
        vm.expect(&format!("network: {flags}\nmounted: {mounted}"));
    }
    assert_eq!(vm.ends(), End::Reset);
    assert!(!vm.transcript().contains("does not let go"));
    vm.stop();
    for image in ["disk.img", "data.img"] {
        vm.assert_clean(image);
    }
}

/// A shell command that loads the guest's own kernel, with this word on its command line.
fn load(mark: &str) -> String {
    format!(
        "kexec -l /boot/vmlinuz --initrd=/boot/initramfs --command-line=\"{} {mark}\" && \
         cat /sys/kernel/kexec_loaded",
        vm_tests::guest::COMMAND_LINE
    )
}

#[test]
fn a_loaded_kernel_takes_over_and_without_one_nothing_happens() {
    let mut vm = Guest::disk("a_loaded_kernel_takes_over_and_without_one_nothing_happens")
        .tools()
        .start();
    vm.log_in();
    assert_eq!(vm.run(&load("loaded=1")), "1\n");
    vm.send("reboot --kexec");
    vm.log_in();
    vm.run("grep loaded=1 /proc/cmdline");
    assert!(!vm.has_ended(), "the machine itself was not reset");
    let (code, said) = vm.try_run("reboot -k");
    assert_eq!(
        (code, &*said),
        (111, "reboot: fatal: no kernel is loaded for kexec\n")
    );
    vm.send("init 6");
    assert_eq!(vm.ends(), End::Reset);
    vm.stop();
    vm.assert_clean("disk.img");
}

#[test]
fn process_1_starts_a_loaded_kernel_itself_where_the_program_is_gone() {
    let mut vm = Guest::disk("process_1_starts_a_loaded_kernel_itself")
        .tools()
        .start();
    vm.log_in();
    assert_eq!(vm.run(&load("loaded=2")), "1\n");
    vm.run("mv /usr/sbin/kexec /root/");
    vm.send("reboot -k");
    vm.expect("system reboot by kexec.");
    vm.log_in();
    vm.run("grep loaded=2 /proc/cmdline");
    assert!(!vm.has_ended());
}

#[test]
fn a_stage_3_that_hangs_in_the_kernel_ends_by_the_kernels_own_keys() {
    let name = "a_stage_3_that_hangs_in_the_kernel_ends_by_the_kernels_own_keys";
    let mut vm = Guest::disk(name)
        .data_disk()
        .file("/srv/data/hidden", "")
        .file(
            "/etc/fstab",
            "/dev/vda / ext4 defaults 0 1\n/dev/vdb /srv/data ext4 defaults 0 2\n",
        )
        .file("/etc/runit/rc.conf", "SVWAIT_STOP=2\nSHUTDOWN_LIMIT=5\n")
        .start();
    vm.log_in();
    // The shell of the stage itself notes there what each duty took; a write to a frozen file
    // system waits in the kernel, where no signal reaches it.
    vm.run("ln -sf /srv/data/times /run/runit/shutdown-times && sync && fsfreeze -f /srv/data");
    vm.send("init 6");
    vm.expect("ended by force");
    vm.expect("cannot be ended: asking the kernel");
    assert_eq!(vm.ends(), End::Reset);
    vm.stop();
    vm.start_again();
    vm.log_in();
}
