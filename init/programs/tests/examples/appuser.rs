//! Services of an unprivileged user: his own runsvdir, its title, and his directory's scripts.

use crate::world::World;

/// The article's service for the user, and two of his own.
fn appuser() -> World {
    let world = World::new();
    world.session(
        "
        # ln -s /etc/sv/appuser /etc/service/
        # pstree -Au 1
        runit---runsvdir---runsv---runsvdir(appuser)
        % mkdir -p sv/myapplication
        % echo '#!/bin/sh' >sv/myapplication/run
        % echo 'exec sleep 1000' >>sv/myapplication/run
        % chmod +x sv/myapplication/run
        % cp -R sv/myapplication sv/another
        % ln -s ~/sv/myapplication ~/sv/another ~/service/
        # pstree -Au 1
        runit---runsvdir---runsv---runsvdir(appuser)---2*[runsv---sleep]
        ",
    );
    world
}

#[test]
fn appuser_controls_his_services_by_their_path() {
    let world = appuser();
    world.session(
        "
        % sv status ~/service/myapplication
        run: /home/appuser/service/myapplication: (pid 4) 2s
        % sv restart ~/service/myapplication
        ok: run: /home/appuser/service/myapplication: (pid 5) 0s
        % sv stop ~/service/another
        ok: down: /home/appuser/service/another: 0s, normally up
        ",
    );
    // What is root's is out of his reach.
    let out = world.try_run_as("appuser", "sv stop appuser");
    assert_ne!(out.code, 0, "{out:?}");
    assert!(
        out.stdout.contains("access denied") || out.stderr.contains("access denied"),
        "{out:?}"
    );
    // All that is his goes with his runsvdir.
    world.session(
        "
        # sv stop appuser
        ok: down: appuser: 1s, normally up
        # pstree -A 1
        runit---runsvdir---runsv
        # sv start appuser
        ok: run: appuser: (pid 7) 0s
        # pstree -Au 1
        runit---runsvdir---runsv---runsvdir(appuser)---2*[runsv---sleep]
        # rm /etc/service/appuser
        # pstree -A 1
        runit---runsvdir
        ",
    );
}

#[test]
fn a_copy_serves_another_user() {
    let world = appuser();
    world.session(
        "
        # cp -R /etc/sv/appuser /etc/sv/centre
        # rm -rf /etc/sv/centre/supervise
        # echo user=callcenter >/etc/sv/centre/conf
        callcenter% mkdir sv service
        callcenter% cp -R /etc/sv/sleeper sv/
        callcenter% ln -s ~/sv/sleeper ~/service/
        # ln -s /etc/sv/centre /etc/service/
        # pstree -Au $(cat /service/centre/supervise/pid)
        runsvdir(callcenter)---runsv---sleep
        # pstree -Au $(cat /service/appuser/supervise/pid)
        runsvdir(appuser)---2*[runsv---sleep]
        ",
    );
}

#[test]
fn ps_shows_why_a_run_script_does_not_start() {
    let world = appuser();
    world.session(
        "
        % mkdir sv/broken
        % echo 'exec sleep 1000' >sv/broken/run
        % ln -s ~/sv/broken ~/service/
        ",
    );
    // Among the dots, what runsv says; a line end is shown as a blank or a question mark.
    let said = "runsv broken: fatal: unable to start ./run: access denied.";
    let title = world.until(
        "the title tells",
        &format!(
            "ps -u appuser -o args= -ww | grep '^runsvdir -P /home/appuser/service log: .*{said}'"
        ),
    );
    let title = title.trim_end_matches('\n');
    let log = title
        .strip_prefix("runsvdir -P /home/appuser/service log: ")
        .expect("the article's command");
    let dots = log.split("runsv broken").next().unwrap_or_default();
    assert!(
        !dots.is_empty() && dots.chars().all(|c| c == '.'),
        "{title}"
    );
    // Once it can be started, it is.
    world.session(
        "
        % { echo '#!/bin/sh'; echo 'exec sleep 1000'; } >sv/broken/run
        % chmod +x sv/broken/run
        % sv status ~/service/broken
        run: /home/appuser/service/broken: (pid 9) 1s
        ",
    );
}
