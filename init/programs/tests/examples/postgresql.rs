//! PostgreSQL: ready when it answers, and not kept from stopping by those who are connected.

use crate::world::World;

#[test]
fn a_database_with_open_sessions_stops_at_once() {
    let world = World::new();
    world.initdb();
    world.serve(&["postgresql"]);
    world.until("it answers", "sv check postgresql");
    let psql = "/usr/lib/postgresql/*/bin/psql -U postgres -d postgres -At -c";
    assert_eq!(world.run(&format!("{psql} 'select 6 * 7'")), "42\n");
    world.run(&format!(
        "{psql} 'select pg_sleep(1000)' </dev/null >/dev/null 2>&1 &"
    ));
    let asleep = "select 1 from pg_stat_activity where query like 'select pg_sleep%'";
    let asleep = format!("{psql} \"{asleep}\" | grep -q 1");
    world.until("a session is open", &asleep);
    world.session(
        "
        # sv stop postgresql
        ok: down: postgresql: 1s, normally up
        ",
    );
    let log = world.run("cat /var/log/postgresql/current");
    assert!(log.contains("received fast shutdown request"), "{log}");
    assert!(log.contains("database system is shut down"), "{log}");
    // Killed, it comes back by itself, and with what it had.
    world.run("sv start postgresql");
    world.until("it answers", "sv check postgresql");
    world.run(&format!("{psql} 'create table kept (n int)'"));
    let first = world.run("cat /service/postgresql/supervise/pid");
    world.run(&format!("kill -KILL {}", first.trim()));
    let again = format!(
        "test $(cat /service/postgresql/supervise/pid) != {}",
        first.trim()
    );
    world.until("it is another", &again);
    world.until(
        "it has what it had",
        &format!("{psql} 'select * from kept'"),
    );
}
