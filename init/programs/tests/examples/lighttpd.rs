//! lighttpd, which waits for PostgreSQL.

use crate::common::*;
use crate::world::World;

const CONFIG: &str = "\
server.modules = ()
server.document-root = \"/var/www\"
server.port = 80
server.username = \"www-data\"
server.groupname = \"www-data\"
index-file.names = (\"index.html\")
mimetype.assign = (\".html\" => \"text/html\")
";

/// What the web server answers; None if there is none.
fn page(world: &World) -> Option<String> {
    let page = world.try_run("wget -q -O - http://127.0.0.1/");
    (page.code == 0).then_some(page.stdout)
}

/// With a page to serve, and a database.
pub fn machine() -> World {
    let world = World::with(|plan| {
        plan.file("etc/lighttpd/lighttpd.conf", CONFIG, 0o644).file(
            "var/www/index.html",
            "a page\n",
            0o644,
        )
    });
    world.initdb();
    world
}

#[test]
fn lighttpd_waits_for_postgresql() {
    let world = machine();
    world.serve(&["lighttpd"]);
    // Without a postgresql the script ends, and is run again.
    let told = "fail: postgresql: unable to change to service directory: file does not exist";
    let twice = format!("test $(grep -c '{told}' /var/log/lighttpd/current) -ge 2");
    world.until("it was tried twice", &twice);
    assert_eq!(world.try_run("pidof lighttpd").stdout, "");
    assert_eq!(page(&world), None);
    world.serve(&["postgresql"]);
    let page = wait_for("the page is served", || page(&world));
    assert_eq!(page, "a page\n");
    world.run("/usr/lib/postgresql/*/bin/pg_isready -q");
    let log = world.run("cat /var/log/lighttpd/current");
    assert!(log.contains("ok: run: postgresql: (pid "), "{log}");
}

#[test]
fn seven_seconds_are_all_that_it_waits_at_once() {
    let world = machine();
    // A database that is to run and does not.
    world.run("echo PGDATA=/nowhere >/etc/sv/postgresql/conf");
    world.serve(&["postgresql"]);
    world.until("it is tried", "grep nowhere /var/log/postgresql/current");
    world.serve(&["lighttpd"]);
    if their_old("check-is-about-the-wish") {
        // Then a database that does not run is as good as one that does.
        world.until(
            "it is up",
            "grep 'server started' /var/log/lighttpd/current",
        );
        return;
    }
    let told = "grep -E ' timeout: (down|run): postgresql: ' /var/log/lighttpd/current";
    world.until("the time is over", told);
    assert_eq!(page(&world), None);
    world.run("rm /etc/sv/postgresql/conf");
    wait_for("the page is served", || page(&world));
    // The check asks whether the database is as it should be: one that was told to be down is.
    world.session(
        "
        # sv stop postgresql
        ok: down: postgresql: 1s, normally up
        # sv -w7 check postgresql
        ok: down: postgresql: 1s, normally up
        ",
    );
}
