//! What runsv keeps in `supervise/`: the files, and what they say in each state.

use crate::common::*;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A service that cannot be stopped by TERM.
const STUBBORN: &str = "trap '' TERM\necho started $$ >>events\nwhile :; do sleep 1000; done";

fn mode(path: &Path) -> u32 {
    let meta = fs::symlink_metadata(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    meta.permissions().mode() & 0o7777
}

#[track_caller]
fn assert_supervise_is_complete(dir: &Path) {
    assert_eq!(mode(dir), 0o700, "{}", dir.display());
    for (name, fifo, want) in [
        ("lock", false, 0o600),
        ("control", true, 0o600),
        ("ok", true, 0o600),
        ("status", false, 0o644),
        ("stat", false, 0o644),
        ("pid", false, 0o644),
    ] {
        let path = dir.join(name);
        assert_eq!(mode(&path), want, "{}", path.display());
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        assert_eq!(
            (kind.is_fifo(), kind.is_file()),
            (fifo, !fifo),
            "{}",
            path.display()
        );
    }
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["control", "lock", "ok", "pid", "stat", "status"]);
}

#[test]
fn supervise_has_its_files_with_their_types_and_modes() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().logger().supervise();
    s.wait_stat("run");
    s.log().wait_stat("run");
    assert_supervise_is_complete(&s.path("supervise"));
    assert_supervise_is_complete(&s.path("log/supervise"));
}

#[test]
fn an_existing_supervise_is_taken_over_as_it_is() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    fs::create_dir(s.path("supervise")).unwrap();
    fs::set_permissions(s.path("supervise"), fs::Permissions::from_mode(0o755)).unwrap();
    let s = s.supervise();
    s.wait_stat("run");
    assert_eq!(mode(&s.path("supervise")), 0o755);
}

#[test]
fn the_files_of_an_earlier_runsv_are_used_again() {
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().logger().supervise();
    s.wait_started(1);
    s.log().wait_started(1);
    s.wait_stat("run");
    s.log().wait_stat("run");
    let control = fs::metadata(s.path("supervise/control")).unwrap().ino();
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    let _again = s.runsv().spawn();
    s.wait_running(2);
    assert_eq!(
        fs::metadata(s.path("supervise/control")).unwrap().ino(),
        control
    );
}

#[test]
fn a_dangling_supervise_link_is_followed() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().logger();
    symlink(t.path("elsewhere"), s.path("supervise")).unwrap();
    // One relative to the service directory, as links of packages are.
    symlink("../../log-elsewhere", s.path("log/supervise")).unwrap();
    let s = s.supervise();
    s.wait_stat("run");
    s.log().wait_stat("run");
    assert_supervise_is_complete(&t.path("elsewhere"));
    assert!(
        fs::symlink_metadata(s.path("supervise"))
            .unwrap()
            .is_symlink()
    );
    let log = fs::canonicalize(s.path("log/supervise")).unwrap();
    assert_supervise_is_complete(&log);
}

#[test]
fn a_long_supervise_link_is_followed() {
    let t = Scratch::new();
    let s = t.service("s").sleeper();
    let deep = t.mkdir("d".repeat(200)).join("e".repeat(200));
    symlink(&deep, s.path("supervise")).unwrap();
    let mut s = s.supervise();
    if ours("long-supervise-links") {
        s.wait_running(1);
        assert_supervise_is_complete(&deep);
    } else {
        assert_eq!(s.runsv.wait(), 111);
        s.runsv
            .wait_stderr("fatal: unable to readlink ./supervise: name too long\n");
    }
}

#[test]
fn a_running_service_has_its_record() {
    let t = Scratch::new();
    let before = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let s = t.service("s").sleeper().supervise();
    let pid = s.wait_running(1);
    let status = s.status().unwrap();
    let after = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(
        (before..=after).contains(&status.since),
        "{before} <= {} <= {after}",
        status.since
    );
    assert!(status.nanos < 1_000_000_000);
    assert_eq!(status.pid, pid);
    assert_eq!(
        (status.state, status.want, status.paused, status.got_term),
        (State::Run, Want::Up, false, false)
    );
    assert_eq!(s.read("supervise/pid"), format!("{pid}\n"));
    assert_eq!(s.read("supervise/stat"), "run\n");
}

#[test]
fn a_service_with_a_down_file_is_not_started_and_says_so() {
    let t = Scratch::new();
    let before = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let s = t.service("s").sleeper().down().supervise();
    s.wait_stat("down");
    let status = s.status().unwrap();
    assert!(status.since >= before);
    assert_eq!(
        (status.pid, status.state, status.want),
        (0, State::Down, Want::Down)
    );
    assert_eq!((status.paused, status.got_term), (false, false));
    assert_eq!(s.read("supervise/pid"), "");
    assert_eq!(s.read("supervise/stat"), "down\n");
    assert_eq!(s.events("started").len(), 0);
    s.control("u");
    s.wait_running(1);
    assert_eq!(s.status().unwrap().want, Want::Up);
}

#[test]
fn a_stopped_service_has_its_record() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    s.control("d");
    s.wait_stat("down");
    let status = s.status().unwrap();
    assert_eq!(
        (status.pid, status.state, status.want),
        (0, State::Down, Want::Down)
    );
    assert_eq!((status.paused, status.got_term), (false, false));
    assert_eq!(s.read("supervise/pid"), "");
}

