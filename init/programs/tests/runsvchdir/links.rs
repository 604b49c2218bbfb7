//! What becomes of `current` and `previous`, the words and exit codes of the original.

use crate::common::*;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A directory of services directories `a` and `b` with `current` pointing to `a`.
fn levels(t: &Scratch) -> PathBuf {
    let dir = t.mkdir("levels");
    t.mkdir("levels/a");
    t.mkdir("levels/b");
    symlink("a", dir.join("current")).expect("link");
    dir
}

fn switch(t: &Scratch, dir: &Path, args: &[&str]) -> Output {
    start(t, dir, &[]).args(args).run()
}

/// runsvchdir with its working directory `dir`, started by the command `by`.
fn start(t: &Scratch, dir: &Path, by: &[&str]) -> Prog {
    let path = program_path("runsvchdir");
    let mut words: Vec<&OsStr> = Vec::new();
    // 2.1.2 only knows /etc/runit/runsvdir, which a mount namespace has to provide.
    let line = "mount -t tmpfs none /etc && mkdir -p /etc/runit/runsvdir && \
                mount --bind \"$1\" /etc/runit/runsvdir && shift && exec \"$@\"";
    if their_old("runsvchdir-runsvdir") {
        let namespace = ["unshare", "-m", "sh", "-c", line, "sh"];
        words.extend(namespace.map(OsStr::new));
        words.push(dir.as_os_str());
    }
    words.extend(by.iter().map(OsStr::new));
    words.push(path.as_os_str());
    let run = t.command(words[0]).env("RUNSVDIR", dir);
    run.args(&words[1..])
}

fn link(path: PathBuf) -> Option<String> {
    let target = fs::read_link(path).ok()?;
    Some(target.to_string_lossy().into_owned())
}

/// Where `current` and `previous` point.
fn state(dir: &Path) -> (Option<String>, Option<String>) {
    (link(dir.join("current")), link(dir.join("previous")))
}

fn points(to: &str) -> Option<String> {
    Some(to.to_string())
}

fn fatal(why: &str) -> Output {
    let path = program_path("runsvchdir");
    Output::failed(111, format!("{}: fatal: {why}\n", path.display()))
}

fn said(text: &str) -> Output {
    Output::said(format!("runsvchdir: {text}\n"))
}

#[test]
fn without_an_argument_it_prints_its_usage_and_exits_1() {
    let t = Scratch::new();
    let out = t.program("runsvchdir").run();
    let usage = format!("usage: {} dir\n\n", program_path("runsvchdir").display());
    assert_eq!(
        (out.code, out.stderr, out.stdout),
        (1, usage, String::new())
    );
}

#[test]
fn the_switch_keeps_the_old_one_as_previous() {
    let t = Scratch::new();
    let dir = levels(&t);
    assert_eq!(switch(&t, &dir, &["b"]), said("b: now current."));
    assert_eq!(state(&dir), (points("b"), points("a")));
    assert_eq!(switch(&t, &dir, &["a", "ignored"]), said("a: now current."));
    assert_eq!(state(&dir), (points("a"), points("b")));
    let mut names: Vec<_> = fs::read_dir(&dir)
        .expect("directory")
        .map(|e| e.expect("entry").file_name().into_string().expect("name"))
        .collect();
    names.sort();
    assert_eq!(names, ["a", "b", "current", "previous"]);
}

#[test]
fn switching_to_what_is_current_changes_nothing() {
    let t = Scratch::new();
    let dir = levels(&t);
    symlink("a", dir.join("same")).expect("link");
    for name in ["a", "a/", "current", "same"] {
        assert_eq!(
            switch(&t, &dir, &[name]),
            said(&format!("{name}: current."))
        );
    }
    assert_eq!(state(&dir), (points("a"), None));
}

#[test]
fn an_absolute_directory_is_taken_as_it_is() {
    let t = Scratch::new();
    let dir = levels(&t);
    let other = t.mkdir("other");
    let other = other.to_str().expect("path");
    assert_eq!(
        switch(&t, &dir, &[other]),
        said(&format!("{other}: now current."))
    );
    assert_eq!(state(&dir), (points(other), points("a")));
}

