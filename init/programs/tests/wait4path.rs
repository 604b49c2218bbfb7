//! wait4path: for what it waits, how long, and that it sleeps meanwhile. The C package has none, so ours is always
//! under test.

mod common;
use common::*;
use std::fs;
use std::os::unix::fs::symlink;

fn wait4path(t: &Scratch, args: &[&str]) -> Prog {
    t.command(program_of(Under::Ours, "wait4path")).args(args)
}

/// One that waits; it has looked, and sleeps.
fn asleep(t: &Scratch, args: &[&str]) -> Daemon {
    let daemon = wait4path(t, args).spawn();
    wait_until("it sleeps", || {
        procs::cmdline(daemon.pid()).len() == args.len() + 1
            && procs::state(daemon.pid()) == Some('S')
    });
    daemon
}

/// How often a process went to sleep by itself.
fn naps(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("status");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.expect("a line").trim().parse().expect("a number")
}

#[test]
fn what_is_there_is_not_waited_for() {
    let t = Scratch::new();
    t.mkdir("dir");
    fs::write(t.path("file"), "").expect("file");
    symlink("file", t.path("link")).expect("link");
    let out = wait4path(&t, &["dir", "file", "link", "dir/", "dir/../file"]).run();
    assert_eq!(out, Output::said(""));
    assert_eq!(wait4path(&t, &["-t", "0", "file"]).run(), Output::said(""));
}

#[test]
fn all_that_are_missing_are_waited_for() {
    let t = Scratch::new();
    fs::write(t.path("here"), "").expect("file");
    let mut daemon = asleep(&t, &["one", "here", "two"]);
    fs::write(t.path("one"), "").expect("file");
    wait_until("it has seen that", || {
        procs::state(daemon.pid()) == Some('S')
    });
    assert_eq!(daemon.ended(), None);
    fs::write(t.path("other"), "").expect("file");
    fs::rename(t.path("other"), t.path("two")).expect("rename");
    assert_eq!(daemon.wait(), 0);
    assert_eq!(daemon.stderr(), "");
}

#[test]
fn directories_that_are_missing_are_waited_for_one_after_the_other() {
    let t = Scratch::new();
    let path = t.path("a/b/c/file");
    let mut daemon = asleep(&t, &[path.to_str().expect("text")]);
    // A file in the way goes again.
    fs::write(t.path("a"), "").expect("file");
    fs::remove_file(t.path("a")).expect("removed");
    fs::create_dir(t.path("a")).expect("directory");
    fs::create_dir_all(t.path("x/c")).expect("directories");
    fs::rename(t.path("x"), t.path("a/b")).expect("rename");
    fs::remove_dir(t.path("a/b/c")).expect("removed");
    fs::create_dir(t.path("a/b/c")).expect("directory");
    fs::write(path, "").expect("file");
    assert_eq!(daemon.wait(), 0);
}

#[test]
fn a_link_is_there_when_what_it_leads_to_is() {
    let t = Scratch::new();
    t.mkdir("elsewhere");
    symlink("elsewhere/file", t.path("link")).expect("link");
    symlink("elsewhere/dir", t.path("way")).expect("link");
    let mut daemon = asleep(&t, &["link", "way/file"]);
    fs::write(t.path("elsewhere/file"), "").expect("file");
    fs::create_dir(t.path("elsewhere/dir")).expect("directory");
    fs::write(t.path("elsewhere/dir/file"), "").expect("file");
    assert_eq!(daemon.wait(), 0);
}

#[test]
fn it_waits_no_longer_than_told() {
    let t = Scratch::new();
    assert_eq!(wait4path(&t, &["-t", "0", "file"]).run().code, 1);
    assert_eq!(
        wait4path(&t, &["-t1", "file", "/proc/nowhere"]).run().code,
        1
    );
}

#[test]
fn it_sleeps_as_long_as_nobody_tells_it_anything() {
    let t = Scratch::new();
    // Where this test itself makes no files.
    t.mkdir("quiet");
    let telling = asleep(&t, &["quiet/file"]);
    let before = naps(telling.pid());
    // Nobody tells what comes in /proc: this one looks, and so shows that time has passed.
    let mut looking = asleep(&t, &["-t", "1", "/proc/nowhere"]);
    let looks = naps(looking.pid());
    wait_until("it has looked again", || {
        looking.ended().is_some() || naps(looking.pid()) > looks + 1
    });
    assert_eq!(naps(telling.pid()), before);
}

#[test]
fn a_network_interface_is_waited_for_under_its_last_name() {
    let t = Scratch::new();
    let script = "mount -t sysfs sysfs /sys && exec \"$@\"";
    let mut daemon = t
        .command("unshare")
        .args(["-n", "-m", "sh", "-c", script, "sh"])
        .arg(program_of(Under::Ours, "wait4path"))
        .arg("/sys/class/net/late0")
        .spawn();
    let pid = daemon.pid();
    wait_until("it sleeps", || {
        procs::cmdline(pid).len() == 2 && procs::state(pid) == Some('S')
    });
    // By a message and not by looking: neither a watch nor a second nap.
    let before = naps(pid);
    let links = procs::fds(pid);
    let is_socket = |path: &std::path::Path| path.to_string_lossy().starts_with("socket:");
    assert!(links.iter().any(|(_, path)| is_socket(path)), "{links:?}");
    assert_eq!(naps(pid), before);
    let rename = t
        .command("nsenter")
        .args(["-n", "-t", &pid.to_string()])
        .args(["ip", "link", "set", "lo", "name", "late0"])
        .run();
    assert_eq!(rename, Output::said(""));
    assert_eq!(daemon.wait(), 0);
}

#[test]
fn bad_usage_is_100_and_a_path_that_cannot_be_looked_at_is_111() {
    let t = Scratch::new();
    for (args, first) in [
        (&[][..], ""),
        (&["-t", "5"], ""),
        (&["-t", "x", "file"], ""),
        (&[""], ""),
        (&["-t"], "wait4path: option requires an argument -- t\n"),
        (&["-x", "file"], "wait4path: illegal option -- x\n"),
    ] {
        let usage = "usage: wait4path [-t seconds] path ...\n\n";
        let wanted = Output::failed(100, format!("{first}{usage}"));
        assert_eq!(wait4path(&t, args).run(), wanted, "{args:?}");
    }
    symlink("loop", t.path("loop")).expect("link");
    let out = wait4path(&t, &["loop"]).run();
    let said = "wait4path: fatal: unable to wait for loop: symbolic link loop\n";
    assert_eq!(out, Output::failed(111, said));
}
