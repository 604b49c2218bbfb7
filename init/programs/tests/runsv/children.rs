//! What the programs run by runsv find: name, directory, environment, descriptors, signals.

use crate::common::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A pair with a finish script, all of them sleeping.
fn pair(t: &Scratch) -> ServiceDir {
    t.service("s")
        .sleeper()
        .finish("echo finishing $$ >>events\nexec sleep 1000")
        .log_run("echo started $$ >>events\nexec sleep 1000")
}

#[test]
fn scripts_are_called_dot_slash_name() {
    let t = Scratch::new();
    // The interpreter gets the name; an argument list seen in /proc needs a script that stays.
    let s = t
        .service("s")
        .run("echo started $$ $0 $# >>events\nexec sleep 1000")
        .finish("echo finishing $$ $0 $# >>events")
        .log_run("echo started $$ $0 $# >>events\nexec sleep 1000")
        .supervise();
    let pid = s.wait_events("started", 1)[0].clone();
    let (pid, name) = pid.split_once(' ').unwrap();
    assert_eq!(name, "./run 0");
    procs::kill(pid.parse().unwrap(), "KILL");
    let finish = s.wait_events("finishing", 1)[0].clone();
    assert_eq!(finish.split_once(' ').unwrap().1, "./finish 2");
    let log = s.log().wait_events("started", 1)[0].clone();
    assert_eq!(log.split_once(' ').unwrap().1, "./run 0");
}

#[test]
fn run_may_be_a_program_and_is_called_dot_slash_run() {
    let t = Scratch::new();
    let s = t.service("s");
    let sleep = ["/bin/sleep", "/usr/bin/sleep"]
        .iter()
        .find(|p| std::path::Path::new(p).exists())
        .unwrap();
    std::os::unix::fs::symlink(sleep, s.path("run")).unwrap();
    let s = s.finish("echo finished $* >>events").supervise();
    // Without an argument it refuses at once, by its name.
    s.wait_events("finished", 1);
    s.runsv.wait_stderr("./run: missing operand");
    assert_eq!(s.events("finished")[0], "1 0");
}

#[test]
fn each_runs_in_its_own_directory() {
    let t = Scratch::new();
    let s = pair(&t).hook('h', "pwd >>events; exit 0").supervise();
    let here = std::fs::canonicalize(s.dir()).unwrap();
    let run = s.wait_started(1);
    let log = s.log().wait_started(1);
    assert_eq!(procs::cwd(run), Some(here.clone()));
    assert_eq!(procs::cwd(log), Some(here.join("log")));
    s.control("h");
    s.wait_events(here.to_str().unwrap(), 1);
    procs::kill(run, "KILL");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    assert_eq!(procs::cwd(finish), Some(here));
}

#[test]
fn the_environment_is_handed_on_as_it_is() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("env >env.new; mv env.new env\nexec sleep 1000")
        .log_run("env >env.new; mv env.new env\nexec sleep 1000");
    let _runsv = s
        .runsv()
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("FOO", "b a r")
        .env("EMPTY", "")
        .spawn();
    for dir in [s.clone(), s.log()] {
        wait_until("the environment is noted", || dir.path("env").exists());
        let mut env: BTreeMap<_, _> = dir
            .read("env")
            .lines()
            .filter_map(|l| l.split_once('='))
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        // The shell's own.
        for name in ["PWD", "OLDPWD", "SHLVL", "_"] {
            env.remove(name);
        }
        env.retain(|name, _| !name.starts_with("RUNIT_TEST"));
        let want = [("PATH", "/usr/bin:/bin"), ("FOO", "b a r"), ("EMPTY", "")];
        let want: BTreeMap<_, _> = want
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .into_iter()
            .collect();
        assert_eq!(env, want);
    }
}

