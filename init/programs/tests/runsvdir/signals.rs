//! TERM, HUP, ALRM, and the session of each runsv.

use crate::common::*;
use crate::tree::*;

#[test]
fn term_ends_it_with_0_and_leaves_the_services_alone() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let mut runsvdir = tree.start();
    let pid = a.wait_running(1);
    let (runsv, _) = runsvs(&runsvdir)[0].clone();
    runsvdir.signal("TERM");
    assert_eq!(runsvdir.wait(), 0);
    assert!(procs::alive(pid) && procs::alive(runsv));
    assert_eq!(a.stat(), "run");
    assert!(a.ok());
    assert_eq!(runsvdir.stderr(), "");
    // Nor does anything of it remain, such as who forgets its watch.
    let is_scanner = |pid: &u32| {
        let name = procs::cmdline(*pid).into_iter().next();
        name.is_some_and(|name| name.ends_with(b"runsvdir"))
    };
    wait_until("all of runsvdir is gone", || {
        !tree.t.processes().iter().any(is_scanner)
    });
}

#[test]
fn hup_tells_all_runsv_to_go_and_ends_with_111() {
    let tree = Tree::new();
    let all = ["a", "b", "c"].map(|name| tree.entry(name).sleeper().logger());
    let mut runsvdir = tree.start();
    for s in &all {
        s.wait_running(1);
        s.log().wait_running(1);
    }
    let pids: Vec<u32> = runsvs(&runsvdir).into_iter().map(|r| r.0).collect();
    runsvdir.signal("HUP");
    assert_eq!(runsvdir.wait(), 111);
    if ours("hup-waits-for-all") {
        assert!(pids.iter().all(|pid| !procs::alive(*pid)));
        assert!(
            all.iter()
                .all(|s| s.stat() == "down" && s.log().stat() == "down")
        );
    }
    for s in &all {
        s.wait_stat("down");
        s.log().wait_stat("down");
        wait_until("its runsv is gone", || !s.ok());
    }
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn hup_waits_for_a_service_that_takes_its_time() {
    let tree = Tree::new();
    let a = tree.entry("a").run(
        "trap 'echo asked >>events; while ! [ -e go ]; do sleep 0.01; done; exit' TERM\n\
         echo started $$ >>events\nsleep 1000 &\nwait",
    );
    let mut runsvdir = tree.start();
    a.wait_running(1);
    runsvdir.signal("HUP");
    a.wait_events("asked", 1);
    if ours("hup-waits-for-all") {
        assert_eq!(runsvdir.ended(), None);
        // In a hurry after all.
        runsvdir.signal("TERM");
        assert_eq!(runsvdir.wait(), 0);
        a.wait_stat("run, got TERM, want exit");
    } else {
        assert_eq!(runsvdir.wait(), 111);
    }
    std::fs::write(a.path("go"), "").unwrap();
    a.wait_stat("down");
}

#[test]
fn hup_before_anything_runs_ends_it_as_well() {
    let tree = Tree::new();
    let mut runsvdir = tree.start();
    wait_until("it is among its services", || {
        procs::cwd(runsvdir.pid()).is_some()
            && procs::mask(runsvdir.pid(), "SigCgt").is_some_and(|m| m & 1 != 0)
    });
    runsvdir.signal("HUP");
    assert_eq!(runsvdir.wait(), 111);
}

#[test]
fn alrm_makes_it_look_again_and_leave_a_stamp() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    a.wait_running(1);
    runsvdir.signal("ALRM");
    let stamp = tree.dir.join(".forced-rescan");
    let text = wait_for("the stamp is there", || {
        std::fs::read_to_string(&stamp)
            .ok()
            .filter(|s| s.len() >= 25)
    });
    assert_eq!(text.len(), 25, "{text:?}");
    let digits = text.strip_prefix("@40000000").expect(&text);
    assert!(
        digits.chars().all(|c| "0123456789abcdef".contains(c)),
        "{text}"
    );
    // The next one has another time.
    runsvdir.signal("ALRM");
    wait_until("a newer stamp is there", || {
        std::fs::read_to_string(&stamp).is_ok_and(|s| s.len() == 25 && s > text)
    });
    assert_eq!(a.events("started").len(), 1);
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn without_p_the_runsv_share_its_session() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    let pid = a.wait_running(1);
    let (_, group, session) = procs::family(runsvdir.pid()).unwrap();
    let (runsv, _) = runsvs(&runsvdir)[0].clone();
    assert_eq!(procs::family(runsv), Some((runsvdir.pid(), group, session)));
    assert_eq!(procs::family(pid), Some((runsv, group, session)));
}

#[test]
fn with_p_each_runsv_has_a_session_of_its_own() {
    let tree = Tree::new();
    let all = ["a", "b"].map(|name| tree.entry(name).sleeper());
    let mut runsvdir = tree.runsvdir().args(["-P", "services"]).spawn();
    let pids = all.each_ref().map(|s| s.wait_running(1));
    let found = runsvs(&runsvdir);
    assert_eq!(found.len(), 2);
    for ((runsv, _), pid) in found.into_iter().zip(pids) {
        assert_eq!(procs::family(runsv), Some((runsvdir.pid(), runsv, runsv)));
        assert_eq!(procs::family(pid), Some((runsv, runsv, runsv)));
    }
    runsvdir.signal("HUP");
    assert_eq!(runsvdir.wait(), 111);
    for s in &all {
        s.wait_stat("down");
    }
}

#[test]
fn services_start_with_default_signals_and_no_mask() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    let pid = a.wait_running(1);
    let ignored = procs::mask(runsvdir.pid(), "SigIgn").unwrap();
    wait_until("it is a sleep", || {
        procs::cmdline(pid).first().is_some_and(|a| a == b"sleep")
    });
    assert_eq!(procs::mask(pid, "SigBlk"), Some(0));
    assert_eq!(procs::mask(pid, "SigIgn").unwrap() & !ignored, 0);
}

#[test]
fn the_tree_has_no_descriptors_but_its_own() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    let pid = a.wait_running(1);
    let shell = tree.t.command("sh").args(["-c", "ls /proc/$$/fd"]).run();
    let more: Vec<u32> = shell
        .stdout
        .lines()
        .filter_map(|l| l.parse().ok())
        .filter(|n| *n > 2)
        .collect();
    wait_until("the service has 0, 1 and 2 only", || {
        let numbers: Vec<u32> = procs::fds(pid).into_iter().map(|f| f.0).collect();
        let own: Vec<u32> = numbers.into_iter().filter(|n| !more.contains(n)).collect();
        own == [0, 1, 2]
    });
    drop(runsvdir);
}
