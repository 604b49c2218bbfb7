//! The six names chpst also goes by, each with and without a leading `d`.

#[path = "../common/mod.rs"]
mod common;

use common::*;
use std::fs::{self, File};
use std::os::unix::fs::symlink;

const NAMES: [&str; 6] = [
    "setuidgid",
    "envuidgid",
    "envdir",
    "pgrphack",
    "setlock",
    "softlimit",
];

const SOFTLIMIT: &str = " [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes] \
    [-l lockbytes] [-m membytes] [-o openfiles] [-p processes] [-r residentbytes] \
    [-s stackbytes] [-t cpusecs] child";

/// chpst as `name`.
fn named(t: &Scratch, name: &str) -> Prog {
    let link = t.path(name);
    if !link.exists() {
        symlink(program_path("chpst"), &link).expect("link");
    }
    t.command(link)
}

fn run(t: &Scratch, name: &str, args: &[&str]) -> Output {
    named(t, name).args(args).run()
}

fn said(text: &str) -> Output {
    Output::said(text)
}

fn fatal(why: &str) -> Output {
    Output::failed(111, format!("chpst: fatal: {why}\n"))
}

fn usage(name: &str, first: &str) -> Output {
    // The usage is that of the plain name.
    let plain = name.strip_prefix('d').unwrap_or(name);
    let rest = match plain {
        "setuidgid" | "envuidgid" => " account child",
        "envdir" => " dir child",
        "pgrphack" => " child",
        "setlock" => " [ -nNxX ] file program [ arg ... ]",
        _ => SOFTLIMIT,
    };
    Output::failed(100, format!("{first}usage: {plain}{rest}\n\n"))
}

#[test]
fn each_name_has_its_usage_with_and_without_a_d() {
    let t = Scratch::new();
    for plain in NAMES {
        for name in [plain.to_string(), format!("d{plain}")] {
            assert_eq!(run(&t, &name, &[]), usage(&name, ""));
        }
    }
    for name in ["setuidgid", "envuidgid", "envdir", "setlock"] {
        assert_eq!(run(&t, name, &["x"]), usage(name, ""));
    }
}

#[test]
fn other_names_are_chpst() {
    let t = Scratch::new();
    for name in ["ddenvdir", "denv", "xsetlock", "envdirx", "d"] {
        let out = run(&t, name, &["-n", "5", "nice"]);
        assert_eq!(out, said("5\n"), "{name}");
    }
}

#[test]
fn setuidgid_takes_the_name_of_an_account_only() {
    let t = Scratch::new();
    for name in ["setuidgid", "dsetuidgid"] {
        let out = run(&t, name, &["daemon", "sh", "-c", "id -u; id -g; id -G"]);
        assert_eq!(out, said("1\n1\n1\n"));
    }
    for account in [
        "nosuch",
        ":1:2",
        "daemon:bin",
        "+daemon",
        "-u",
        "-V",
        "--",
        "",
    ] {
        let why = fatal(&format!("unknown account: {account}"));
        assert_eq!(run(&t, "setuidgid", &[account, "true"]), why);
        assert_eq!(run(&t, "envuidgid", &[account, "true"]), why);
    }
    let out = named(&t, "setuidgid")
        .args(["root", "true"])
        .user(65534, 65534)
        .run();
    assert_eq!(out, fatal("unable to setgroups: permission denied"));
    let out = run(&t, "setuidgid", &["root", "/nosuch"]);
    assert_eq!(out, fatal("unable to run: /nosuch: file does not exist"));
}

#[test]
fn envuidgid_only_tells() {
    let t = Scratch::new();
    for name in ["envuidgid", "denvuidgid"] {
        let out = run(&t, name, &["daemon", "sh", "-c", "id -u; echo $UID $GID"]);
        assert_eq!(out, said("0\n1 1\n"));
    }
}

