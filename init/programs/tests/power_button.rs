//! power-button, as far as it goes without a button; with one: qemu-tests/tests/power.rs.

mod common;
use common::*;
use std::fs;

const USAGE: &str = "usage: power-button [-s] prog [arg ...]\n\n";

#[test]
fn bad_usage_is_1() {
    let t = Scratch::new();
    if !ours("power-button") {
        return;
    }
    for (args, first) in [
        (&[][..], ""),
        (&["-s"], ""),
        (&["--"], ""),
        (&["-x", "true"], "power-button: illegal option -- x\n"),
    ] {
        let out = t.program("power-button").args(args).run();
        assert_eq!((out.code, out.stderr), (1, format!("{first}{USAGE}")));
    }
}

#[test]
fn it_waits_for_devices_and_takes_none_that_is_not_one() {
    let t = Scratch::new();
    if !ours("power-button") {
        return;
    }
    // Where there is no /dev/input at all yet.
    let dev = t.mkdir("dev");
    let line = "mount --bind dev /dev && exec \"$@\"";
    let mut daemon = t
        .command("unshare")
        .args(["-m", "sh", "-c", line, "sh"])
        .arg(program_path("power-button"))
        .args(["touch", "pressed"])
        .spawn();
    wait_until("it sleeps", || {
        procs::cmdline(daemon.pid()).len() == 3 && procs::state(daemon.pid()) == Some('S')
    });
    fs::create_dir(dev.join("input")).expect("mkdir");
    fs::write(dev.join("input/event0"), [1u8; 240]).expect("file");
    let fifo = dev.join("input/event1");
    assert_eq!(t.command("mkfifo").arg(&fifo).run().code, 0);
    wait_until("it sleeps again", || {
        procs::state(daemon.pid()) == Some('S')
    });
    assert_eq!(
        t.command("kill").arg(daemon.pid().to_string()).run().code,
        0
    );
    assert_eq!(daemon.wait(), 0);
    assert!(!daemon.stderr().contains("watching"), "{}", daemon.stderr());
    assert!(!t.path("pressed").exists());
}