#[test]
fn children_have_standard_descriptors_only() {
    let t = Scratch::new();
    let s = pair(&t)
        .hook('h', "echo hook $$ >>events; exec sleep 1000")
        .supervise();
    let more = inherited(&t);
    // A program opens files while it starts, so what stays in the end counts.
    let settled = |pid: u32, name: &str| -> Vec<PathBuf> {
        wait_for(&format!("{name} has 0, 1 and 2 only"), || {
            let mut fds = procs::fds(pid);
            fds.retain(|f| !more.contains(&f.0));
            let numbers: Vec<u32> = fds.iter().map(|f| f.0).collect();
            (numbers == [0, 1, 2]).then(|| fds.into_iter().map(|f| f.1).collect())
        })
    };
    let run = s.wait_started(1);
    let run_fds = settled(run, "run");
    let log_fds = settled(s.log().wait_started(1), "log/run");
    // The one's output is the other's input; the rest is runsv's own.
    let is_pipe = |p: &PathBuf| p.to_string_lossy().starts_with("pipe:");
    assert!(is_pipe(&run_fds[1]));
    assert_eq!(run_fds[1], log_fds[0]);
    assert_eq!(run_fds[0], PathBuf::from("/dev/null"));
    assert_eq!(run_fds[2], log_fds[2]);
    assert!(!is_pipe(&log_fds[1]));
    // The hook and finish write to the logger as well. (A hook that stays holds up the other side.)
    s.control("h");
    let hook: u32 = s.wait_events("hook", 1)[0].parse().unwrap();
    assert_eq!(settled(hook, "the hook")[1], run_fds[1]);
    procs::kill(hook, "KILL");
    procs::kill(run, "KILL");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    assert_eq!(settled(finish, "finish")[1], run_fds[1]);
}

/// Descriptors above 2 that this test program hands to all it starts, from whoever started it.
fn inherited(t: &Scratch) -> Vec<u32> {
    let shell = t.command("sh").args(["-c", "ls /proc/$$/fd"]).run();
    let numbers = shell.stdout.lines().filter_map(|l| l.parse().ok());
    numbers.filter(|n| *n > 2).collect()
}

#[test]
fn without_a_logger_all_descriptors_are_those_of_runsv() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let run = s.wait_started(1);
    let own = procs::fds(s.runsv.pid());
    let count = 3 + inherited(&t).len();
    wait_until("run has no descriptors of its own", || {
        let fds = procs::fds(run);
        fds.len() == count && fds[..3] == own[..3]
    });
}

#[test]
fn children_start_with_default_signals_and_no_mask() {
    let t = Scratch::new();
    let s = pair(&t)
        .hook('h', "echo hook $$ >>events; exec sleep 1000")
        .supervise();
    let run = s.wait_started(1);
    let log = s.log().wait_started(1);
    s.control("h");
    let hook: u32 = s.wait_events("hook", 1)[0].parse().unwrap();
    // What was ignored or blocked when runsv was started is not its affair: take that off.
    let ignored = procs::mask(s.runsv.pid(), "SigIgn").unwrap();
    for pid in [run, log, hook] {
        wait_until("it is a sleep", || {
            procs::cmdline(pid).first().is_some_and(|a| a == b"sleep")
        });
        // TERM (15) and CHLD (17).
        let blocked = if pid != hook || ours("hooks-start-with-no-mask") {
            0
        } else {
            1 << 14 | 1 << 16
        };
        assert_eq!(procs::mask(pid, "SigBlk"), Some(blocked));
        assert_eq!(procs::mask(pid, "SigIgn").unwrap() & !ignored, 0);
        assert_eq!(procs::mask(pid, "SigCgt"), Some(0));
    }
    procs::kill(hook, "KILL");
    procs::kill(run, "KILL");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    wait_until("it is a sleep", || {
        procs::cmdline(finish)
            .first()
            .is_some_and(|a| a == b"sleep")
    });
    assert_eq!(procs::mask(finish, "SigBlk"), Some(0));
    assert_eq!(procs::mask(finish, "SigIgn").unwrap() & !ignored, 0);
}

#[test]
fn a_broken_pipe_ends_a_service_by_its_signal() {
    // Would runsv hand on an ignored SIGPIPE, the write would fail instead and sh go on.
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("kill -PIPE $$\necho survived >>events")
        .finish("echo finished $* >>events")
        .supervise();
    assert_eq!(s.wait_events("finished", 1)[0], "-1 13");
}

#[test]
fn children_share_the_session_and_group_of_runsv() {
    let t = Scratch::new();
    let s = pair(&t).supervise();
    let run = s.wait_started(1);
    let log = s.log().wait_started(1);
    let (_, group, session) = procs::family(s.runsv.pid()).unwrap();
    for pid in [run, log] {
        assert_eq!(procs::family(pid), Some((s.runsv.pid(), group, session)));
    }
}
