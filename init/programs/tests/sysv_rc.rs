//! sysv-rc: order, limits, what is left out. With Debian's own scripts and services: distro/debian/tests.

mod common;
use common::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const USAGE: &str =
    "usage: sysv-rc [-an] [-j num] [-r root] [-t sec] [-x names] start|stop dir\n\n";

/// A root file system with scripts, all of them linked for level 2 and for the way down.
struct Root(Scratch);

impl Root {
    fn new() -> Root {
        let root = Root(Scratch::new());
        for dir in [
            "etc/init.d",
            "etc/rc2.d",
            "etc/rc6.d",
            "etc/rcS.d",
            "run",
            "etc/runit",
        ] {
            root.0.mkdir(dir);
        }
        root
    }

    /// A script that notes its name, begin and end in `log`; `header`: lines of its header.
    fn script(&self, name: &str, header: &[&str], body: &str) -> &Root {
        let lines: String = header.iter().map(|line| format!("# {line}\n")).collect();
        let header = match header {
            [] => String::new(),
            _ => format!("### BEGIN INIT INFO\n# Provides: {name}\n{lines}### END INIT INFO\n"),
        };
        let log = self.0.path("log");
        let text = format!(
            "#!/bin/sh\n{header}{body}\necho \"{name} $1\" >>{}\n",
            log.display()
        );
        let path = self.0.path(format!("etc/init.d/{name}"));
        fs::write(&path, text).expect("script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("mode");
        self.link("rc2.d/S01", name).link("rc6.d/K01", name)
    }

    fn link(&self, place: &str, name: &str) -> &Root {
        let link = self.0.path(format!("etc/{place}{name}"));
        std::os::unix::fs::symlink(format!("../init.d/{name}"), link).expect("link");
        self
    }

    fn file(&self, path: &str) -> &Root {
        let path = self.0.path(path);
        fs::create_dir_all(path.parent().expect("parent")).expect("directory");
        fs::write(path, "").expect("file");
        self
    }

    fn run(&self, args: &[&str]) -> Output {
        let root = self.0.dir().to_str().expect("path").to_owned();
        let mut all = vec!["-r", &root];
        all.extend_from_slice(args);
        self.0.program("sysv-rc").args(&all).run()
    }

    fn start(&self) -> Output {
        self.run(&["start", "/etc/rc2.d"])
    }

    /// What the scripts have noted.
    fn log(&self) -> String {
        let log = fs::read_to_string(self.0.path("log")).unwrap_or_default();
        log.trim_end().replace('\n', ", ")
    }
}

#[test]
fn bad_usage_is_100() {
    if !ours("sysv-rc") {
        return;
    }
    let t = Scratch::new();
    for (args, first) in [
        (&[][..], ""),
        (&["start"], ""),
        (&["restart", "/etc/rc2.d"], ""),
        (&["start", "/etc/rc2.d", "more"], ""),
        (&["-t", "x", "start", "/etc/rc2.d"], ""),
        (&["-j", "0", "start", "/etc/rc2.d"], ""),
        (&["-y"], "sysv-rc: illegal option -- y\n"),
    ] {
        let out = t.program("sysv-rc").args(args).run();
        assert_eq!((out.code, out.stderr), (100, format!("{first}{USAGE}")));
    }
    let out = t.program("sysv-rc").args(["start", "/nonexistent"]).run();
    assert_eq!(out.code, 111);
}

#[test]
fn scripts_run_after_what_they_need_and_stop_the_other_way_round() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    // The slow one first in line and needed by all: an order by names would show.
    root.script(
        "a-last",
        &["Required-Start: b-middle", "Required-Stop: b-middle"],
        "",
    );
    root.script(
        "b-middle",
        &["Should-Start: $mine", "Should-Stop: $mine"],
        "",
    );
    root.script(
        "c-first",
        &["X-Start-Before: d-also", "X-Stop-After: d-also"],
        "sleep 0.2",
    );
    root.script("d-also", &[], "");
    root.file("etc/insserv.conf");
    fs::write(root.0.path("etc/insserv.conf"), "$mine +c-first +nobody\n").expect("file");
    let out = root.start();
    assert_eq!(out.code, 0, "{}", out.stderr);
    let log = root.log();
    let place = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text}: {log}"));
    assert!(place("c-first start") < place("b-middle start"));
    assert!(place("c-first start") < place("d-also start"));
    assert!(place("b-middle start") < place("a-last start"));
    fs::remove_file(root.0.path("log")).expect("log");
    assert_eq!(root.run(&["stop", "/etc/rc6.d"]).code, 0);
    let log = root.log();
    let place = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text}: {log}"));
    assert!(place("a-last stop") < place("b-middle stop"));
    assert!(place("b-middle stop") < place("c-first stop"));
    assert!(place("d-also stop") < place("c-first stop"));
}