#[test]
fn a_finishing_service_has_its_record() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .finish("echo finishing $$ >>events\nexec sleep 1000")
        .supervise();
    procs::kill(s.wait_started(1), "KILL");
    let pid: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    s.wait_stat("finish");
    let status = s.status().unwrap();
    assert_eq!(
        (status.pid, status.state, status.want),
        (pid, State::Finish, Want::Up)
    );
    assert_eq!(s.read("supervise/pid"), format!("{pid}\n"));
    s.control("d");
    s.wait_status("wants down", |s| s.want == Want::Down);
}

#[test]
fn the_time_in_the_record_is_that_of_the_last_start_or_stop() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .sleeper()
        .finish("echo finishing $$ >>events\nexec sleep 1000")
        .supervise();
    let since = || {
        let status = s.status().expect("there is a record");
        (status.since, status.nanos)
    };
    s.wait_running(1);
    let started = since();
    s.control("p");
    s.wait_stat("run, paused");
    assert_eq!(since(), started, "a pause is no start");
    s.control("c");
    s.control("d");
    let finish: u32 = s.wait_events("finishing", 1)[0].parse().unwrap();
    s.wait_stat("finish, want down");
    assert_eq!(since(), started, "finish belongs to the run before it");
    procs::kill(finish, "KILL");
    s.wait_stat("down");
    let stopped = since();
    assert!(stopped > started);
    s.control("u");
    s.wait_running(2);
    assert!(since() > stopped);
}

#[test]
fn a_paused_service_says_so_until_it_goes_on() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let pid = s.wait_running(1);
    s.control("p");
    s.wait_stat("run, paused");
    assert!(s.status().unwrap().paused);
    wait_until("the service is stopped", || procs::state(pid) == Some('T'));
    s.control("c");
    s.wait_stat("run");
    assert!(!s.status().unwrap().paused);
    wait_until("the service goes on", || procs::state(pid) == Some('S'));
}

#[test]
fn a_service_that_ignores_term_says_what_it_got_and_what_is_wanted() {
    let t = Scratch::new();
    let s = t.service("s").run(STUBBORN).supervise();
    s.wait_started(1);
    s.control("t");
    s.wait_stat("run, got TERM");
    let status = s.status().unwrap();
    assert_eq!((status.got_term, status.want), (true, Want::Up));
    s.control("d");
    s.wait_stat("run, got TERM, want down");
    assert_eq!(s.status().unwrap().want, Want::Down);
    s.control("p");
    s.wait_stat("run, paused, got TERM, want down");
    s.control("c");
    s.wait_stat("run, got TERM, want down");
    s.control("x");
    s.wait_stat("run, got TERM, want exit");
    assert_eq!(s.status().unwrap().want, Want::Down);
    s.control("u");
    s.wait_stat("run, got TERM");
}

#[test]
fn once_is_shown_as_wanting_down() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    s.control("o");
    s.wait_stat("run, want down");
    let status = s.status().unwrap();
    assert_eq!(
        (status.want, status.got_term, status.state),
        (Want::Down, false, State::Run)
    );
}

#[test]
fn a_new_process_is_rid_of_what_the_old_one_got() {
    let t = Scratch::new();
    let s = t.service("s").run(STUBBORN).supervise();
    s.wait_started(1);
    s.control("tp");
    s.wait_stat("run, paused, got TERM");
    s.control("k");
    s.wait_running(2);
    let status = s.status().unwrap();
    assert_eq!((status.paused, status.got_term), (false, false));
}

#[test]
fn the_files_are_replaced_by_rename_never_rewritten() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_running(1);
    let names = ["status", "stat", "pid"];
    let open = names.map(|n| fs::File::open(s.path(format!("supervise/{n}"))).unwrap());
    let old = names.map(|n| s.read(&format!("supervise/{n}")));
    s.control("d");
    s.wait_stat("down");
    for (n, (mut file, old)) in names.iter().zip(open.into_iter().zip(old)) {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), old, "{n} was rewritten");
        assert_ne!(s.read(&format!("supervise/{n}")), old, "{n}");
    }
}

#[test]
fn a_command_that_changes_nothing_does_not_touch_stat() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("trap 'echo hup >>events' HUP\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done")
        .supervise();
    s.wait_running(1);
    let id = |s: &ServiceDir| {
        let meta = fs::metadata(s.path("supervise/stat")).unwrap();
        (meta.ino(), meta.mtime(), meta.mtime_nsec())
    };
    // Sent and acted upon, yet no change of state: both sides leave it alone.
    let before = id(&s);
    s.control("h");
    s.wait_events("hup", 1);
    assert_eq!(id(&s), before);
    // Tools take its time as that of the last change: here the two differ.
    s.control("uch");
    s.wait_events("hup", 2);
    let time = |id: (u64, i64, i64)| (id.1, id.2);
    if ours("stat-keeps-its-time") {
        assert_eq!(id(&s), before);
        // New words about the same state keep the time of the state.
        s.control("po");
        s.wait_stat("run, paused, want down");
        assert_eq!(time(id(&s)), time(before));
    } else {
        assert_ne!(time(id(&s)), time(before));
    }
}

#[test]
fn the_lock_is_held_while_it_runs() {
    use rustix::fs::{FlockOperation, flock};
    let t = Scratch::new();
    let mut s = t.service("s").sleeper().logger().supervise();
    s.wait_running(1);
    s.log().wait_stat("run");
    for lock in ["supervise/lock", "log/supervise/lock"] {
        let file = fs::File::open(s.path(lock)).unwrap();
        assert!(
            flock(&file, FlockOperation::NonBlockingLockExclusive).is_err(),
            "{lock} is free"
        );
    }
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    for lock in ["supervise/lock", "log/supervise/lock"] {
        let file = fs::File::open(s.path(lock)).unwrap();
        flock(&file, FlockOperation::NonBlockingLockExclusive).expect(lock);
    }
}
