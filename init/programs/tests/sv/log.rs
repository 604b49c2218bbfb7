//! `sv log`: what the logger has written, found through the running logger.

use crate::common::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Something with the arguments of a logger, which stays whatever becomes of the log.
const LOGGER: &str = "exec tail -f /dev/null main >/dev/null 2>&1 </dev/null";

/// A service that does nothing, with a logger that keeps `files` in `log/main`.
fn logged(t: &Scratch, files: &[(&str, &str)]) -> Control {
    let s = t.service("s").sleeper().log_run(LOGGER);
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

/// Goes on like a logger with `kept` old files: what was `current` becomes `old`.
fn rotate(s: &ServiceDir, old: &str, next: &str) {
    let main = s.path("log/main");
    fs::rename(main.join("current"), main.join(old)).unwrap();
    fs::write(main.join("new"), next).unwrap();
    fs::rename(main.join("new"), main.join("current")).unwrap();
}

#[test]
fn a_file_that_came_and_went_unseen_is_printed_too() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = logged(
        &t,
        &[
            ("@400000006b001c8c3300253c.s", "old\n"),
            ("current", "one\n"),
        ],
    );
    wait_for_arguments(&s);
    let mut reader = t
        .program("sv")
        .args(["log", "-f", "-n0"])
        .arg(s.dir())
        .spawn();
    let main = s.path("log/main");
    let add = |text: &str| {
        let all = fs::read_to_string(main.join("current")).unwrap() + text;
        fs::write(main.join("current"), all).unwrap();
    };
    // It follows by now: its words come.
    wait_until("it follows", || {
        add("tick\n");
        reader.stdout().ends_with("tick\n")
    });
    reader.signal("STOP");
    wait_until("it stands", || procs::state(reader.pid()) == Some('T'));
    let seen = reader.stdout().len();
    add("two\n");
    rotate(&s, "@400000006b001d0014c6ad74.s", "three\n");
    // A processor replaces a file, and its name stays.
    rotate(&s, "@400000006b001d0114c6ad74.u", "four\n");
    fs::write(main.join("@400000006b001d0114c6ad74.s"), "3\n").unwrap();
    rotate(&s, "@400000006b001d0214c6ad74.s", "five\n");
    reader.signal("CONT");
    let rest = || reader.stdout()[seen..].replace("tick\n", "");
    wait_until("all of it", || rest() == "two\n3\nfour\nfive\n");
    rotate(&s, "@400000006b001d0314c6ad74.s", "six\n");
    wait_until("the next one", || rest() == "two\n3\nfour\nfive\nsix\n");
    assert_eq!(reader.stderr(), "");
    reader.signal("TERM");
    assert_eq!(reader.wait(), -15);
}

#[test]
fn the_followed_file_is_not_printed_again_when_a_processor_replaces_it() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = logged(&t, &[("current", "one\n")]);
    wait_for_arguments(&s);
    let reader = t.program("sv").args(["log", "-f"]).arg(s.dir()).spawn();
    wait_until("the first", || reader.stdout() == "one\n");
    reader.signal("STOP");
    wait_until("it stands", || procs::state(reader.pid()) == Some('T'));
    rotate(&s, "@400000006b001d0014c6ad74.u", "two\n");
    let main = s.path("log/main");
    fs::write(main.join("@400000006b001d0014c6ad74.s"), "ONE\n").unwrap();
    fs::remove_file(main.join("@400000006b001d0014c6ad74.u")).unwrap();
    reader.signal("CONT");
    wait_until("the second", || reader.stdout() == "one\ntwo\n");
}

#[test]
fn compressed_files_are_left_out_and_counted() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = logged(
        &t,
        &[
            ("@400000006b001c8c3300253c.s", "one\n"),
            ("current", "three\n"),
        ],
    );
    let zip = s.path("log/main/@400000006b001cdf14c6ad74.s");
    fs::write(zip, b"\x1f\x8b\x08\0two\n\n\n").unwrap();
    wait_for_arguments(&s);
    let note = format!(
        "sv: info: {}: compressed files left out: 1\n",
        s.dir().display()
    );
    for args in [&[][..], &["-n2"]] {
        let out = sv_log(&s, &t, args);
        let all = (0, "one\nthree\n", note.as_str());
        assert_eq!((out.code, &*out.stdout, &*out.stderr), all, "{args:?}");
    }
    // Not reached, not counted.
    assert_eq!(sv_log(&s, &t, &["-n1"]).stderr, "");
}

/// A service whose lines go through the real svlogd with these arguments.
fn through_svlogd(t: &Scratch, args: &str) -> Control {
    let s = t
        .service("s")
        .run("echo started $$ >>events; echo hello; echo oh no; exec sleep 1000");
    for dir in ["main", "errors"] {
        fs::create_dir_all(s.path("log").join(dir)).unwrap();
    }
    fs::write(s.path("log/errors/config"), "-*\n+*oh*\n").unwrap();
    let svlogd = program_path("svlogd");
    let s = s
        .log_run(&format!("exec {} {args}", svlogd.display()))
        .supervise();
    s.wait_running(1);
    s
}