#[test]
fn without_a_passwd_file_no_account_is_known() {
    let t = Scratch::new();
    let link = t.path("setuidgid");
    symlink(program_path("chpst"), &link).expect("link");
    let line = "mount -t tmpfs none /etc && exec \"$@\"";
    let out = t
        .command("unshare")
        .args(["-m", "sh", "-c", line, "sh"])
        .arg(link)
        .args(["root", "true"])
        .run();
    let why = "unable to get password file entry: file does not exist";
    assert_eq!(out, fatal(why));
}

#[test]
fn envdir_reads_a_directory() {
    let t = Scratch::new();
    t.mkdir("env");
    fs::write(t.path("env/A"), "value\n").expect("file");
    fs::write(t.path("env/B"), "").expect("file");
    for name in ["envdir", "denvdir"] {
        let run = named(&t, name).env("B", "old");
        let out = run.args(["env", "sh", "-c", "echo $A${B-unset}"]).run();
        assert_eq!(out, said("valueunset\n"));
    }
    // Where chpst -e passes over it.
    t.mkdir("env/DIR");
    let why = "unable to read env/DIR: is a directory";
    assert_eq!(run(&t, "envdir", &["env", "true"]), fatal(why));
    let why = "unable to switch to directory: -e: file does not exist";
    assert_eq!(run(&t, "envdir", &["-e", "env", "true"]), fatal(why));
}

#[test]
fn pgrphack_begins_a_session_and_takes_no_options() {
    let t = Scratch::new();
    for name in ["pgrphack", "dpgrphack"] {
        let out = run(&t, name, &["sh", "-c", "ps -o pid=,sid= -p $$"]);
        let words: Vec<_> = out.stdout.split_whitespace().collect();
        assert_eq!(words[0], words[1]);
    }
    for word in ["-x", "--", "-V"] {
        let why = format!("unable to run: {word}: file does not exist");
        assert_eq!(run(&t, "pgrphack", &[word, "true"]), fatal(&why));
    }
}

#[test]
fn setlock_runs_under_a_free_lock() {
    let t = Scratch::new();
    let cases: [&[&str]; 9] = [
        &["f"],
        &["-n", "f"],
        &["-N", "f"],
        &["-nN", "f"],
        &["-x", "f"],
        &["-X", "f"],
        &["-n", "-x", "f"],
        &["--", "f"],
        &["-nX", "--", "f"],
    ];
    for options in cases {
        for name in ["setlock", "dsetlock"] {
            let out = run(&t, name, &[options, &["echo", "-x"]].concat());
            assert_eq!(out, said("-x\n"), "{options:?}");
        }
    }
    for (name, letter) in [("setlock", "V"), ("setlock", "l"), ("dsetlock", "e")] {
        let first = format!("{name}: illegal option -- {letter}\n");
        let out = run(&t, name, &[&format!("-{letter}"), "f", "true"]);
        assert_eq!(out, usage(name, &first));
    }
    let out = run(&t, "setlock", &["-", "true"]);
    assert_eq!(out, said(""));
}

/// `-n` waits and is not the default: the other way round than in daemontools, as ever.
#[test]
fn setlock_gives_up_or_waits_when_the_lock_is_held() {
    let t = Scratch::new();
    let file = File::create(t.path("f")).expect("file");
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).expect("lock");
    let refused = fatal("unable to lock: f: temporary failure");
    for options in [&[][..], &["-N"], &["-X"], &["-nN"], &["-xX"]] {
        let out = run(&t, "setlock", &[options, &["f", "true"]].concat());
        assert_eq!(out, refused, "{options:?}");
    }
    for options in [&["-x"][..], &["-Nx"], &["-Xx"], &["-nNx"]] {
        let out = run(&t, "setlock", &[options, &["f", "echo", "x"]].concat());
        assert_eq!(out, said(""), "{options:?}");
    }
    let waiting = [&["-n"][..], &["-Nn"], &["-nx"], &["-nX"]].map(|options| {
        let args = [options, &["f", "echo", "got it"]].concat();
        let d = named(&t, "setlock").args(args).spawn();
        wait_until("it waits", || {
            procs::state(d.pid()) == Some('S') && procs::fds(d.pid()).len() > 3
        });
        d
    });
    drop(file);
    for d in waiting {
        assert_eq!(d.finish(), said("got it\n"));
    }
}

