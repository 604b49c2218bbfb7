//! As many runlevels as one likes.

use crate::world::World;

#[test]
fn runsvchdir_switches_to_the_services_of_another_directory() {
    let world = World::with(|plan| {
        plan.script("own-sv/web/run", "exec sleep 1001")
            .script("own-sv/standby/run", "exec sleep 1002")
            .before(
                "mkdir -p etc/runit/runsvdir/primary etc/runit/runsvdir/failover
                 ln -s primary etc/runit/runsvdir/current
                 for name in sleeper web; do ln -s /etc/sv/$name etc/runit/runsvdir/primary/; done
                 for name in sleeper standby; do ln -s /etc/sv/$name etc/runit/runsvdir/failover/; done
                 rmdir etc/service
                 ln -s /etc/runit/runsvdir/current etc/service",
            )
    });
    let primary = "
        # sv s /service/*
        run: /service/sleeper: (pid 2870) 5266009s
        run: /service/web: (pid 2870) 5266009s
        # pstree -A 1
        runit---runsvdir---2*[runsv---sleep]
    ";
    world.session(primary);
    let sleeper = world.run("cat /service/sleeper/supervise/pid");
    world.session(
        "
        # runsvchdir failover
        runsvchdir: failover: now current.
        # sv s /service/*
        run: /service/sleeper: (pid 2870) 5266009s
        run: /service/standby: (pid 2870) 5266009s
        # pstree -A 1
        runit---runsvdir---2*[runsv---sleep]
        # runsvchdir primary
        runsvchdir: primary: now current.
        ",
    );
    world.session(primary);
    // What is in both goes on untouched.
    assert_eq!(world.run("cat /service/sleeper/supervise/pid"), sleeper);
}