#[test]
fn the_working_directory_may_be_reached_through_relative_links() {
    let t = Scratch::new();
    levels(&t);
    t.mkdir("etc");
    symlink("../levels", t.path("etc/runsvdir")).expect("link");
    symlink("runsvdir/current", t.path("etc/service")).expect("link");
    let out = switch(&t, &t.path("etc/runsvdir"), &["b"]);
    assert_eq!(out, said("b: now current."));
    let seen = fs::canonicalize(t.path("etc/service")).expect("resolves");
    assert_eq!(
        seen,
        fs::canonicalize(t.path("levels/b")).expect("is there")
    );
}

#[test]
fn refusals_name_the_object_and_change_nothing() {
    let t = Scratch::new();
    let dir = levels(&t);
    fs::write(dir.join("file"), "").expect("file");
    symlink("loop", dir.join("loop")).expect("link");
    let long = "x".repeat(300);
    let cases = [
        (".hidden", ".hidden: must not start with a dot.".to_string()),
        ("./b", "./b: must not start with a dot.".to_string()),
        ("", ": file does not exist".to_string()),
        ("nosuch", "nosuch: file does not exist".to_string()),
        ("-V", "-V: file does not exist".to_string()),
        (
            "loop",
            "unable to stat: loop: symbolic link loop".to_string(),
        ),
        ("b/x/y", "b/x/y: file does not exist".to_string()),
        (
            "file/x",
            "unable to stat: file/x: not a directory".to_string(),
        ),
        (&long, format!("unable to stat: {long}: file name too long")),
    ];
    for (name, why) in cases {
        assert_eq!(switch(&t, &dir, &[name]), fatal(&why), "{name:?}");
    }
    assert_eq!(state(&dir), (points("a"), None));
}

#[test]
fn a_file_is_no_services_directory() {
    let t = Scratch::new();
    let dir = levels(&t);
    fs::write(dir.join("file"), "").expect("file");
    let why = if ours("runsvchdir-colon") {
        "file: not a directory."
    } else {
        "filenot a directory."
    };
    assert_eq!(switch(&t, &dir, &["file"]), fatal(why));
}

#[test]
fn the_dot_is_refused_before_the_working_directory_is_looked_at() {
    let t = Scratch::new();
    if their_old("runsvchdir-runsvdir") {
        let dot = fatal(".x: must not start with a dot.");
        return assert_eq!(t.program("runsvchdir").arg(".x").run(), dot);
    }
    let nowhere = Path::new("/nowhere");
    assert_eq!(
        switch(&t, nowhere, &[".x"]),
        fatal(".x: must not start with a dot.")
    );
    assert_eq!(
        switch(&t, nowhere, &["x"]),
        fatal("unable to chdir: /nowhere: file does not exist")
    );
    assert_eq!(
        switch(&t, Path::new(""), &["x"]),
        fatal("unable to chdir: : file does not exist")
    );
    let file = t.path("file");
    fs::write(&file, "").expect("file");
    let why = format!("unable to chdir: {}: not a directory", file.display());
    assert_eq!(switch(&t, &file, &["x"]), fatal(&why));
}

#[test]
fn a_leftover_link_is_replaced_and_a_leftover_directory_refused() {
    let t = Scratch::new();
    let dir = levels(&t);
    symlink("nowhere", dir.join("current.new")).expect("link");
    assert_eq!(switch(&t, &dir, &["b"]), said("b: now current."));
    fs::create_dir(dir.join("current.new")).expect("directory");
    assert_eq!(
        switch(&t, &dir, &["a"]),
        fatal("unable to unlink: current.new: is a directory")
    );
    assert_eq!(state(&dir), (points("b"), points("a")));
}