#[test]
fn setlock_x_hides_every_failure() {
    let t = Scratch::new();
    let cases = [("/nosuch/f", "true"), (".", "true"), ("f", "/nosuch")];
    for (file, program) in cases {
        assert_eq!(run(&t, "setlock", &["-x", file, program]), said(""));
        assert_eq!(run(&t, "setlock", &["-X", file, program]).code, 111);
    }
    assert_eq!(run(&t, "setlock", &["-x"]), usage("setlock", ""));
}

/// Soft and hard limit under these options.
fn shown(t: &Scratch, options: &[&str], letter: &str) -> (String, String) {
    ulimit::shown(named(t, "softlimit").args(options), letter)
}

#[test]
fn softlimit_sets_what_each_letter_names() {
    let t = Scratch::new();
    let cases = [
        ("-a", "921600000", "v", "900000"),
        ("-d", "921600000", "d", "900000"),
        ("-s", "9216000", "s", "9000"),
        ("-l", "40960", "l", "40"),
        ("-c", "102400", "c", "100"),
        ("-f", "1024000", "f", "1000"),
        ("-o", "40", "n", "40"),
        ("-p", "20000", "u", "20000"),
        ("-r", "1024000", "m", "1000"),
        ("-t", "100", "t", "100"),
        ("-m", "921600000", "v", "900000"),
        ("-m", "921600000", "d", "900000"),
        ("-m", "921600000", "s", "900000"),
    ];
    for (option, value, letter, seen) in cases {
        let before = shown(&t, &[], letter);
        let after = shown(&t, &[option, value], letter);
        assert_eq!(after, (seen.to_string(), before.1), "{option}");
    }
    let data = |options: &[&str]| shown(&t, options, "d").0;
    assert_eq!(data(&["-d", "819200000", "-m", "921600000"]), "900000");
    assert_eq!(data(&["-m", "921600000", "-d819200000"]), "800000");
    assert_eq!(
        run(&t, "dsoftlimit", &["-o", "40", "bash", "-c", "ulimit -n"]),
        said("40\n")
    );
}

#[test]
fn softlimit_raises_to_the_hard_limit_by_an_equals_sign() {
    let t = Scratch::new();
    for letter in ["n", "c", "s"] {
        let option = if letter == "n" {
            "-o"
        } else {
            &format!("-{letter}")
        };
        let (soft, hard) = shown(&t, &[option, "="], letter);
        assert_eq!(soft, hard);
        let (soft, hard) = shown(&t, &[&format!("{option}=")], letter);
        assert_eq!(soft, hard);
    }
}

#[test]
fn softlimit_refuses_what_it_does_not_know() {
    let t = Scratch::new();
    for letter in ["v", "u", "P", "V"] {
        let first = format!("softlimit: illegal option -- {letter}\n");
        let out = run(&t, "softlimit", &[&format!("-{letter}"), "true"]);
        assert_eq!(out, usage("softlimit", &first));
    }
    let first = "softlimit: option requires an argument -- o\n";
    assert_eq!(run(&t, "softlimit", &["-o"]), usage("softlimit", first));
    assert_eq!(run(&t, "softlimit", &["-o", "1"]), usage("softlimit", ""));
    for bad in ["5x", "x", "-1", "==", "=5", "+"] {
        let out = run(&t, "softlimit", &["-o", bad, "true"]);
        assert_eq!(out.code, 100, "{bad}");
        if ours("softlimit-usage") {
            assert_eq!(out, usage("softlimit", ""));
        } else {
            let chpsts = "usage: softlimit [-vVP012]";
            assert!(out.stderr.starts_with(chpsts), "{out:?}");
        }
    }
}
