//! runsvstop: all services down, each within its own time, and what is said meanwhile.

#[path = "../common/mod.rs"]
mod common;

use common::*;
use std::fs;

/// It has no counterpart among the C programs.
fn is_ours() -> bool {
    under_test() == Under::Ours
}

/// A directory of services, each with its runsv.
struct Tree {
    t: Scratch,
    services: Vec<Control>,
}

/// Ignores TERM, and makes no processes of its own.
const DEAF: &str = "trap '' TERM\necho started $$ >>events\nwhile :; do read x <>fifo; done";

impl Tree {
    fn new() -> Tree {
        let t = Scratch::new();
        t.mkdir("services");
        Tree {
            t,
            services: Vec::new(),
        }
    }

    fn service(&self, name: &str) -> ServiceDir {
        self.t.service(&format!("services/{name}"))
    }

    fn deaf(&self, name: &str) -> ServiceDir {
        let service = self.service(name).run(DEAF);
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            service.path("fifo"),
            rustix::fs::Mode::from_raw_mode(0o600),
        )
        .expect("FIFO");
        service
    }

    fn supervise(&mut self, service: ServiceDir) {
        self.services.push(service.supervise());
        self.services.last().expect("it is there").wait_running(1);
    }

    fn stop(&self, args: &[&str]) -> Prog {
        let prog = self.t.program("runsvstop").args(args);
        prog.env("SVDIR", self.t.path("services"))
    }
}

#[test]
fn all_services_and_their_loggers_end_and_their_supervisors_leave() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    for n in 0..5 {
        let last = "trap 'echo last words; exit' TERM\necho started $$ >>events\nwhile :; do sleep 0.05; done";
        let service = tree.service(&format!("s{n}")).run(last).logger();
        tree.supervise(service);
    }
    // One that nobody supervises, and one that is down already.
    tree.service("alone").sleeper();
    let down = tree.service("down").sleeper().down();
    let mut down = down.supervise();
    down.wait_stat("down");
    let out = tree.stop(&[]).run();
    assert_eq!(out.code, 0, "{out:?}");
    assert!(
        out.stdout.starts_with("runsvstop: 6 services in "),
        "{out:?}"
    );
    assert!(!out.stdout.contains("killed"), "{out:?}");
    assert_eq!(down.runsv.wait(), 0);
    for service in &mut tree.services {
        assert_eq!(service.runsv.wait(), 0);
        assert!(service.read("log/lines").ends_with("last words\n"));
    }
}

#[test]
fn each_service_has_its_own_time_and_is_named_when_it_is_over() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let quick = tree.deaf("quick").file("timeout-stop", "1\n");
    let slow = tree.deaf("slow");
    let broken = tree.deaf("broken").file("timeout-stop", "soon\n");
    for service in [quick, slow, broken] {
        tree.supervise(service);
    }
    let pids: Vec<u32> = tree.services.iter().filter_map(|s| s.pid()).collect();
    let mut stop = tree.stop(&["-w", "7"]).spawn();
    let (quick, slow) = (&tree.services[0], &tree.services[1]);
    wait_until("the quick one is killed", || !quick.ok());
    assert!(slow.ok(), "it has more time");
    assert_eq!(stop.wait(), 3);
    let said = stop.stdout();
    for (name, pid) in ["quick", "slow", "broken"].iter().zip(&pids) {
        let line = format!("kill: run: {name}: (pid {pid}) ");
        assert!(said.contains(&line), "{line}: {said}");
    }
    assert!(said.contains(", 3 killed"), "{said}");
    // Nobody looks at this terminal: plain lines, after five seconds.
    let waiting = stop.stderr();
    assert!(waiting.starts_with("waiting for "), "{waiting}");
    assert!(waiting.contains(" (pid "), "{waiting}");
    assert!(waiting.contains(", 2 of 3 left, kill in "), "{waiting}");
    assert!(
        waiting.ends_with(" s\n") && !waiting.contains('\r'),
        "{waiting:?}"
    );
}

#[test]
fn a_logger_that_does_not_end_is_killed_after_its_service() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let service = tree.service("talks").sleeper();
    let service = service.log_run("trap '' TERM\necho started $$ >>events\nexec sleep 1000");
    tree.supervise(service);
    tree.services[0].log().wait_events("started", 1);
    let out = tree.stop(&["-w", "30"]).run();
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stdout.contains("kill: the log of talks"), "{out:?}");
    assert_eq!(tree.services[0].runsv.wait(), 0);
}

#[test]
fn services_that_stop_last_are_left_alone() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    for name in ["syslog", "web", "dbus", "udev"] {
        let service = tree.service(name).sleeper();
        tree.supervise(service);
    }
    let out = tree.stop(&["-x", "syslog dbus", "-x", "udev,none"]).run();
    assert_eq!(out.code, 0, "{out:?}");
    assert!(
        out.stdout.starts_with("runsvstop: 1 service in "),
        "{out:?}"
    );
    let left: Vec<bool> = tree.services.iter().map(|s| s.ok()).collect();
    assert_eq!(left, [true, false, true, true]);
    let dir = tree.t.path("services");
    let out = tree.t.program("runsvstop").arg(dir).run();
    assert!(
        out.stdout.starts_with("runsvstop: 3 services in "),
        "{out:?}"
    );
}

