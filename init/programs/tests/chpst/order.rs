//! In which order the changes are made, and what a failed one keeps from happening.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said, usage};
use std::fs;

/// 2.1.2 has no `-C`: that it refuses it is all there is to say.
fn has_directory_option(t: &Scratch) -> bool {
    let has = !their_old("chpst-directory");
    if !has {
        let refused = usage("chpst: illegal option -- C");
        assert_eq!(chpst(t, &["-C", "/", "true"]), refused);
    }
    has
}

#[test]
fn the_working_directory_is_changed_after_the_root() {
    let t = Scratch::new();
    if !has_directory_option(&t) {
        return;
    }
    let out = chpst(&t, &["-/", "/", "-C", "/tmp", "pwd"]);
    assert_eq!(out, said("/tmp\n"));
    let out = chpst(&t, &["-C", "/", "pwd"]);
    assert_eq!(out, said("/\n"));
    let jail = t.mkdir("jail");
    t.mkdir("jail/inner");
    let jail = jail.to_str().expect("path");
    // Found in the new root, where there is nothing to run.
    let out = chpst(&t, &["-/", jail, "-C", "/inner", "/bin/true"]);
    assert_eq!(out, fatal("unable to run: /bin/true: file does not exist"));
    let out = chpst(&t, &["-/", jail, "-C", "/tmp", "/bin/true"]);
    assert_eq!(
        out,
        fatal("unable to change directory: /tmp: file does not exist")
    );
}

#[test]
fn directories_that_cannot_be_entered_are_111() {
    let t = Scratch::new();
    fs::write(t.path("file"), "").expect("file");
    let cases = [
        ("/nosuch", "file does not exist"),
        ("", "file does not exist"),
        ("file", "not a directory"),
    ];
    for (dir, why) in cases {
        let why = fatal(&format!("unable to change directory: {dir}: {why}"));
        if has_directory_option(&t) {
            assert_eq!(chpst(&t, &["-C", dir, "true"]), why);
        }
        assert_eq!(chpst(&t, &["-/", dir, "true"]), why);
    }
    let out = as_nobody(&t, &["-/", "/", "true"]);
    assert_eq!(
        out,
        fatal("unable to change root directory: permission denied")
    );
}

#[test]
fn variables_come_before_the_root_and_users_after_it() {
    let t = Scratch::new();
    let jail = t.mkdir("jail");
    let jail = jail.to_str().expect("path");
    // The directory of variables is that of the old root.
    let out = chpst(&t, &["-e", "/nosuch", "-/", jail, "-u", "root", "true"]);
    let why = "unable to switch to directory: /nosuch: file does not exist";
    assert_eq!(out, fatal(why));
    // The users are those of the new root, which has none.
    let out = chpst(
        &t,
        &["-/", jail, "-u", "root", "-l", "/nosuch/lock", "true"],
    );
    let why = "unable to get password/group file entry: file does not exist";
    assert_eq!(out, fatal(why));
    t.mkdir("jail/etc");
    fs::write(t.path("jail/etc/passwd"), "inmate:x:4000:4000::/:\n").expect("file");
    fs::write(t.path("jail/etc/group"), "").expect("file");
    let out = chpst(&t, &["-/", jail, "-u", "root", "/bin/true"]);
    assert_eq!(out, fatal("unknown user/group: root"));
    let out = chpst(&t, &["-/", jail, "-u", "inmate", "/bin/true"]);
    assert_eq!(out, fatal("unable to run: /bin/true: file does not exist"));
}

#[test]
fn the_nice_level_falls_while_that_is_still_allowed() {
    let t = Scratch::new();
    let out = chpst(&t, &["-u", ":65534:65534", "-n", "-5", "nice"]);
    assert_eq!(out, said("-5\n"));
}

#[test]
fn the_lock_comes_after_the_directory_and_the_users() {
    let t = Scratch::new();
    let inner = t.mkdir("inner");
    let inner_path = inner.to_str().expect("path");
    if has_directory_option(&t) {
        let out = chpst(&t, &["-C", inner_path, "-l", "lock", "true"]);
        assert_eq!(out, said(""));
        assert!(inner.join("lock").exists());
    }
    let out = chpst(&t, &["-u", "nosuch", "-l", "lock", "true"]);
    assert_eq!(out, fatal("unknown user/group: nosuch"));
    assert!(!t.path("lock").exists());
}

#[test]
fn who_is_told_is_looked_up_before_who_to_become() {
    let t = Scratch::new();
    let out = chpst(&t, &["-u", "nosuch1", "-U", "nosuch2", "true"]);
    assert_eq!(out, fatal("unknown user/group: nosuch2"));
}

#[test]
fn the_program_is_looked_for_in_the_path_of_the_caller() {
    let t = Scratch::new();
    t.mkdir("env");
    fs::write(t.path("env/PATH"), "/nosuch").expect("file");
    let out = chpst(&t, &["-e", "env", "sh", "-c", "echo $PATH"]);
    assert_eq!(out, said("/nosuch\n"));
    let out = t
        .program("chpst")
        .env_remove("PATH")
        .args(["sh", "-c", "echo found"])
        .run();
    assert_eq!(out, said("found\n"));
}
