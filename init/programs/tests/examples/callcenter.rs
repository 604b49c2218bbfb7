//! A user's tree that is started when what it needs is there, with a directory of variables.

use crate::common::*;
use crate::session::even;
use crate::world::World;

/// Stands in for couchdb and for fs2ws, which Debian has not.
const SLEEPS: &str = "echo here it is; exec sleep 1000";

pub fn machine() -> World {
    World::with(|plan| {
        plan.script("own-sv/couchdb/run", SLEEPS)
            .script("opt/tiny_call_center/bin/fs2ws", SLEEPS)
    })
}

/// With what the user does once: the service and its variables are his own.
fn callcenter() -> World {
    let world = machine();
    world.session(
        "
        callcenter% mkdir sv service
        callcenter% cp -R /etc/sv/callcenter/service/fs2ws sv/
        callcenter% ln -s ~/sv/fs2ws ~/service/
        ",
    );
    world
}

#[test]
fn none_of_the_users_processes_is_started_before_all_three_are_up() {
    let world = callcenter();
    world.initdb();
    // Its words go to the title of runsvdir, where nobody has to wait for them: here, to a file.
    world.run("mkdir /etc/sv/callcenter/log");
    world.run("ln -s ../../svlogd/run /etc/sv/callcenter/log/run");
    world.serve(&["memcached", "couchdb", "callcenter"]);
    let told = "grep '^[^ ]* fail: postgresql: unable to change to service directory: \
                file does not exist$' /var/log/callcenter/current";
    world.until("it is tried", told);
    world.until("two of the three", "sv check memcached couchdb");
    assert_eq!(world.try_run("pgrep -u callcenter").stdout, "");
    world.serve(&["postgresql"]);
    world.session(
        "
        # pstree -Au $(cat /service/callcenter/supervise/pid)
        runsvdir(callcenter)---runsv---sleep
        ",
    );
    // All three are, and not only their processes.
    world.run("/usr/lib/postgresql/*/bin/pg_isready -q");
    let version = world.run("echo version | timeout 5 nc 127.0.0.1 11211 || true");
    assert!(version.starts_with("VERSION "), "{version}");
    let log = world.run("cut -d ' ' -f 2- /var/log/callcenter/current");
    let said = log.lines().filter(|line| line.starts_with("ok: "));
    let mut ups: Vec<String> = said.rev().take(3).map(even).collect();
    ups.sort();
    let up = |service| format!("ok: run: {service}: (pid N) Ns\n");
    assert_eq!(ups, ["couchdb", "memcached", "postgresql"].map(up), "{log}");
}

#[test]
fn a_changed_variable_shows_after_a_restart() {
    let world = callcenter();
    world.run("echo \"needs='couchdb'\" >/etc/sv/callcenter/conf");
    world.serve(&["couchdb", "callcenter"]);
    world.session(
        "
        # pstree -Au $(cat /service/callcenter/supervise/pid)
        runsvdir(callcenter)---runsv---sleep
        callcenter% sv status ~/service/fs2ws
        run: /home/callcenter/service/fs2ws: (pid 4) 1s
        ",
    );
    let fs2ws = "/home/callcenter/service/fs2ws";
    let before = [
        "TCC_ProxyServerFormatString=sofia/gateway/default/%s",
        "TCC_Root=/opt/tiny_call_center",
    ];
    wait_until("it runs with its variables", || {
        world.variables(fs2ws, "TCC_") == before
    });
    assert_eq!(world.variables(fs2ws, "HOME="), ["HOME=/home/callcenter"]);
    world.session(
        "
        callcenter% echo 'sofia/gateway/other/%s' > ~/service/fs2ws/env/TCC_ProxyServerFormatString
        callcenter% echo 7 > ~/service/fs2ws/env/TCC_Lines
        ",
    );
    assert_eq!(world.variables(fs2ws, "TCC_"), before);
    world.session(
        "
        callcenter% sv restart ~/service/fs2ws
        ok: run: /home/callcenter/service/fs2ws: (pid 5) 0s
        ",
    );
    let after = [
        "TCC_Lines=7",
        "TCC_ProxyServerFormatString=sofia/gateway/other/%s",
        "TCC_Root=/opt/tiny_call_center",
    ];
    wait_until("the new ones", || world.variables(fs2ws, "TCC_") == after);
    // The whole tree goes when it is told to.
    world.session(
        "
        # sv stop callcenter
        ok: down: callcenter: 1s, normally up
        ",
    );
    // The last of them may still be on its way out.
    wait_until("nothing of the tree is left", || {
        world.try_run("pgrep -u callcenter").stdout.is_empty()
    });
}