#[test]
fn it_notes_whose_a_session_is_even_where_the_parents_are_gone_later() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let daemon = "setsid sh -c 'echo session $$ >>events; exec sleep 1000' &\n\
                  echo started $$ >>events\nwait";
    let service = tree.service("forks").run(daemon);
    tree.supervise(service);
    let session = tree.services[0].wait_events("session", 1)[0].clone();
    let file = tree.t.path("sessions");
    let file = file.to_str().expect("a path");
    let out = tree.stop(&["-s", file]).run();
    assert_eq!(out.code, 0, "{out:?}");
    let noted = fs::read_to_string(file).expect("a file");
    let line = format!("{session} forks");
    assert!(noted.lines().any(|l| l == line), "{noted:?}");
}

#[test]
fn with_a_it_ends_every_supervisor_there_is() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let service = tree.service("in").sleeper();
    tree.supervise(service);
    // In a process table of its own, so that it does not end those of other tests.
    let other = tree.t.service("elsewhere/out").sleeper();
    let gone = tree.t.service("elsewhere/gone").sleeper();
    // Its supervisor has nothing left by which it could be spoken to.
    let mute = tree.t.service("elsewhere/mute").sleeper();
    let script = format!(
        "mount -t proc proc /proc\n\
         {runsv} {other} & {runsv} {gone} & {runsv} {mute} &\n\
         until [ -s {other}/events ] && [ -s {gone}/events ] && [ -s {mute}/events ]; do sleep 0.05; done\n\
         rm -r {gone} {mute}/supervise\n\
         {stop} -a {empty}; echo code $?\nwait; echo all gone",
        runsv = program_path("runsv").display(),
        stop = program_path("runsvstop").display(),
        other = other.dir().display(),
        gone = gone.dir().display(),
        mute = mute.dir().display(),
        empty = tree.t.mkdir("empty").display(),
    );
    let args = ["--pid", "--mount", "--fork", "sh", "-c", &script];
    let out = tree.t.command("unshare").args(args).run();
    assert!(out.stdout.contains("code 0\nall gone\n"), "{out:?}");
    assert!(out.stdout.contains("runsvstop: 3 services in "), "{out:?}");
    assert!(tree.services[0].ok(), "not one of that table");
}

#[test]
fn wrong_usage_is_told_and_nothing_is_done() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let service = tree.service("web").sleeper();
    tree.supervise(service);
    for args in [&["-w"][..], &["-w", "x"], &["-Z"], &["-x"], &["a", "b"]] {
        let out = tree.stop(args).run();
        assert_eq!(out.code, 100, "{args:?}");
        assert!(out.stderr.contains("usage: runsvstop ["), "{out:?}");
    }
    assert!(tree.services[0].ok());
}

#[test]
fn on_a_screen_the_line_is_rewritten_and_wiped_in_the_end() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let service = tree.deaf("deaf").file("timeout-stop", "10\n");
    tree.supervise(service);
    // script(1) has a terminal for it.
    let line = format!("{} -w 3", program_path("runsvstop").display());
    let script = tree.t.command("script").args(["-qec", &line, "/dev/null"]);
    let out = script.env("SVDIR", tree.t.path("services")).run();
    assert_eq!(out.code, 1, "{out:?}");
    let waiting = out.stdout.split("\rwaiting for deaf (pid ");
    let lines: Vec<&str> = waiting.skip(1).collect();
    assert!(!lines.is_empty(), "{out:?}");
    for line in &lines {
        let (text, _) = line.split_once("\x1b[K").expect("the rest is wiped");
        assert!(text.ends_with(" s") && !text.contains('\n'), "{out:?}");
    }
    let killed = "\x1b[K\r\x1b[Kkill: run: deaf: (pid ";
    assert!(out.stdout.contains(killed), "{out:?}");
}

#[test]
fn what_runs_is_listed_with_its_session_and_nothing_is_stopped() {
    if !is_ours() {
        return;
    }
    let mut tree = Tree::new();
    let service = tree.deaf("stays");
    tree.supervise(service);
    let pid = tree.services[0].pid().expect("it runs");
    let listed = tree.stop(&["-l"]).run();
    assert_eq!(listed.code, 0);
    let own = listed
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{pid} ")).map(str::to_owned))
        .expect("the service is listed");
    let words: Vec<&str> = own.split(' ').collect();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it still runs");
    let stat: Vec<&str> = stat
        .rsplit(") ")
        .next()
        .expect("fields")
        .split(' ')
        .collect();
    assert_eq!(words[1..4], [stat[1], stat[3], stat[4]]);
    assert_eq!(words[4], "0");
    assert!(
        !listed.stdout.lines().any(|line| line.starts_with("2 ")),
        "kthreadd"
    );
}
