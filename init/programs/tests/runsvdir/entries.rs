//! Which entries are served, how they come and how they go.

use crate::common::*;
use crate::tree::*;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

#[test]
fn each_directory_gets_a_runsv() {
    let tree = Tree::new();
    let all = ["a", "b", "c d", "-x"].map(|name| tree.entry(name).sleeper());
    let runsvdir = tree.start();
    for s in &all {
        s.wait_running(1);
    }
    let names: Vec<_> = runsvs(&runsvdir).into_iter().map(|r| r.1).collect();
    assert_eq!(names, ["-x", "a", "b", "c d"]);
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn runsv_is_given_its_name_only_and_starts_among_the_services() {
    let tree = Tree::new();
    tree.entry("a").sleeper();
    let _runsvdir = tree
        .with_own_runsv("exec sleep 1000")
        .arg("services")
        .spawn();
    let note = tree.notes().wait_events("runsv", 1)[0].clone();
    let words: Vec<_> = note.split(' ').collect();
    assert_eq!(words[1..], ["1", "a"]);
    let pid = words[0].parse().unwrap();
    assert_eq!(procs::cwd(pid), Some(fs::canonicalize(&tree.dir).unwrap()));
}

#[test]
fn runsv_is_called_runsv() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    a.wait_running(1);
    let (pid, _) = runsvs(&runsvdir)[0].clone();
    assert_eq!(procs::cmdline(pid), [b"runsv".to_vec(), b"a".to_vec()]);
}

