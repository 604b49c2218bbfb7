//! The pair of a service and its logger: one pipe that outlives both.

use crate::common::*;
use std::fs;

#[test]
fn output_of_run_and_finish_reaches_the_logger() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo from run\necho to stderr >&2\nexec sleep 1000")
        .finish("echo from finish $*")
        .logger()
        .supervise();
    wait_until("run is logged", || s.log().read("lines") == "from run\n");
    s.runsv.wait_stderr("to stderr\n");
    s.control("d");
    wait_until("finish is logged", || {
        s.log().read("lines") == "from run\nfrom finish -1 15\n"
    });
}

#[test]
fn no_line_is_lost_while_the_logger_is_killed() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events\ni=0\nwhile [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done\nexec sleep 1000")
        // A logger that takes one line at a time off the pipe, so that none is in its own hands.
        .log_run("echo started $$ >>events\nwhile read -r line; do echo \"$line\" >>lines; done")
        .supervise();
    for n in 1..=2 {
        let logger = s.log().wait_started(n);
        wait_until("it logs", || {
            s.log().read("lines").lines().count() >= n * 50
        });
        procs::kill(logger, "STOP");
        wait_until("it is stopped", || procs::state(logger) == Some('T'));
        procs::kill(logger, "KILL");
    }
    s.log().wait_started(3);
    wait_until("all is logged", || {
        s.log().read("lines").contains("line 3000\n")
    });
    let text = s.log().read("lines");
    let lines: Vec<&str> = text.lines().collect();
    // The line in the hands of a killed logger is its own loss, at most one each.
    let numbers: Vec<usize> = lines
        .iter()
        .filter_map(|l| l.strip_prefix("line ")?.parse().ok())
        .collect();
    assert!(numbers.len() >= 2998, "{} of 3000 lines", numbers.len());
    assert!(numbers.windows(2).all(|p| p[0] < p[1]), "in order");
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn lines_wait_in_the_pipe_for_the_next_logger() {
    let t = Scratch::new();
    let s = t.service("s").run(
        "echo started $$ >>events\nexec 3<>words\nwhile read -r line <&3; do echo $line; done",
    );
    t.mkfifo(s.path("words"));
    let s = s.logger().supervise();
    s.wait_started(1);
    let say = |word: &str| fs::write(s.path("words"), format!("{word}\n")).unwrap();
    s.log().wait_started(1);
    say("one");
    wait_until("one is logged", || s.log().read("lines") == "one\n");
    s.log().control("d");
    s.log().wait_stat("down");
    say("two");
    say("three");
    s.log().control("u");
    wait_until("the rest is logged", || {
        s.log().read("lines") == "one\ntwo\nthree\n"
    });
    assert_eq!(s.events("started").len(), 1, "no write failed meanwhile");
}

#[test]
fn the_pipe_survives_restarts_of_the_service() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events\necho hello $$\nexec sleep 1000")
        .logger()
        .supervise();
    let logger = s.log().wait_started(1);
    let first = s.wait_started(1);
    wait_until("the first is logged", || {
        s.log().read("lines").contains(&format!("hello {first}\n"))
    });
    procs::kill(first, "KILL");
    let second = s.wait_started(2);
    wait_until("the second is logged", || {
        s.log().read("lines") == format!("hello {first}\nhello {second}\n")
    });
    assert!(procs::alive(logger));
    assert_eq!(s.log().events("started").len(), 1);
}

#[test]
fn both_have_their_own_record() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().logger().supervise();
    let run = s.wait_started(1);
    let log = s.log().wait_started(1);
    s.wait_stat("run");
    s.log().wait_stat("run");
    assert_eq!((s.pid(), s.log().pid()), (Some(run), Some(log)));
    assert_eq!(s.log().status().unwrap().pid, log);
    s.control("d");
    s.wait_stat("down");
    assert_eq!(s.log().stat(), "run");
    s.log().control("t");
    s.log().wait_started(2);
    s.log().wait_stat("run");
    assert_eq!(s.stat(), "down");
}

