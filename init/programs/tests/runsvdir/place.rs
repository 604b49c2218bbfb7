//! The directory itself: missing, a link that is switched, not to be read.

use crate::common::*;
use crate::tree::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

/// What it says of a directory that is not there.
fn missing(name: &str) -> String {
    if ours("a-missing-directory-is-told-once") {
        format!(
            "runsvdir {name}: warning: unable to change directory to {name}: file does not exist\n"
        )
    } else {
        format!("runsvdir {name}: warning: unable to stat {name}: file does not exist\n")
    }
}

#[test]
fn a_missing_directory_is_warned_of_and_served_when_it_comes() {
    let t = Scratch::new();
    let s = t.service("aside/s").sleeper();
    let runsvdir = t.program("runsvdir").arg("later").spawn();
    runsvdir.wait_stderr(&missing("later"));
    fs::rename(t.path("aside"), t.path("later")).unwrap();
    let s = t.service(&format!(
        "later/{}",
        s.dir().file_name().unwrap().to_str().unwrap()
    ));
    s.wait_running(1);
    if ours("a-missing-directory-is-told-once") {
        assert_eq!(runsvdir.stderr().lines().count(), 1);
    }
}

#[test]
fn a_file_in_its_place_is_warned_of() {
    let t = Scratch::new();
    fs::write(t.path("file"), "").unwrap();
    let mut runsvdir = t.program("runsvdir").arg("file").spawn();
    runsvdir.wait_stderr(
        "runsvdir file: warning: unable to change directory to file: not a directory\n",
    );
    assert_eq!(runsvdir.ended(), None);
}

#[test]
fn a_directory_that_may_not_be_entered_is_warned_of() {
    let t = Scratch::new();
    let dir = t.mkdir("secret");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o000)).unwrap();
    let mut runsvdir = t.program("runsvdir").arg("secret");
    if rustix::process::geteuid().is_root() {
        runsvdir = runsvdir.user(65534, 65534);
    }
    let mut runsvdir = runsvdir.spawn();
    runsvdir.wait_stderr(
        "runsvdir secret: warning: unable to change directory to secret: access denied\n",
    );
    assert_eq!(runsvdir.ended(), None);
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_link_that_is_switched_is_followed() {
    let t = Scratch::new();
    let both = t.service("all/both").sleeper();
    let old = t.service("all/old").sleeper();
    let new = t.service("all/new").sleeper();
    for (level, names) in [("one", ["both", "old"]), ("two", ["both", "new"])] {
        t.mkdir(level);
        for name in names {
            symlink(t.path("all").join(name), t.path(level).join(name)).unwrap();
        }
    }
    symlink("one", t.path("current")).unwrap();
    let runsvdir = t.program("runsvdir").arg("current").spawn();
    let kept = both.wait_running(1);
    old.wait_running(1);
    symlink("two", t.path("current.new")).unwrap();
    fs::rename(t.path("current.new"), t.path("current")).unwrap();
    new.wait_running(1);
    old.wait_stat("down");
    wait_until("the old runsv is gone", || runsvs(&runsvdir).len() == 2);
    assert!(procs::alive(kept));
    assert_eq!(both.events("started").len(), 1);
    let names: Vec<_> = runsvs(&runsvdir).into_iter().map(|r| r.1).collect();
    assert_eq!(names, ["both", "new"]);
}

#[test]
fn a_directory_that_is_removed_and_made_anew_is_served() {
    let tree = Tree::new();
    let a = tree.aside("a").sleeper();
    symlink(a.dir(), tree.dir.join("a")).unwrap();
    let runsvdir = tree.start();
    a.wait_running(1);
    fs::remove_file(tree.dir.join("a")).unwrap();
    fs::remove_dir(&tree.dir).unwrap();
    runsvdir.wait_stderr(&missing("services"));
    let b = tree.t.service("services/b").sleeper();
    b.wait_running(1);
    a.wait_stat("down");
}

#[test]
fn an_absolute_directory_is_as_good() {
    let tree = Tree::new();
    let a = tree.entry("a").sleeper();
    let _runsvdir = tree.runsvdir().arg(&tree.dir).cwd("/").spawn();
    a.wait_running(1);
}
