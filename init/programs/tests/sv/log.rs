//! `sv log`: what the logger has written, found through the running logger.

use crate::common::*;
use std::fs;

/// A service that does nothing, with a logger that keeps `files` in `log/main`.
fn logged(t: &Scratch, files: &[(&str, &str)]) -> Control {
    let s = t
        .service("s")
        .sleeper()
        .log_run("exec tail -f main/current main >/dev/null 2>&1 </dev/null");
    fs::create_dir_all(s.path("log/main")).unwrap();
    for (name, text) in files {
        fs::write(s.path("log/main").join(name), text).unwrap();
    }
    let s = s.supervise();
    s.wait_running(1);
    s.log().wait_stat("run");
    s
}

fn sv_log(s: &ServiceDir, t: &Scratch, args: &[&str]) -> Output {
    t.program("sv").arg("log").args(args).arg(s.dir()).run()
}

/// The logger has become the program whose arguments tell the directory.
fn wait_for_arguments(s: &ServiceDir) {
    wait_until("the logger is there", || {
        let pid = s.log().pid().unwrap_or(0);
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"tail"))
    });
}

const FILES: [(&str, &str); 4] = [
    ("@400000006b001c8c3300253c.s", "one\ntwo\n"),
    ("@400000006b001cdf14c6ad74.u", "three\n"),
    ("@400000006b001cdf14c6ad74.t", "half done\n"),
    ("current", "four\nfive\nsi"),
];

#[test]
fn all_lines_come_in_the_order_they_were_written() {
    let t = Scratch::new();
    if !ours("sv-log") {
        let s = t.service("s").sleeper().supervise();
        assert_eq!(sv_log(&s, &t, &[]).code, 100);
        return;
    }
    let s = logged(&t, &FILES);
    wait_for_arguments(&s);
    let out = sv_log(&s, &t, &[]);
    assert_eq!(
        (out.code, out.stdout.as_str()),
        (0, "one\ntwo\nthree\nfour\nfive\nsi"),
        "{}",
        out.stderr
    );
}

#[test]
fn the_last_lines_are_taken_from_as_many_files_as_it_takes() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = logged(&t, &FILES);
    wait_for_arguments(&s);
    for (lines, text) in [
        ("0", ""),
        ("1", "si"),
        ("3", "four\nfive\nsi"),
        ("4", "three\nfour\nfive\nsi"),
        ("5", "two\nthree\nfour\nfive\nsi"),
        ("99", "one\ntwo\nthree\nfour\nfive\nsi"),
    ] {
        assert_eq!(sv_log(&s, &t, &["-n", lines]).stdout, text, "-n {lines}");
    }
}

#[test]
fn following_goes_on_across_a_rotation() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = logged(&t, &FILES);
    wait_for_arguments(&s);
    let reader = t
        .program("sv")
        .args(["log", "-f", "-n1"])
        .arg(s.dir())
        .spawn();
    wait_until("the last line", || reader.stdout() == "si");
    let main = s.path("log/main");
    fs::write(main.join("current"), "four\nfive\nsix\n").unwrap();
    wait_until("the rest of it", || reader.stdout() == "six\n");
    fs::rename(
        main.join("current"),
        main.join("@400000006b001d0014c6ad74.s"),
    )
    .unwrap();
    fs::write(main.join("new"), "seven\n").unwrap();
    fs::rename(main.join("new"), main.join("current")).unwrap();
    wait_until("the new file", || reader.stdout() == "six\nseven\n");
}

#[test]
fn the_files_of_svlogd_are_found() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = t
        .service("s")
        .run("echo started $$ >>events; echo hello; exec sleep 1000");
    fs::create_dir_all(s.path("log/main")).unwrap();
    let svlogd = program_path("svlogd");
    let s = s
        .log_run(&format!("exec {} -t ./main", svlogd.display()))
        .supervise();
    s.wait_running(1);
    wait_until("the line", || {
        let out = sv_log(&s, &t, &[]);
        out.code == 0 && out.stdout.starts_with('@') && out.stdout.ends_with(" hello\n")
    });
}

#[test]
fn troubles_are_one_line() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = t.service("s").sleeper().supervise();
    let out = sv_log(&s, &t, &[]);
    let name = s.dir().display();
    assert_eq!(
        (out.code, out.stdout),
        (
            1,
            format!("fail: {name}: unable to change to log directory: file does not exist\n")
        )
    );
    let out = t.program("sv").args(["log", "-n", "x", "s"]).run();
    assert_eq!(
        (out.code, out.stderr.as_str()),
        (100, "usage: sv log [-f] [-n lines] service\n\n")
    );
    assert_eq!(t.program("sv").arg("log").run().code, 100);
}
