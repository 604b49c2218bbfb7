//! sshd with its logger, svlogd's configuration, and a finish that reports.

use crate::common::*;
use crate::machine::Plan;
use crate::world::World;
use std::time::{Duration, Instant};

/// As the article prints it, but for the pattern of a whole line.
const CONFIG: &str = "\
s100000
n10
N5
t86400
u192.168.6.20
pSSHD_LOG
-bougyman
!logwatcher
";

/// Whom the article's finish tells.
const CONF: &str = "MAIL_FAILED=admins@domain.com\nMAIL_STOPPED=auditing@domain.com\n";

/// sshd that may be started, and a mail program that takes notes.
pub fn machine() -> World {
    let world = World::with(|plan: Plan| {
        plan.file("etc/ssh/sshd_config", "UsePAM no\n", 0o644)
            .file("own-sv/sshd/conf", CONF, 0o644)
            .file("own-sv/sshd/log/config", CONFIG, 0o644)
            .file("own-sv/sshd/log/conf", "LOG_ARGS=-t\n", 0o644)
            .script("opt/bin/mail", "{ echo \"$@\"; cat; } >>/t/mail")
            .script("opt/bin/logwatcher", "exec cat >>/tmp/watched")
    });
    world.run("ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key");
    world
}

/// What sshd's log has now, without the labels.
fn log(world: &World) -> Vec<String> {
    let lines = world.machine.lines("var/log/sshd/current");
    let label = |l: &String| l.starts_with('@') && l.len() > 26 && l.as_bytes()[25] == b' ';
    assert!(lines.iter().all(label), "{lines:?}");
    lines.iter().map(|l| l[26..].to_string()).collect()
}

#[track_caller]
fn wait_log(world: &World, line: &str) {
    let start = Instant::now();
    while !log(world).iter().any(|l| l == line) {
        assert!(start.elapsed() < LONG, "no {line:?} in {:#?}", log(world));
        std::thread::sleep(Duration::from_millis(3));
    }
}

#[test]
fn the_log_obeys_the_articles_configuration() {
    let world = machine();
    // Another machine's port for the system log.
    world
        .run("socat -u UDP4-RECV:514,bind=192.168.6.20 CREATE:/t/udp </dev/null >/dev/null 2>&1 &");
    world.until("it listens", "grep -q ':0202 ' /proc/net/udp");
    world.serve(&["sshd"]);
    // The prefix.
    let listening = "SSHD_LOGServer listening on 0.0.0.0 port 22.";
    wait_log(&world, listening);
    // The other machine.
    let told = format!("grep -q '{listening}' /t/udp");
    world.until("the other machine has it", &told);
    // sshd answers, and complains of what is no client.
    let banner = world.run("echo bougyman | nc 192.168.6.20 22");
    assert!(banner.starts_with("SSH-2.0-"), "{banner}");
    world.until(
        "its complaint",
        "grep -q 'SSHD_LOG.*bougyman' /var/log/sshd/current",
    );
    // The filter: a pattern is about the whole line.
    let logger = world.run("cat /service/sshd/log/supervise/pid");
    let pipe = format!("/proc/{}/fd/0", logger.trim());
    for line in ["bougyman", "bougyman was here", "the end"] {
        world.run(&format!("echo {line} >{pipe}"));
    }
    wait_log(&world, "SSHD_LOGthe end");
    let lines = log(&world);
    assert!(
        lines.contains(&"SSHD_LOGbougyman was here".to_string()),
        "{lines:?}"
    );
    assert!(
        !lines.contains(&"SSHD_LOGbougyman".to_string()),
        "{lines:?}"
    );
    // The program for old files, upon rotation.
    world.run("sv alarm sshd/log");
    world.until("the processor ran", "grep 'SSHD_LOGthe end' /tmp/watched");
    world.until("an old file", "test -e /var/log/sshd/@*.s");
    if ours("sv-log") {
        let out = world.run("sv log -n 1 sshd");
        assert_eq!(out, "", "the processor kept all of it for itself");
    }
}

#[test]
fn finish_tells_who_asked_for_it_how_it_ended() {
    let world = machine();
    world.serve(&["sshd"]);
    world.until("it listens", "sv check sshd");
    world.run("kill -KILL $(cat /service/sshd/supervise/pid)");
    let mail = world.machine.wait_lines("t/mail", 2);
    let failed = "SSHD FAILED on jimmy: -1, 9";
    assert_eq!(
        mail,
        [format!("-s {failed} admins@domain.com").as_str(), failed]
    );
    // It runs again, and is stopped.
    world.until("it is back", "sv status sshd | grep ^run: && sv check sshd");
    world.session(
        "
        # sv -v d sshd
        ok: down: sshd: 1s, normally up
        ",
    );
    let mail = world.machine.wait_lines("t/mail", 4);
    let stopped = "SSHD Stopped on jimmy: 0, 0";
    assert_eq!(
        mail[2..],
        [
            format!("-s {stopped} auditing@domain.com").as_str(),
            stopped
        ]
    );
    // Both are in its log as well.
    for report in [failed, stopped] {
        wait_log(&world, &format!("SSHD_LOG{report}"));
    }
}