#[test]
fn a_directory_in_the_place_of_previous_is_refused() {
    let t = Scratch::new();
    let dir = levels(&t);
    fs::create_dir(dir.join("previous")).expect("directory");
    let out = switch(&t, &dir, &["b"]);
    if ours("runsvchdir-one-step") {
        let why = "unable to move: previous.new to previous: is a directory";
        assert_eq!(out, fatal(why));
    } else {
        let why = "unable to unlink: previous: is a directory";
        assert_eq!(out, fatal(why));
    }
    assert_eq!(state(&dir), (points("a"), None));
}

#[test]
fn a_real_directory_called_current_is_kept_as_previous() {
    let t = Scratch::new();
    let dir = levels(&t);
    fs::remove_file(dir.join("current")).expect("link");
    symlink("b", dir.join("previous")).expect("link");
    t.mkdir("levels/current/inside");
    assert_eq!(switch(&t, &dir, &["a"]), said("a: now current."));
    assert_eq!(link(dir.join("current")), points("a"));
    assert!(dir.join("previous/inside").is_dir());
}

#[test]
fn without_permission_it_says_what_it_could_not_create() {
    use std::os::unix::fs::PermissionsExt;
    let t = Scratch::new();
    let dir = levels(&t);
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o555)).expect("mode");
    let nobody = ["setpriv", "--reuid", "65534", "--clear-groups"];
    let out = start(&t, &dir, &nobody).arg("b").run();
    let why = "unable to create: current.new -> b: access denied";
    assert_eq!(out, fatal(why));
    assert_eq!(state(&dir), (points("a"), None));
}

#[test]
fn a_dangling_current_is_repaired_and_previous_kept() {
    let t = Scratch::new();
    let dir = levels(&t);
    for broken in [Some("gone"), Some("current"), None] {
        let _ = fs::remove_file(dir.join("current"));
        let _ = fs::remove_file(dir.join("previous"));
        symlink("b", dir.join("previous")).expect("link");
        if let Some(target) = broken {
            symlink(target, dir.join("current")).expect("link");
        }
        let out = switch(&t, &dir, &["a"]);
        if ours("runsvchdir-repair") {
            assert_eq!(out, said("a: now current."), "{broken:?}");
            assert_eq!(state(&dir), (points("a"), points("b")), "{broken:?}");
        } else {
            let loops = broken == Some("current");
            let why = if loops {
                "symbolic link loop"
            } else {
                "file does not exist"
            };
            assert_eq!(out, fatal(&format!("unable to stat: current: {why}")));
        }
    }
}

#[test]
fn previous_as_a_name_goes_back_to_it() {
    let t = Scratch::new();
    let dir = levels(&t);
    switch(&t, &dir, &["b"]);
    assert_eq!(
        switch(&t, &dir, &["previous"]),
        said("previous: now current.")
    );
    if ours("runsvchdir-back") {
        assert_eq!(state(&dir), (points("a"), points("b")));
    } else {
        assert_eq!(state(&dir), (points("previous"), points("b")));
    }
}

#[test]
fn whoever_looks_sees_current_at_every_moment() {
    let t = Scratch::new();
    let dir = levels(&t);
    symlink("b", dir.join("previous")).expect("link");
    let stop = AtomicBool::new(false);
    let (looked, missed) = std::thread::scope(|scope| {
        let looker = scope.spawn(|| {
            let (mut looked, mut missed) = (0u64, 0u64);
            while !stop.load(Ordering::Relaxed) {
                looked += 1;
                // Both must resolve to a directory, whichever it is.
                let there = ["current", "previous"];
                let all = there.iter().all(|n| fs::metadata(dir.join(n)).is_ok());
                missed += u64::from(!all);
            }
            (looked, missed)
        });
        let codes: Vec<i32> = (0..100)
            .map(|round| switch(&t, &dir, &[["b", "a"][round % 2]]).code)
            .collect();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(codes, [0; 100]);
        looker.join().expect("the looker looks")
    });
    assert!(looked > 1000, "looked only {looked} times");
    if ours("runsvchdir-one-step") {
        assert_eq!(missed, 0, "of {looked} looks");
    }
}