#[test]
fn names_with_a_dot_and_plain_files_are_passed_over() {
    let tree = Tree::new();
    let hidden = tree.entry(".hidden").sleeper();
    fs::write(tree.dir.join("file"), "").unwrap();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    a.wait_running(1);
    // Another round.
    let b = tree.aside("b").sleeper();
    tree.add("b", &b).wait_running(1);
    assert_eq!(runsvs(&runsvdir).len(), 2);
    assert_eq!(hidden.events("started").len(), 0);
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn links_to_directories_are_served() {
    let tree = Tree::new();
    let real = tree.aside("real").sleeper();
    symlink(real.dir(), tree.dir.join("one")).unwrap();
    let runsvdir = tree.start();
    real.wait_running(1);
    let other = tree.aside("other").sleeper();
    symlink("../aside/other", tree.dir.join("two")).unwrap();
    other.wait_running(1);
    let names: Vec<_> = runsvs(&runsvdir).into_iter().map(|r| r.1).collect();
    assert_eq!(names, ["one", "two"]);
}

#[test]
fn a_dangling_link_is_warned_of_and_served_when_it_leads_somewhere() {
    let tree = Tree::new();
    symlink("../aside/later", tree.dir.join("link")).unwrap();
    let a = tree.entry("a").sleeper();
    let runsvdir = tree.start();
    a.wait_running(1);
    runsvdir.wait_stderr("runsvdir services: warning: unable to stat link: file does not exist\n");
    let later = tree.aside("later").sleeper();
    if !ours("links-are-followed-as-they-change") {
        // The directory itself must change for the other side to look again.
        symlink("nowhere", tree.dir.join("touch")).unwrap();
    }
    later.wait_running(1);
    assert_eq!(runsvdir.stderr().matches("unable to stat link").count(), 1);
}

#[test]
fn a_new_directory_is_served() {
    let tree = Tree::new();
    let runsvdir = tree.start();
    for name in ["a", "b", "c"] {
        let s = tree.aside(name).sleeper();
        tree.add(name, &s).wait_running(1);
    }
    assert_eq!(runsvs(&runsvdir).len(), 3);
}

#[test]
fn twenty_new_services_one_after_another_take_no_twenty_seconds() {
    let tree = Tree::new();
    let _runsvdir = tree.start();
    let count = if ours("changes-are-seen-at-once") {
        20
    } else {
        2
    };
    let start = std::time::Instant::now();
    for n in 0..count {
        let s = tree.aside("new").sleeper();
        tree.add(&n.to_string(), &s).wait_running(1);
    }
    // The other side looks once in a second at most.
    assert!(start.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn a_directory_that_is_filled_after_it_was_made_is_served() {
    let tree = Tree::new();
    let runsvdir = tree.start();
    let s = tree.entry("slow");
    let s = s.sleeper();
    s.wait_running(1);
    if ours("half-made-services-are-given-time") {
        assert_eq!(runsvdir.stderr(), "");
    }
}

#[test]
fn a_removed_service_is_stopped_and_its_runsv_goes() {
    let tree = Tree::new();
    let real = tree.aside("real").sleeper().logger();
    symlink(real.dir(), tree.dir.join("link")).unwrap();
    let keep = tree.entry("keep").sleeper();
    let runsvdir = tree.start();
    real.wait_running(1);
    real.log().wait_running(1);
    let kept = keep.wait_running(1);
    fs::remove_file(tree.dir.join("link")).unwrap();
    real.wait_stat("down");
    real.log().wait_stat("down");
    wait_until("its runsv is gone", || runsvs(&runsvdir).len() == 1);
    assert!(procs::alive(kept));
    assert_eq!(runsvs(&runsvdir)[0].1, "keep");
    // Nor does it come back.
    let more = tree.aside("more").sleeper();
    tree.add("more", &more).wait_running(1);
    assert_eq!(real.events("started").len(), 1);
}

#[test]
fn a_service_that_comes_back_is_served_again() {
    let tree = Tree::new();
    let real = tree.aside("real").sleeper();
    symlink(real.dir(), tree.dir.join("link")).unwrap();
    let _runsvdir = tree.start();
    real.wait_running(1);
    fs::remove_file(tree.dir.join("link")).unwrap();
    real.wait_stat("down");
    wait_until("its runsv is gone", || !real.ok());
    symlink(real.dir(), tree.dir.join("link")).unwrap();
    real.wait_running(2);
}

#[test]
fn a_replaced_directory_gets_its_runsv_when_the_old_one_is_gone() {
    let tree = Tree::new();
    // It takes as long to end as the test wants.
    let old = tree.aside("old").run(
        "trap 'while ! [ -e ../../go ]; do sleep 0.01; done; exit' TERM\n\
         echo started $$ >>events\nsleep 1000 &\nwait",
    );
    let new = tree.aside("new").sleeper();
    let old = tree.add("s", &old);
    let runsvdir = tree.start();
    old.wait_running(1);
    // As a package manager does: the old one away, the new one in its place.
    fs::rename(old.dir(), tree.t.path("aside/was")).unwrap();
    let was = tree.t.service("aside/was");
    let new = tree.add("s", &new);
    if ours("a-replaced-directory-waits-for-the-old-runsv") {
        wait_until("the old one is told to go", || {
            was.stat().contains("got TERM")
        });
        assert_eq!(new.events("started").len(), 0);
        fs::write(tree.t.path("go"), "").unwrap();
        new.wait_running(1);
        assert_eq!(was.stat(), "down");
        assert_eq!(runsvs(&runsvdir).len(), 1);
    } else {
        new.wait_running(1);
        assert_eq!(was.stat().split(',').next(), Some("run"));
        fs::write(tree.t.path("go"), "").unwrap();
        was.wait_stat("down");
    }
}

#[test]
fn a_removed_and_recreated_directory_is_served_afresh() {
    let tree = Tree::new();
    let old = tree.aside("old").sleeper();
    let old = tree.add("s", &old);
    let _runsvdir = tree.start();
    let first = old.wait_running(1);
    fs::remove_dir_all(old.dir()).unwrap();
    let new = tree.aside("new").sleeper();
    let new = tree.add("s", &new);
    let second = new.wait_running(1);
    assert_ne!(first, second);
    wait_until("the old process is gone", || !procs::alive(first));
    assert_eq!(new.pid(), Some(second));
    assert_eq!(new.sv("status").run().code, 0);
}

#[test]
fn two_links_to_one_directory_have_one_runsv() {
    let tree = Tree::new();
    let real = tree.aside("real").sleeper();
    symlink(real.dir(), tree.dir.join("one")).unwrap();
    symlink(real.dir(), tree.dir.join("two")).unwrap();
    let runsvdir = tree.start();
    real.wait_running(1);
    let a = tree.aside("a").sleeper();
    tree.add("a", &a).wait_running(1);
    let all = runsvs(&runsvdir);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(!runsvdir.stderr().contains("unable to lock"));
    // When its name is removed the other one takes over.
    let served = all.into_iter().find(|r| r.1 != "a").unwrap().1;
    fs::remove_file(tree.dir.join(served)).unwrap();
    if ours("the-other-name-takes-over") {
        real.wait_running(2);
        assert!(!runsvdir.stderr().contains("unable to lock"));
    } else {
        // It does not see a name go whose directory is still there.
        let b = tree.aside("b").sleeper();
        tree.add("b", &b).wait_running(1);
        assert_eq!(real.events("started").len(), 1);
    }
}

#[test]
fn a_renamed_link_is_served_under_its_new_name_when_the_old_runsv_is_gone() {
    let tree = Tree::new();
    let real = tree.aside("real").run(
        "trap 'while ! [ -e go ]; do sleep 0.01; done; exit' TERM\n\
         echo started $$ >>events\nsleep 1000 &\nwait",
    );
    symlink(real.dir(), tree.dir.join("before")).unwrap();
    let runsvdir = tree.start();
    real.wait_running(1);
    fs::rename(tree.dir.join("before"), tree.dir.join("after")).unwrap();
    if ours("the-other-name-takes-over") {
        wait_until("the old runsv is told to go", || {
            real.stat().ends_with("want exit")
        });
        fs::write(real.path("go"), "").unwrap();
        real.wait_running(2);
        let names: Vec<_> = runsvs(&runsvdir).into_iter().map(|r| r.1).collect();
        assert_eq!(names, ["after"]);
        assert_eq!(runsvdir.stderr(), "");
    } else {
        let b = tree.aside("b").sleeper();
        tree.add("b", &b).wait_running(1);
        assert_eq!(real.events("started").len(), 1);
    }
}

#[test]
fn names_need_not_be_utf8() {
    let tree = Tree::new();
    let name = OsStr::from_bytes(b"s\xff\xfe\n");
    let s = tree.aside("s").sleeper();
    fs::rename(s.dir(), tree.dir.join(name)).unwrap();
    let runsvdir = tree.start();
    let stat = tree.dir.join(name).join("supervise/stat");
    wait_until("it runs", || fs::read(&stat).is_ok_and(|s| s == b"run\n"));
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn the_longest_names_are_served() {
    let tree = Tree::new();
    let s = tree.aside("s").sleeper();
    tree.add(&"n".repeat(255), &s);
    let s = tree.entry(&"n".repeat(255));
    let runsvdir = tree.start();
    s.wait_running(1);
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn an_entry_that_cannot_be_looked_at_does_not_stop_the_others() {
    let tree = Tree::new();
    symlink("circle", tree.dir.join("circle")).unwrap();
    let a = tree.entry("a").sleeper();
    let z = tree.entry("z").sleeper();
    let runsvdir = tree.start();
    a.wait_running(1);
    z.wait_running(1);
    runsvdir.wait_stderr("runsvdir services: warning: unable to stat circle: symbolic link loop\n");
}

#[test]
fn quick_changes_end_in_what_is_there() {
    let tree = Tree::new();
    let all: Vec<_> = (0..8)
        .map(|n| tree.aside(&n.to_string()).sleeper())
        .collect();
    let runsvdir = tree.start();
    for round in 0..40 {
        let n = (round * 5) % 8;
        let link = tree.dir.join(n.to_string());
        if link.is_symlink() {
            fs::remove_file(&link).unwrap();
        } else {
            symlink(all[n].dir(), &link).unwrap();
        }
    }
    // In the end the even ones are there.
    for (n, s) in all.iter().enumerate() {
        let link = tree.dir.join(n.to_string());
        let _ = fs::remove_file(&link);
        if n % 2 == 0 {
            symlink(s.dir(), &link).unwrap();
        }
    }
    wait_until("the even ones run, and no other", || {
        let names: Vec<_> = runsvs(&runsvdir).into_iter().map(|r| r.1).collect();
        names == ["0", "2", "4", "6"] && all.iter().step_by(2).all(|s| s.stat() == "run")
    });
    for odd in all.iter().skip(1).step_by(2) {
        wait_until("the odd ones are down", || !odd.ok());
    }
}
