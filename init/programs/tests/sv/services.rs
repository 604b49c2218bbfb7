//! Which directory a name means, and many names in one call.

use crate::common::*;
use crate::fake::*;

#[test]
fn a_plain_name_is_looked_for_in_svdir() {
    let t = Scratch::new();
    let s = Fake::new(t.service("services/web"), running(7));
    let out = t
        .program("sv")
        .args(["status", "web"])
        .env("SVDIR", t.path("services"))
        .run();
    assert_eq!(
        (out.code, without_seconds(&out.stdout)),
        (0, "run: web: (pid 7) Ns\n".into())
    );
    // Relative to where sv is, too.
    let out = t
        .program("sv")
        .args(["status", "web"])
        .env("SVDIR", "services")
        .run();
    assert_eq!(out.code, 0, "{}", out.stdout);
    assert_eq!(s.commands(), "");
}

#[test]
fn a_name_that_begins_with_a_dot_or_slash_or_ends_with_a_slash_is_a_path() {
    let t = Scratch::new();
    let s = Fake::new(t.service("here/web"), running(7));
    let full = s.dir().display().to_string();
    for name in [
        "./web",
        "web/",
        "./web/",
        "../here/web",
        "web//",
        "web/./",
        full.as_str(),
    ] {
        let out = t
            .program("sv")
            .args(["status", name])
            .cwd(t.path("here"))
            .env("SVDIR", "/nonexistent")
            .run();
        assert_eq!(
            (out.code, without_seconds(&out.stdout)),
            (0, format!("run: {name}: (pid 7) Ns\n"))
        );
    }
    let out = t
        .program("sv")
        .args(["status", "web"])
        .cwd(t.path("here"))
        .env("SVDIR", "/nonexistent")
        .run();
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (
            1,
            "fail: web: unable to change to service directory: file does not exist\n"
        )
    );
}

#[test]
fn a_name_may_have_slashes_inside() {
    let t = Scratch::new();
    let _s = Fake::new(t.service("services/web/log"), running(7));
    let out = t
        .program("sv")
        .args(["status", "web/log"])
        .env("SVDIR", t.path("services"))
        .run();
    assert_eq!(without_seconds(&out.stdout), "run: web/log: (pid 7) Ns\n");
}

#[test]
fn the_current_directory_is_a_service_as_well() {
    let t = Scratch::new();
    let s = Fake::new(t.service("web"), running(7));
    for name in [".", "./"] {
        let out = t.program("sv").args(["status", name]).cwd(s.dir()).run();
        assert_eq!(
            without_seconds(&out.stdout),
            format!("run: {name}: (pid 7) Ns\n")
        );
    }
}

#[test]
fn all_services_are_served_in_order_and_failures_counted() {
    let t = Scratch::new();
    let a = Fake::new(t.service("a"), running(7));
    let b = Fake::new(t.service("b"), down());
    let out = t
        .program("sv")
        .args(["status", "a", "x", "b", "y", "a"])
        .env("SVDIR", t.dir())
        .run();
    assert_eq!(
        without_seconds(&out.stdout),
        "run: a: (pid 7) Ns\n\
         fail: x: unable to change to service directory: file does not exist\n\
         down: b: Ns, normally up\n\
         fail: y: unable to change to service directory: file does not exist\n\
         run: a: (pid 7) Ns\n"
    );
    assert_eq!((out.code, out.stderr.as_str()), (2, ""));
    let out = t
        .program("sv")
        .args(["hup", "a", "x", "b"])
        .env("SVDIR", t.dir())
        .run();
    assert_eq!(out.code, 1);
    assert_eq!(a.commands(), "h");
    assert_eq!(b.commands(), "h");
}

#[test]
fn the_exit_code_ends_at_99() {
    let t = Scratch::new();
    let names: Vec<String> = (0..150).map(|n| format!("./{n}")).collect();
    for command in ["status", "up", "start"] {
        let out = t.program("sv").arg(command).args(&names).run();
        assert_eq!(out.code, 99, "{command}");
        assert_eq!(out.stdout.lines().count(), 150);
    }
    let out = t.program("sv").arg("status").args(&names[..98]).run();
    assert_eq!(out.code, 98);
}

#[test]
fn waiting_reports_each_service_as_it_comes() {
    let t = Scratch::new();
    let a = Fake::new(t.service("a"), running(7));
    let _b = Fake::new(t.service("b"), down());
    let sv = t
        .program("sv")
        .args(["stop", "a", "x", "b"])
        .env("SVDIR", t.dir())
        .spawn();
    assert_eq!(a.wait_commands(), "d");
    wait_until("b is reported while a still runs", || {
        sv.stdout().contains("ok: down: b")
    });
    assert!(sv.stdout().contains("fail: x: "));
    assert!(!sv.stdout().contains(": a: "));
    a.say(down());
    let out = sv.finish();
    assert_eq!(out.code, 1);
    assert!(
        without_seconds(&out.stdout).ends_with("ok: down: a: Ns, normally up\n"),
        "{}",
        out.stdout
    );
}

#[test]
fn without_svdir_the_system_has_a_directory_for_services() {
    // With an empty /etc and /var of our own, as nothing may be written to the machine's.
    let t = Scratch::new();
    let s = Fake::new(t.service("web"), running(7));
    let found_in = |places: &[&str]| {
        let links: String = places
            .iter()
            .map(|place| format!("mkdir {place}; ln -s {} {place}/web;", s.dir().display()))
            .collect();
        let script = format!(
            "set -e; mount -t tmpfs none /etc; mount -t tmpfs none /var; {links} exec {} status web",
            program_path("sv").display()
        );
        let mut unshare = t.command("unshare").arg("-m");
        if !rustix::process::geteuid().is_root() {
            unshare = unshare.arg("-r");
        }
        let out = unshare.args(["sh", "-c", &script]).run();
        assert_eq!(out.stderr, "", "no mount namespace to be had here?");
        (out.code, without_seconds(&out.stdout))
    };
    let there = (0, "run: web: (pid 7) Ns\n".to_string());
    let missing = (
        1,
        "fail: web: unable to change to service directory: file does not exist\n".to_string(),
    );
    assert_eq!(found_in(&["/etc/service"]), there);
    assert_eq!(found_in(&["/etc/service", "/var/service"]), there);
    assert_eq!(found_in(&[]), missing);
    if ours("services-are-looked-for-in-three-places") {
        assert_eq!(found_in(&["/var/service"]), there);
    } else {
        assert_eq!(found_in(&["/var/service"]), missing);
    }
}
