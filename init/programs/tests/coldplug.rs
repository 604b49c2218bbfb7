//! coldplug over a made-up /sys: what it asks for and in which order. With udev's own list it is compared where udev
//! runs: `probe_udevd` of distro/debian/tests/services-probes.sh. The C package has none, so ours is always under test.

mod common;
use common::*;
use std::fs;
use std::os::unix::fs::symlink;

fn coldplug(t: &Scratch, args: &[&str]) -> Output {
    t.command(program_of(Under::Ours, "coldplug"))
        .args(args)
        .run()
}

/// Something that has the kernel tell of it.
fn told(t: &Scratch, path: &str) {
    t.mkdir(path);
    fs::write(t.path(path).join("uevent"), "").expect("uevent");
}

/// The same, as a device.
fn device(t: &Scratch, path: &str) {
    told(t, path);
    symlink("/nowhere", t.path(path).join("subsystem")).expect("link");
}

/// A /sys with some of everything, and its paths in the order in which they are to come.
fn made_up(t: &Scratch) -> Vec<&'static str> {
    for path in ["module/ext4", "bus/pci", "bus/pci/drivers/nvme"] {
        told(t, &format!("sys/{path}"));
    }
    t.mkdir("sys/module/built_in");
    for path in [
        "pci0/a",
        "pci0/a/sound/card0",
        "pci0/a/sound/card0/controlC0",
        "pci0/a/sound/card0/pcmC0D0p",
        "pci0/b",
        "power",
        "virtual/block/dm-0",
        "virtual/block/md0",
        "virtual/block/md0/md0p1",
        "virtual/net/lo",
    ] {
        device(t, &format!("sys/devices/{path}"));
    }
    // No devices: one without a subsystem, and the settings of one.
    told(t, "sys/devices/pci0");
    device(t, "sys/devices/pci0/b/power");
    // Elsewhere: links out of the devices, and back into them.
    device(t, "elsewhere/outside");
    symlink(t.path("elsewhere"), t.path("sys/devices/pci0/out")).expect("link");
    symlink(t.path("elsewhere"), t.path("sys/module/out")).expect("link");
    symlink("..", t.path("sys/devices/pci0/a/device")).expect("link");
    vec![
        "module/ext4",
        "bus/pci",
        "bus/pci/drivers/nvme",
        "devices/pci0/a",
        "devices/pci0/a/sound/card0",
        "devices/pci0/a/sound/card0/pcmC0D0p",
        "devices/pci0/b",
        "devices/power",
        "devices/virtual/net/lo",
        "devices/pci0/a/sound/card0/controlC0",
        "devices/virtual/block/dm-0",
        "devices/virtual/block/md0",
        "devices/virtual/block/md0/md0p1",
    ]
}

#[test]
fn what_others_are_needed_for_comes_after_them() {
    let t = Scratch::new();
    let wanted: String = made_up(&t)
        .iter()
        .map(|path| format!("sys/{path}\n"))
        .collect();
    assert_eq!(coldplug(&t, &["-n", "sys"]), Output::said(wanted));
}

#[test]
fn all_of_them_and_nothing_else_are_asked_for() {
    let t = Scratch::new();
    let wanted = made_up(&t);
    let asked = |path: &str| {
        fs::read_to_string(t.path(path).join("uevent")).unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    assert_eq!(coldplug(&t, &["-n", "sys"]).code, 0);
    assert_eq!(asked("sys/bus/pci"), "", "-n only says");
    assert_eq!(coldplug(&t, &["sys"]), Output::said(""));
    for path in wanted {
        assert_eq!(asked(&format!("sys/{path}")), "add", "{path}");
    }
    for path in [
        "sys/devices/pci0",
        "sys/devices/pci0/b/power",
        "elsewhere/outside",
    ] {
        assert_eq!(asked(path), "", "{path}");
    }
}

#[test]
fn one_that_refuses_is_passed_over_and_all_that_refuse_are_told() {
    let t = Scratch::new();
    // A link is not written through.
    device(&t, "sys/devices/a");
    fs::remove_file(t.path("sys/devices/a/uevent")).expect("removed");
    symlink("../../nowhere", t.path("sys/devices/a/uevent")).expect("link");
    let out = coldplug(&t, &["sys"]);
    assert_eq!(out.code, 111);
    assert_eq!(
        out.stderr,
        "coldplug: fatal: unable to ask for any device: symbolic link loop\n"
    );
    device(&t, "sys/devices/b");
    assert_eq!(coldplug(&t, &["sys"]), Output::said(""));
    let asked = fs::read_to_string(t.path("sys/devices/b/uevent"));
    assert_eq!(asked.expect("uevent"), "add");
}

#[test]
fn nobody_is_told_before_somebody_listens() {
    let t = Scratch::new();
    device(&t, "sys/devices/a");
    let asked = || fs::read_to_string(t.path("sys/devices/a/uevent")).expect("uevent");
    // In a network of its own, where nobody listens; the next one there does.
    let mut daemon = t
        .command("unshare")
        .arg("-n")
        .arg(program_of(Under::Ours, "coldplug"))
        .args(["-w", "60", "sys"])
        .spawn();
    let pid = daemon.pid();
    wait_until("it waits", || {
        procs::cmdline(pid).len() == 4 && procs::state(pid) == Some('S')
    });
    assert_eq!((daemon.ended(), asked()), (None, String::new()));
    let listen = "socket(S, 16, 3, 15) && bind(S, pack('SSLL', 16, 0, 0, 1)) or die; sleep 1000";
    let _listener = t
        .command("nsenter")
        .args(["-n", "-t", &pid.to_string(), "perl", "-e", listen])
        .spawn();
    assert_eq!(daemon.wait(), 0);
    assert_eq!(asked(), "add");
}

#[test]
fn without_devices_it_says_so() {
    let t = Scratch::new();
    t.mkdir("empty");
    for dir in ["empty", "nowhere"] {
        let out = coldplug(&t, &[dir]);
        let said =
            format!("coldplug: fatal: unable to find devices in {dir}: file does not exist\n");
        assert_eq!((out.code, out.stderr), (111, said));
    }
    for args in [&["-x"][..], &["-w"], &["-w", "x"]] {
        assert_eq!(coldplug(&t, args).code, 100, "{args:?}");
    }
    assert_eq!(coldplug(&t, &["a", "b"]).code, 100);
}
