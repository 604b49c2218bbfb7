//! runit-rs, all programs in one file: each name is the program it names. What the programs do is
//! tested in their own files; `make test-multicall` runs those on this file as well. The C package
//! has no such program, so ours is always under test.

mod common;
use common::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A directory with the file and links of all names.
fn installed(t: &Scratch) -> PathBuf {
    let dir = t.mkdir("bin");
    with_no_forks(|| fs::copy(program_of(Under::Ours, "runit-rs"), dir.join("runit-rs")))
        .expect("copy");
    let out = t
        .command(dir.join("runit-rs"))
        .args(["--install", "bin"])
        .run();
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    dir
}

fn names(t: &Scratch) -> Vec<String> {
    let out = t.command(program_of(Under::Ours, "runit-rs")).run();
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    out.stdout.lines().map(str::to_owned).collect()
}

/// The program that a name is one of: itself, or the one its page leads to.
fn program_of_name(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("man/{name}.8"));
    let text = fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
    let link = text
        .strip_prefix(".so man8/")
        .and_then(|t| t.strip_suffix(".8\n"));
    link.unwrap_or(name).to_owned()
}

#[test]
fn it_has_every_name_that_has_a_page() {
    let t = Scratch::new();
    let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).expect("man");
    let pages: BTreeSet<String> = pages
        .filter_map(|page| {
            Some(
                page.ok()?
                    .file_name()
                    .to_str()?
                    .strip_suffix(".8")?
                    .to_owned(),
            )
        })
        .filter(|name| name != "runit-rs")
        .collect();
    assert_eq!(names(&t).into_iter().collect::<BTreeSet<_>>(), pages);
}

#[test]
fn every_name_answers_like_its_own_program() {
    let t = Scratch::new();
    let dir = installed(&t);
    for name in names(&t) {
        let program = program_of_name(&name);
        // Asked so that no program can do harm: those that end the machine only for their version
        // or for a letter they do not know.
        let questions: &[&[&str]] = match program.as_str() {
            "halt" | "runsvstop" | "shutdown" | "zzz" => &[&["--no-such-option"]],
            // Without a word it would begin to serve.
            "initctld" => &[&["-Z"]],
            "pause" => continue,
            // It would take any of these for a directory, and stay.
            "runsvdir" => &[&[]],
            _ => &[&["-V"], &["-Z"], &[]],
        };
        for arguments in questions {
            let own = t.path(&name);
            fs::remove_file(&own).ok();
            std::os::unix::fs::symlink(program_of(Under::Ours, &program), &own).expect("link");
            let expected = t.command(&own).args(*arguments).run();
            // The words of usage lines begin with the path the program was called by.
            let told = |out: Output, path: &str| {
                let text = out.stderr.replace(path, &name);
                (out.code, out.stdout, text)
            };
            let expected = told(expected, own.to_str().expect("text"));
            let linked = dir.join(&name);
            let out = t.command(&linked).args(*arguments).run();
            assert_eq!(
                told(out, linked.to_str().expect("text")),
                expected,
                "{name} {arguments:?}"
            );
            let out = t
                .command(program_of(Under::Ours, "runit-rs"))
                .args([&name])
                .args(*arguments)
                .run();
            assert_eq!(told(out, &name), expected, "runit-rs {name} {arguments:?}");
        }
    }
}

#[test]
fn a_whole_tree_runs_from_the_one_file() {
    let t = Scratch::new();
    let dir = installed(&t);
    let web = t
        .service("services/web")
        .run("echo started $$ >>events; exec sleep 1000");
    t.service("services/web/log").run("exec svlogd -t .");
    let path = format!("{}:/usr/bin:/bin", dir.display());
    let tree = t
        .command(dir.join("runsvdir"))
        .arg("-P")
        .arg(t.path("services"))
        .env("PATH", &path);
    let tree = tree.spawn();
    web.wait_events("started", 1);
    wait_until("svlogd writes its file", || {
        t.path("services/web/log/current").exists()
    });
    let own = fs::canonicalize(dir.join("runit-rs")).expect("the file");
    let from_it = |pid: u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == own);
    let names: BTreeSet<String> = t
        .processes()
        .into_iter()
        .filter(|&pid| from_it(pid))
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).ok())
        .map(|comm| comm.trim().to_owned())
        .collect();
    let expected = ["runsv", "runsvdir", "svlogd"].map(str::to_owned);
    assert_eq!(names, expected.into_iter().collect());
    let out = t
        .command(dir.join("sv"))
        .arg("restart")
        .arg(t.path("services/web"))
        .env("PATH", &path);
    assert_eq!(out.run().code, 0);
    web.wait_events("started", 2);
    tree.signal("HUP");
    assert_eq!(tree.finish().code, 111);
}

#[test]
fn an_unknown_name_is_refused() {
    let t = Scratch::new();
    let out = t
        .command(program_of(Under::Ours, "runit-rs"))
        .args(["runsvd", "x"])
        .run();
    let usage = "usage: runit-rs NAME [ARG...] | --install DIR\n\n";
    let fatal = format!("runit-rs: fatal: no program of this name: runsvd\n{usage}");
    assert_eq!(
        (out.code, out.stdout, out.stderr),
        (100, String::new(), fatal)
    );
    for wrong in [&["--install"][..], &["--install", "a", "b"], &["-V", "sv"]] {
        let out = t
            .command(program_of(Under::Ours, "runit-rs"))
            .args(wrong)
            .run();
        assert_eq!((out.code, out.stderr.as_str()), (100, usage), "{wrong:?}");
    }
}

#[test]
fn installing_leaves_what_is_there() {
    let t = Scratch::new();
    let dir = t.mkdir("bin");
    fs::write(dir.join("reboot"), "another's").expect("file");
    let install = || {
        t.command(program_of(Under::Ours, "runit-rs"))
            .arg("--install")
            .arg(&dir)
            .run()
    };
    let warning = format!(
        "runit-rs: warning: left as it is: {}/reboot\n",
        dir.display()
    );
    // The second time all the others are there already and right.
    for _ in 0..2 {
        let out = install();
        assert_eq!(
            (out.code, out.stdout, out.stderr),
            (1, String::new(), warning.clone())
        );
    }
    assert_eq!(
        fs::read_to_string(dir.join("reboot")).expect("file"),
        "another's"
    );
    let target = fs::read_link(dir.join("sv")).expect("a link");
    assert_eq!(
        target,
        fs::canonicalize(program_of(Under::Ours, "runit-rs")).expect("the file")
    );
    let out = t
        .command(program_of(Under::Ours, "runit-rs"))
        .args(["--install", "nowhere"])
        .run();
    assert_eq!(out.code, 111);
    let why = "runit-rs: fatal: unable to link nowhere/boot-duty: ";
    assert!(out.stderr.starts_with(why), "{}", out.stderr);
}

#[test]
fn links_beside_the_file_are_relative() {
    let t = Scratch::new();
    let dir = installed(&t);
    for name in names(&t) {
        let target = fs::read_link(dir.join(&name)).expect("a link");
        assert_eq!(target, Path::new("runit-rs"), "{name}");
    }
}

#[test]
fn it_starts_without_descriptors() {
    let t = Scratch::new();
    let dir = installed(&t);
    let line = format!("exec {} up web <&- >&- 2>&-", dir.join("sv").display());
    let out = t.command("/bin/sh").args(["-c", &line]).run();
    // sv counts the services that it could not reach.
    assert_eq!(out.code, 1);
}