#[test]
fn a_down_file_keeps_the_logger_down() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .logger()
        .file("log/down", "")
        .supervise();
    s.wait_started(1);
    s.log().wait_stat("down");
    assert_eq!(s.log().status().unwrap().want, Want::Down);
    s.log().control("u");
    s.log().wait_started(1);
    s.log().wait_stat("run");
}

#[test]
fn the_down_file_of_the_service_is_not_that_of_the_logger() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().down().logger().supervise();
    s.log().wait_started(1);
    s.log().wait_stat("run");
    s.wait_stat("down");
}

#[test]
fn a_log_that_is_no_directory_is_warned_of_once() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().file("log", "").supervise();
    let pid = s.wait_started(1);
    procs::kill(pid, "KILL");
    s.wait_started(2);
    assert_eq!(
        s.runsv.stderr(),
        format!(
            "runsv {}: warning: ./log: not a directory.\n",
            s.dir().display()
        )
    );
}

#[test]
fn a_dangling_log_is_no_log() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    std::os::unix::fs::symlink("nowhere", s.path("log")).unwrap();
    let s = s.supervise();
    s.wait_running(1);
    assert_eq!(s.runsv.stderr(), "");
}

#[test]
fn log_may_be_a_link_to_a_directory_elsewhere() {
    let t = Scratch::new();
    let elsewhere = t
        .service("elsewhere")
        .run("echo started $$ >>events\nexec cat >>lines");
    let s = t.service("s").run("echo hello\nexec sleep 1000");
    std::os::unix::fs::symlink(elsewhere.dir(), s.path("log")).unwrap();
    let s = s.supervise();
    elsewhere.wait_started(1);
    wait_until("it is logged", || elsewhere.read("lines") == "hello\n");
    elsewhere.wait_stat("run");
    s.wait_stat("run");
}

#[test]
fn a_logger_that_cannot_be_run_is_tried_again() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::create_dir(s.path("log")).unwrap();
    let s = s.supervise();
    s.runsv.wait_stderr(&format!(
        "runsv {}: fatal: unable to start log/./run: file does not exist\n",
        s.dir().display()
    ));
    let _s = ServiceDir::clone(&s).logger();
    s.log().wait_started(1);
}

#[test]
fn a_log_lock_held_elsewhere_is_waited_for() {
    use rustix::fs::{FlockOperation, flock};
    let t = Scratch::new();
    let s = t.service("s").sleeper().logger();
    fs::create_dir_all(s.path("log/supervise")).unwrap();
    let lock = fs::File::create(s.path("log/supervise/lock")).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    let mut s = s.supervise();
    // It waits in flock(2), or goes on without its logger; in no case is it refused.
    wait_until("the lock of the service is taken", || {
        fs::File::open(s.path("supervise/lock"))
            .is_ok_and(|f| flock(&f, FlockOperation::NonBlockingLockExclusive).is_err())
    });
    assert_eq!(s.runsv.ended(), None);
    assert_eq!(s.log().events("started").len(), 0);
    drop(lock);
    s.log().wait_started(1);
    s.wait_started(1);
    s.log().wait_stat("run");
}

#[test]
fn a_log_directory_made_later_is_used_from_the_next_start_on() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events\necho hello\nexec sleep 1000")
        .supervise();
    let first = s.wait_running(1);
    let with_log = ServiceDir::clone(&s).logger();
    procs::kill(first, "KILL");
    s.wait_started(2);
    if ours("log-picked-up-later") {
        with_log.log().wait_started(1);
        wait_until("it is logged", || with_log.log().read("lines") == "hello\n");
        with_log.log().wait_stat("run");
    } else {
        s.wait_stat("run");
        assert!(!with_log.path("log/supervise").exists());
    }
}