#[test]
fn scripts_that_do_not_need_each_other_run_at_the_same_time() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    // Each waits for the other: one after the other neither would end.
    let meet = |own: &str, other: &str| {
        let place = root.0.dir().display().to_string();
        format!(": >{place}/{own}; until [ -e {place}/{other} ]; do sleep 0.02; done")
    };
    root.script("a", &["Required-Start: $local_fs"], &meet("a", "b"));
    root.script("b", &["Required-Start: $local_fs"], &meet("b", "a"));
    assert_eq!(root.run(&["-t", "20", "start", "/etc/rc2.d"]).code, 0);
    // Where they do not, or must not, a second one would find the first.
    let busy = |root: &Root| {
        let place = root.0.dir().display().to_string();
        format!("mkdir {place}/busy || exit 1; sleep 0.1; rmdir {place}/busy")
    };
    let root = Root::new();
    for name in ["a", "b", "c"] {
        root.script(name, &["Required-Start: $local_fs"], &busy(&root));
    }
    assert_eq!(root.run(&["-j", "1", "start", "/etc/rc2.d"]).code, 0);
    let root = Root::new();
    for name in ["a", "b", "c"] {
        root.script(name, &["X-Interactive: true"], &busy(&root));
    }
    assert_eq!(root.start().code, 0);
}

#[test]
fn a_circle_is_broken_and_named() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    root.script("a", &["Required-Start: b"], "");
    root.script("b", &["Required-Start: a"], "");
    root.script("c", &["Required-Start: a b"], "");
    let out = root.start();
    assert_eq!(out.code, 0);
    assert_eq!(
        out.stderr,
        "sysv-rc: warning: a and b need each other: not waiting for b\n"
    );
    assert_eq!(root.log(), "a start, b start, c start");
}

#[test]
fn a_script_that_hangs_is_ended_and_what_needs_it_runs() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    root.script(
        "a",
        &["Required-Start: $local_fs"],
        "trap '' TERM; sleep 1000 & wait; wait",
    );
    root.script("b", &["Required-Start: a"], "");
    root.script("c", &["Required-Start: $local_fs"], "exit 3");
    let out = root.run(&["-t", "1", "start", "/etc/rc2.d"]);
    assert_eq!(out.code, 2);
    assert!(
        out.stderr
            .contains("sysv-rc: warning: a: ended by its limit of 1 s\n")
    );
    assert!(out.stderr.contains("sysv-rc: warning: c: exit code 3\n"));
    assert_eq!(root.log(), "b start");
    let times = fs::read_to_string(root.0.path("run/runit/sysv-times.2")).expect("times");
    let mut codes: Vec<_> = times
        .lines()
        .map(|line| (line.split(' ').next(), line.split(' ').next_back()))
        .collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            (Some("a"), Some("124")),
            (Some("b"), Some("0")),
            (Some("c"), Some("3"))
        ]
    );
}

#[test]
fn who_is_told_to_end_ends_what_runs_and_begins_nothing_more() {
    if !ours("sysv-rc") {
        return;
    }
    // One at the console has no process group of its own.
    for header in ["X-Interactive: true", "Required-Start: $local_fs"] {
        let root = Root::new();
        let log = root.0.path("log").display().to_string();
        let body = format!(
            "trap 'kill $! 2>/dev/null; echo \"ended\" >>{log}; exit 1' TERM\n\
             sleep 1000 &\necho begun >>{log}\nwait"
        );
        root.script("a", &[header], &body);
        root.script("b", &["Required-Start: a"], "");
        let dir = root.0.dir().to_str().expect("path").to_owned();
        let mut waiting = root
            .0
            .program("sysv-rc")
            .args(["-r", &dir, "start", "/etc/rc2.d"])
            .spawn();
        wait_until("it has begun", || root.log() == "begun");
        waiting.signal("TERM");
        assert_eq!(waiting.wait(), 1);
        assert_eq!(
            waiting.stderr(),
            "sysv-rc: warning: told to end, the rest is left out\n"
        );
        wait_until("the script has ended", || root.log() == "begun, ended");
    }
}

