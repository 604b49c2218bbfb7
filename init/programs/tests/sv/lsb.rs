//! Called by another name than sv: the exit codes of an init script.

use crate::common::*;
use crate::fake::*;
use std::fs;
use std::os::unix::fs::symlink;

/// The init script of service `s`.
fn script(t: &Scratch, args: &[&str]) -> Output {
    let link = t.path("init.d/s");
    if !link.exists() {
        t.mkdir("init.d");
        symlink(program_path("sv"), &link).unwrap();
    }
    t.command(link).args(args).env("SVDIR", t.dir()).run()
}

#[test]
fn its_name_is_the_service() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let out = script(&t, &["status"]);
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "run: s: (pid 7) Ns\n".into())
    );
    let out = script(&t, &["start"]);
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "ok: run: s: (pid 7) Ns\n".into())
    );
    if !their_old("sv-always-writes") {
        assert_eq!(s.commands(), "u");
    }
}

#[test]
fn further_arguments_do_not_matter() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("s"), running(7));
    let out = script(&t, &["status", "other"]);
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "run: s: (pid 7) Ns\n".into())
    );
}

#[test]
fn wrong_usage_is_2() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("s"), running(7));
    let usage = "usage: s [-w sec] command\n\n";
    for (args, before) in [
        (&[][..], ""),
        (&["foo"], ""),
        (&["STATUS"], ""),
        (&["-w1"], ""),
        (&["-x"], "s: illegal option -- x\n"),
        (&["-w"], "s: option requires an argument -- w\n"),
    ] {
        let out = script(&t, args);
        assert_eq!(
            (out.code, out.stdout.as_str(), out.stderr),
            (2, "", format!("{before}{usage}")),
            "{args:?}"
        );
    }
}

#[test]
fn status_of_a_service_that_is_down_is_3() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), down());
    let out = script(&t, &["status"]);
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (3, "down: s: Ns, normally up\n".into())
    );
    s.say(Status {
        want: Want::Up,
        ..down()
    });
    assert_eq!(script(&t, &["status"]).code, 3);
    s.say(Status {
        state: State::Finish,
        ..running(7)
    });
    assert_eq!(script(&t, &["status"]).code, 0);
}

#[test]
fn the_log_service_does_not_change_the_code_of_the_service() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), down());
    let log = Fake::new(s.log(), running(8));
    let code = script(&t, &["status"]).code;
    let wrong = their_old("log-does-not-mask-the-code");
    assert_eq!(code, if wrong { 0 } else { 3 });
    s.say(running(7));
    log.say(down());
    let code = script(&t, &["status"]).code;
    assert_eq!(code, if wrong { 3 } else { 0 });
}

#[test]
fn status_of_a_service_that_is_unknown_is_4() {
    let t = Scratch::new();
    t.service("s");
    let out = script(&t, &["status"]);
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (
            4,
            "warning: s: unable to open supervise/ok: file does not exist\n"
        )
    );
}

#[test]
fn trouble_is_1() {
    let t = Scratch::new();
    for args in [&["status"][..], &["start"], &["stop"]] {
        let out = script(&t, args);
        assert_eq!(
            (out.code, out.stdout.as_str()),
            (
                1,
                "fail: s: unable to change to service directory: file does not exist\n"
            )
        );
    }
    drop(Fake::new(t.service("s"), running(7)));
    for args in [&["status"][..], &["start"], &["hup"]] {
        let out = script(&t, args);
        assert_eq!(
            (out.code, out.stdout.as_str()),
            (1, "fail: s: runsv not running\n")
        );
    }
}

#[test]
fn a_timeout_is_1() {
    let t = Scratch::new();
    let s = Fake::new(t.service("s"), running(7));
    let out = script(&t, &["-w", "1", "stop"]);
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (1, "timeout: run: s: (pid 7) Ns\n".into())
    );
    let out = script(&t, &["-w1", "force-stop"]);
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (1, "kill: run: s: (pid 7) Ns\n".into())
    );
    assert_eq!(s.commands(), "ddk");
}

#[test]
fn fatal_trouble_is_151() {
    use std::os::unix::fs::PermissionsExt;
    let t = Scratch::new();
    let _s = Fake::new(t.service("s"), running(7));
    script(&t, &["status"]);
    let secret = t.mkdir("secret");
    let root = rustix::process::geteuid().is_root();
    // To be entered, but not to be opened.
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o111)).unwrap();
    let mut sv = t.command(t.path("init.d/s")).arg("status").cwd(&secret);
    if root {
        sv = sv.user(65534, 65534);
    }
    let out = sv.run();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o700)).unwrap();
    let program = if ours("fatal-names-its-program") {
        "s: "
    } else {
        ""
    };
    let why = format!("{program}fatal: unable to open current directory: access denied\n");
    assert_eq!((out.code, out.stderr), (151, why));
}
