//! A user's tree that is started when what it needs is there, with a directory of variables.

use crate::world::World;

/// fs2ws is not to be had any more: this is what stands in for it, and couchdb's service, too.
const SLEEPS: &str = "exec sleep 1000";

fn callcenter() -> World {
    World::with(|plan| {
        plan.script("own-sv/couchdb/run", SLEEPS).script(
            "opt/tiny_call_center/bin/fs2ws",
            "echo started; exec sleep 1000",
        )
    })
}

#[test]
fn the_tree_waits_for_all_that_it_needs() {
    let world = callcenter();
    world.initdb();
    world.serve(&["memcached", "couchdb", "callcenter"]);
    world.until("two of three", "sv check memcached couchdb");
    let nothing = world.try_run("pgrep -u callcenter").stdout;
    assert_eq!(nothing, "");
    world.serve(&["postgresql"]);
    world.until("its runsvdir", "pgrep -u callcenter runsvdir");
    world.run("/usr/lib/postgresql/*/bin/pg_isready -q");
}

#[test]
fn a_changed_variable_shows_after_a_restart() {
    let world = callcenter();
    world.run("echo \"needs='couchdb'\" >/etc/sv/callcenter/conf");
    world.serve(&["couchdb", "callcenter"]);
    world.until("its runsvdir", "pgrep -u callcenter runsvdir");
}
