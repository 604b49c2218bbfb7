//! What runit's own page promises of the log: that it stays when the service ends and comes, that the
//! two may be different users, and that either may be in a root directory of its own.

use crate::common::*;
use crate::world::World;

/// A daemon in a jail, as one user; its logger in another, as another. By number: names are looked
/// up in the jail, and there is no /etc/passwd.
fn jailed() -> World {
    let daemon = "exec 2>&1
        exec chpst -u :1001:1001 -/ /srv/daemon /busybox sh -c 'echo I am $$ in $(/busybox pwd); exec /busybox sleep 1000'";
    // svlogd itself would need its libraries there. Its directory is an argument, as svlogd's is.
    let logger =
        "exec chpst -u :103:103 -/ /srv/logger /busybox tee -a /var/current /var >/dev/null";
    World::with(|plan| {
        plan.script("own-sv/jailed/run", daemon)
            .script("own-sv/jailed/log/run", logger)
            .before(
                "mkdir -p srv/daemon srv/logger/var
                 for jail in daemon logger; do cp busybox/busybox srv/$jail/busybox; done
                 : >srv/logger/var/current
                 chown 103 srv/logger/var/current",
            )
    })
}

#[test]
fn a_jailed_daemon_logs_reliably_through_a_jailed_logger() {
    let world = jailed();
    world.serve(&["jailed"]);
    world.session(
        "
        # sv s jailed
        run: jailed: (pid 5) 1s; run: log: (pid 4) 1s
        ",
    );
    let log = world.path("srv/logger/var/current");
    let lines = || {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        text.lines().map(str::to_string).collect::<Vec<_>>()
    };
    let say = |pid: &str| format!("I am {} in /", pid.trim());
    let daemon = || world.run("cat /service/jailed/supervise/pid");
    let logger = || world.run("cat /service/jailed/log/supervise/pid");
    let expected = vec![say(&daemon())];
    wait_until("its line", || lines() == expected);
    let uid = |pid: &str| world.run(&format!("ps -o uid= {}", pid.trim()));
    assert_eq!(uid(&daemon()).trim(), "1001");
    assert_eq!(uid(&logger()).trim(), "103");
    // A new service writes to the old logger, an old one to the new logger.
    let first = logger();
    world.run("sv restart jailed");
    wait_until("the line of the new one", || {
        lines() == [expected[0].clone(), say(&daemon())]
    });
    let mut expected = lines();
    assert_eq!(logger(), first);
    let running = daemon();
    world.run("sv restart jailed/log");
    wait_until("a new logger", || logger() != first);
    assert_eq!(daemon(), running);
    world.run(&format!("echo kept >/proc/{}/fd/1", running.trim()));
    expected.push("kept".into());
    wait_until("the line through the new logger", || lines() == expected);
    if ours("sv-log") {
        // Its log is found where it is for us.
        assert_eq!(world.run("sv log -n 1 jailed"), "kept\n");
    }
}