#[test]
fn scripts_that_somebody_else_does_are_left_out() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    for name in [
        "sv.sh", "usr", "instance", "blocked", "early", "boot.sh", "plain", "anyway",
    ] {
        root.script(name, &["Default-Start: 2"], "");
    }
    root.file("etc/sv/sv/run");
    root.file("usr/share/runit/sv.current/usr/run");
    root.file("etc/sv/instance@default/run");
    root.file("etc/runit/override-sysv.d/blocked.pkgblock");
    root.file("etc/runit/no.emulate.sysv.d/early");
    root.file("usr/lib/runit/sysv-replaced");
    fs::write(
        root.0.path("usr/lib/runit/sysv-replaced"),
        "# names\nboot\n",
    )
    .expect("file");
    root.file("etc/sv/anyway/run");
    root.file("etc/runit/override-sysv.d/anyway.sysv");
    let shown = root.run(&["-n", "start", "/etc/rc2.d"]).stdout;
    let expected = "blocked: left out: blocked\nboot.sh: left out: boot.d does it\n\
        early: left out: blocked\ninstance: left out: service instance@default\n\
        sv.sh: left out: service sv\nusr: left out: service usr\nanyway\nplain\n";
    assert_eq!(shown, expected);
    assert_eq!(root.log(), "");
    assert_eq!(root.run(&["-j", "1", "start", "/etc/rc2.d"]).code, 0);
    assert_eq!(root.log(), "anyway start, plain start");
    // A second time they are not started again, nor others stopped.
    assert_eq!(root.start().code, 0);
    assert_eq!(root.log(), "anyway start, plain start");
    assert_eq!(root.run(&["-a", "start", "/etc/rc2.d"]).code, 0);
    assert_eq!(root.log(), "anyway start, plain start, boot.sh start");
    let except = ["-x", "plain, boot", "stop", "/etc/rc6.d"];
    assert_eq!(root.run(&except).code, 0);
    assert!(root.log().ends_with("boot.sh start, anyway stop"));
    assert_eq!(root.run(&["-j", "1", "stop", "/etc/rc6.d"]).code, 0);
    assert!(
        root.log()
            .ends_with("anyway stop, boot.sh stop, plain stop")
    );
    root.file("etc/runit/no.emulate.sysv");
    assert_eq!(root.start().stdout, "");
    root.link("rcS.d/S01", "plain");
    assert_eq!(root.run(&["start", "/etc/rcS.d"]).code, 0);
    assert!(root.log().ends_with("plain stop, plain start"));
}

#[test]
fn scripts_know_the_level_and_that_they_are_meant() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    let log = root.0.path("env");
    let body = format!(
        "echo $RUNLEVEL $PREVLEVEL $runlevel $previous $RUNIT_SYSV >>{}",
        log.display()
    );
    root.script("a", &[], &body).link("rcS.d/S01", "a");
    let env = || fs::read_to_string(&log).expect("env");
    root.run(&["start", "/etc/rcS.d"]);
    assert_eq!(env(), "S N S N pass\n");
    root.run(&["stop", "/etc/rc6.d/"]);
    assert_eq!(env(), "S N S N pass\n6 2 6 2 pass\n");
}

#[test]
fn a_script_waits_for_the_service_that_it_needs() {
    if !ours("sysv-rc") {
        return;
    }
    let root = Root::new();
    root.script("logger", &["Provides: syslogd"], "");
    root.script("user", &["Required-Start: $syslog"], "");
    root.file("etc/insserv.conf");
    fs::write(root.0.path("etc/insserv.conf"), "$syslog +syslogd\n").expect("file");
    root.file("etc/sv/logger/run");
    root.file("etc/service/logger/supervise/stat");
    let stat = root.0.path("etc/service/logger/supervise/stat");
    fs::write(&stat, "down\n").expect("stat");
    let dir = root.0.dir().to_str().expect("path").to_owned();
    let mut waiting = root
        .0
        .program("sysv-rc")
        .args(["-r", &dir, "start", "/etc/rc2.d"])
        .spawn();
    wait_until("it waits", || procs::state(waiting.pid()) == Some('S'));
    assert_eq!(root.log(), "");
    fs::write(&stat, "run\n").expect("stat");
    assert_eq!(waiting.wait(), 0);
    assert_eq!(root.log(), "user start");
}