#[test]
fn lines_of_svlogd_are_printed_with_the_labels_they_have_also_from_old_files() {
    if !ours("sv-log") {
        return;
    }
    let utc = |l: &str| l.len() == 25 && l.as_bytes()[10] == b'_';
    #[allow(clippy::type_complexity)]
    let label: [(&str, &dyn Fn(&str) -> bool); 4] = [
        ("./main", &str::is_empty),
        ("-t ./main", &|l| l.len() == 25 && l.starts_with('@')),
        ("-tt ./main/", &utc),
        ("-ttt ./main", &|l| {
            l.len() == 25 && l.as_bytes()[10] == b'T'
        }),
    ];
    for (args, is_label) in label {
        let t = Scratch::new();
        let s = through_svlogd(&t, args);
        let lines = |count: usize, words: &[&str]| {
            wait_for("the lines", || {
                let out = sv_log(&s, &t, words);
                let lines: Vec<String> = out.stdout.lines().map(str::to_string).collect();
                (lines.len() == count && out.stdout.ends_with('\n')).then_some(lines)
            })
        };
        lines(2, &[]);
        // Once more, into a file of its own.
        s.log().control("a");
        let old = || fs::read_dir(s.path("log/main")).unwrap().flatten();
        wait_until("it is rotated", || {
            old().any(|e| e.file_name().to_string_lossy().starts_with('@'))
        });
        assert_eq!(sv_log(&s, &t, &[]).stdout.lines().count(), 2);
        s.control("k");
        let all = lines(4, &[]);
        for (line, text) in all.iter().zip(["hello", "oh no", "hello", "oh no"]) {
            let label = line.strip_suffix(text).expect(text).trim_end();
            assert!(is_label(label), "{args}: {all:?}");
        }
        assert_eq!(lines(3, &["-n", "3"]), all[1..]);
    }
}

#[test]
fn of_several_directories_one_is_shown_and_the_others_are_named() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = through_svlogd(&t, "./main ./errors");
    wait_until("both lines", || {
        sv_log(&s, &t, &[]).stdout == "hello\noh no\n"
    });
    let name = s.dir().display();
    let note = format!("sv: info: {name}: the log service also writes to ./errors\n");
    assert_eq!(sv_log(&s, &t, &[]).stderr, note);
    for dir in ["./errors", "errors", "errors/"] {
        let out = sv_log(&s, &t, &["-d", dir]);
        assert_eq!((out.code, &*out.stdout, &*out.stderr), (0, "oh no\n", ""));
    }
    let out = sv_log(&s, &t, &["-d", "others"]);
    let none = format!("fail: {name}: the log service writes to no such directory\n");
    assert_eq!((out.code, out.stdout), (1, none));
}

#[test]
fn a_logger_that_is_not_there_or_keeps_no_files_is_one_line() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    let s = t.service("s").sleeper().logger().file("log/down", "");
    let s = s.supervise();
    s.wait_running(1);
    let name = s.dir().display();
    let says = |why: &str| {
        let line = format!("fail: {name}: {why}\n");
        let out = sv_log(&s, &t, &[]);
        let now = (out.code, out.stderr, out.stdout);
        (
            now == (1, String::new(), line.clone()),
            format!("{now:?}, not {line}"),
        )
    };
    let (is, but) = says("log service is down");
    assert!(is, "{but}");
    s.log().control("u");
    s.log().wait_stat("run");
    wait_until("cat keeps no log", || {
        says("the log service keeps no file named current").0
    });
    // The record of a runsv that is gone names a process that may be anyone's.
    s.runsv.signal("KILL");
    wait_until("it is gone", || says("runsv not running").0);
}

#[test]
fn a_log_that_may_not_be_read_says_so() {
    let t = Scratch::new();
    if !ours("sv-log") {
        return;
    }
    // Root may read everything: the service is another's then.
    let is_root = rustix::process::geteuid().is_root();
    let owner = if is_root {
        65534
    } else {
        rustix::process::geteuid().as_raw()
    };
    let group = if is_root {
        65534
    } else {
        rustix::process::getegid().as_raw()
    };
    let s = t.service("s").sleeper();
    let s = s.log_run(LOGGER);
    fs::create_dir_all(s.path("log/main")).unwrap();
    fs::write(s.path("log/main/current"), "one\n").unwrap();
    let chown = t
        .command("/bin/chown")
        .args(["-R", &owner.to_string()])
        .arg(s.dir())
        .run();
    assert_eq!(chown.code, 0);
    let _runsv = s.runsv().user(owner, group).spawn();
    s.wait_running(1);
    s.log().wait_stat("run");
    wait_for_arguments(&s);
    let name = s.dir().display();
    let log = |uid: u32| {
        let sv = t.program("sv").arg("log").arg(s.dir());
        sv.user(uid, group).run()
    };
    assert_eq!(log(owner).stdout, "one\n");
    let closed = fs::Permissions::from_mode(0o000);
    fs::set_permissions(s.path("log/main"), closed).unwrap();
    let out = log(owner);
    let why = format!("fail: {name}: unable to read the log: access denied\n");
    assert_eq!((out.code, out.stdout), (1, why));
    if is_root {
        let out = log(owner - 1);
        let why = format!("warning: {name}: unable to open supervise/ok: access denied\n");
        assert_eq!((out.code, out.stdout), (1, why));
    }
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
        (100, "usage: sv log [-f] [-d dir] [-n lines] service\n\n")
    );
    assert_eq!(t.program("sv").arg("log").run().code, 100);
}
