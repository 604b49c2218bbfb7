//! The quick introduction's play service, from its directory to its removal.

use crate::world::World;

#[test]
fn the_sleeper_does_what_the_article_prints() {
    let world = World::new();
    world.session(
        "
        # mkdir /etc/runit/sleeper
        # cp /etc/sv/sleeper/run /etc/runit/sleeper/run
        # chmod +x /etc/runit/sleeper/run
        # ln -s /etc/runit/sleeper /var/service/sleeper
        # pstree -A 1
        runit---runsvdir---runsv---sleep
        # sv status sleeper
        run: sleeper: (pid 32493) 147s
        # sv stop sleeper
        ok: down: sleeper: 1s, normally up
        # sv status sleeper
        down: sleeper: 4s, normally up
        # sv start sleeper
        ok: run: sleeper: (pid 32627) 0s
        # sv restart sleeper
        ok: run: sleeper: (pid 32629) 0s
        # killall sleep
        # sv status sleeper
        run: sleeper: (pid 32631) 4s
        # rm /var/service/sleeper
        # pstree -A 1
        runit---runsvdir
        ",
    );
}
