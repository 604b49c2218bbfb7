//! utmpset, and the records of `halt -w` and `halt -B`: in a mount namespace of their own, with
//! tables that a program as old as these formats would have written. Needs root.

mod common;
use common::*;
use std::fs;

/// Bytes of a record of glibc on x86.
const SIZE: usize = 384;

/// A record, coded apart from the programs' own codec on purpose.
fn record(kind: u8, pid: u8, line: &str, id: &str, user: &str, host: &str) -> Vec<u8> {
    let mut bytes = vec![0; SIZE];
    bytes[0] = kind;
    bytes[4] = pid;
    for (at, text) in [(8, line), (40, id), (44, user), (76, host)] {
        bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    bytes[340] = 1; // second
    bytes[344] = 2; // microsecond
    bytes[348] = 3; // address
    bytes
}

/// Kind, pid, line, id, user and host of each record in a table.
fn shown(table: &[u8]) -> Vec<String> {
    let text = |r: &[u8], from: usize, to: usize| {
        let field = &r[from..to];
        let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let one = |r: &[u8]| {
        let fields = [
            text(r, 8, 40),
            text(r, 40, 44),
            text(r, 44, 76),
            text(r, 76, 332),
        ];
        format!("{} {} {}", r[0], r[4], fields.join("|"))
    };
    table.chunks(SIZE).map(one).collect()
}

fn seconds(record: &[u8]) -> u32 {
    u32::from_ne_bytes(record[340..344].try_into().expect("4 bytes"))
}

/// Two lines in use, one free, one at its login prompt, and the record of the boot.
fn table() -> Vec<u8> {
    [
        record(2, 0, "~", "~~", "reboot", "6.1"),
        record(7, 10, "tty1", "1", "root", "h1"),
        record(7, 11, "tty5", "5", "joe", "h5"),
        record(6, 12, "tty6", "6", "LOGIN", ""),
        record(7, 13, "tty5", "5x", "ann", "h6"),
        record(8, 14, "tty7", "7", "", ""),
        record(7, 15, &"a".repeat(32), "aaaa", "x", ""),
    ]
    .concat()
}

/// utmp and wtmp: what is there before (`None`: no file), and after.
struct Tables {
    t: Scratch,
}

impl Tables {
    fn new(utmp: Option<&[u8]>, wtmp: Option<&[u8]>) -> Tables {
        let t = Scratch::new();
        for (dir, name, content) in [("run", "utmp", utmp), ("log", "wtmp", wtmp)] {
            let dir = t.mkdir(dir);
            if let Some(content) = content {
                fs::write(dir.join(name), content).expect("table");
            }
        }
        Tables { t }
    }

    /// Runs a program of ours or theirs with these directories as /run and /var/log.
    fn run(&self, program: &str, args: &[&str]) -> Output {
        self.start(program, args).run()
    }

    fn start(&self, program: &str, args: &[&str]) -> Prog {
        let line = "mount --bind run /run && mount --bind log /var/log && exec \"$@\"";
        let words = ["-m", "sh", "-c", line, "sh"];
        let path = program_path(program);
        self.t.command("unshare").args(words).arg(path).args(args)
    }

    fn utmp(&self) -> Vec<u8> {
        fs::read(self.t.path("run/utmp")).expect("utmp")
    }

    fn wtmp(&self) -> Vec<u8> {
        fs::read(self.t.path("log/wtmp")).expect("wtmp")
    }

    fn has_wtmp(&self) -> bool {
        self.t.path("log/wtmp").exists()
    }
}

fn done() -> Output {
    Output::said("")
}

fn no_entry(line: &str) -> Output {
    let why = "in utmp: no such entry";
    Output::failed(
        111,
        format!("utmpset: warning: unable to logout line {line} {why}\n"),
    )
}

#[test]
fn bad_usage_is_1() {
    let t = Scratch::new();
    let usage = format!("usage: {} [-w] line\n\n", program_path("utmpset").display());
    let run = |args: &[&str]| t.program("utmpset").args(args).run();
    for args in [&[][..], &["-w"], &["--"], &["-ww"]] {
        assert_eq!(run(args), Output::failed(1, &usage));
    }
    let illegal = format!("utmpset: illegal option -- x\n{usage}");
    for args in [&["-x"][..], &["-x", "tty1"], &["-wx", "tty1"]] {
        assert_eq!(run(args), Output::failed(1, &illegal));
    }
}

#[test]
fn the_version_ends_in_the_usage() {
    let tables = Tables::new(Some(&table()), Some(b""));
    for args in [&["-V"][..], &["-wV", "tty1"]] {
        let out = tables.run("utmpset", args);
        let (first, rest) = out.stderr.split_once('\n').expect("two lines");
        let usage = tables.run("utmpset", &[]);
        assert_eq!((out.code, rest), (1, usage.stderr.as_str()));
        let named = if ours("version-string") {
            first == format!("runit-rs {}", env!("CARGO_PKG_VERSION"))
        } else {
            first.starts_with("$Id: ")
        };
        assert!(named, "{first}");
    }
    assert_eq!(tables.utmp(), table());
}

#[test]
fn the_first_user_of_the_line_is_logged_out() {
    let before = table();
    let tables = Tables::new(Some(&before), Some(b""));
    assert_eq!(tables.run("utmpset", &["tty5"]), done());
    let after = tables.utmp();
    let mut expected = shown(&before);
    expected[2] = "8 11 tty5|5||".to_string();
    assert_eq!(shown(&after), expected);
    let changed = &after[2 * SIZE..3 * SIZE];
    assert!(seconds(changed) > 1_600_000_000);
    assert_eq!(changed[348], 3, "the address stays");
    assert_eq!(tables.wtmp(), b"");
    // Then the next one, and then nobody.
    assert_eq!(tables.run("utmpset", &["--", "tty5"]), done());
    assert_eq!(tables.run("utmpset", &["tty5"]), no_entry("tty5"));
}

#[test]
fn login_prompts_and_long_names_are_lines_too() {
    let tables = Tables::new(Some(&table()), None);
    assert_eq!(tables.run("utmpset", &["tty6"]), done());
    let long = "a".repeat(32);
    if their_old("utmpset-long-lines") {
        return assert_eq!(tables.run("utmpset", &[&long]), no_entry(&long));
    }
    assert_eq!(tables.run("utmpset", &[&long]), done());
    let shown = shown(&tables.utmp());
    assert_eq!(shown[3], "8 12 tty6|6||");
    assert_eq!(shown[6], format!("8 15 {long}|aaaa||"));
}

#[test]
fn lines_that_nobody_is_on_are_told() {
    let tables = Tables::new(Some(&table()), None);
    let short = "a".repeat(31);
    for line in [
        "nosuch",
        "tty7",
        "tty",
        "tty11",
        "",
        "/dev/tty1",
        "root",
        &short,
    ] {
        assert_eq!(tables.run("utmpset", &[line]), no_entry(line));
    }
    assert_eq!(tables.utmp(), table());
    let long = "a".repeat(33);
    if their_old("utmpset-long-lines") {
        return assert_eq!(tables.run("utmpset", &["-w", &long]), no_entry(&long));
    }
    let why = format!("utmpset: fatal: unable to logout line {long} in utmp: name too long\n");
    assert_eq!(
        tables.run("utmpset", &["-w", &long]),
        Output::failed(111, &why)
    );
}

#[test]
fn the_record_of_the_boot_is_nobodys() {
    let tables = Tables::new(Some(&table()), None);
    let out = tables.run("utmpset", &["~"]);
    if ours("utmpset-boot") {
        assert_eq!(out, no_entry("~"));
        assert_eq!(tables.utmp(), table());
    } else {
        assert_eq!(out, done());
        assert_eq!(shown(&tables.utmp())[0], "8 0 ~|~~||");
    }
}

#[test]
fn with_w_the_logout_is_noted_in_wtmp() {
    let old = record(7, 9, "tty1", "1", "root", "h1");
    let tables = Tables::new(Some(&table()), Some(&old));
    assert_eq!(tables.run("utmpset", &["-w", "tty1"]), done());
    let wtmp = tables.wtmp();
    assert_eq!(wtmp[..SIZE], old);
    assert_eq!(shown(&wtmp[SIZE..]), ["8 0 tty1|||"]);
    assert_eq!(wtmp.len(), 2 * SIZE);
    let mut rest = wtmp[SIZE..].to_vec();
    assert!(seconds(&rest) > 1_600_000_000);
    rest[340..344].fill(0);
    let mut expected = record(8, 0, "tty1", "", "", "");
    expected[340..349].fill(0);
    assert_eq!(rest, expected);
    assert_eq!(shown(&tables.utmp())[1], "8 10 tty1|1||");
}

#[test]
fn a_missing_wtmp_is_made_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let tables = Tables::new(Some(&table()), None);
    assert_eq!(tables.run("utmpset", &["-w", "tty1"]), done());
    let mode = fs::metadata(tables.t.path("log/wtmp"))
        .expect("made")
        .permissions()
        .mode();
    assert_eq!((tables.wtmp().len(), mode & 0o7777), (SIZE, 0o600));
}

#[test]
fn a_line_that_nobody_was_on_is_noted_too() {
    let tables = Tables::new(Some(&table()), Some(b""));
    assert_eq!(tables.run("utmpset", &["-w", "tty9"]), no_entry("tty9"));
    if ours("utmpset-wtmp-in-any-case") {
        assert_eq!(shown(&tables.wtmp()), ["8 0 tty9|||"]);
    } else {
        assert_eq!(tables.wtmp(), b"");
    }
}

#[test]
fn a_missing_utmp_does_not_keep_wtmp_from_being_written() {
    let tables = Tables::new(None, Some(b""));
    let missing = "utmpset: fatal: unable to open /var/run/utmp: file does not exist\n";
    assert_eq!(
        tables.run("utmpset", &["tty1"]),
        Output::failed(111, missing)
    );
    let out = tables.run("utmpset", &["-w", "tty1"]);
    if ours("utmpset-wtmp-in-any-case") {
        let what = "utmpset: warning: /var/run/utmp: file does not exist: line tty1 logged out in \
                    wtmp only\n";
        assert_eq!(out, Output::failed(0, what));
        assert_eq!(shown(&tables.wtmp()), ["8 0 tty1|||"]);
    } else {
        assert_eq!(out, Output::failed(111, missing));
        assert_eq!(tables.wtmp(), b"");
    }
    assert!(!tables.t.path("run/utmp").exists());
}

#[test]
fn tables_that_are_something_else_are_111() {
    let tables = Tables::new(None, Some(b""));
    fs::create_dir(tables.t.path("run/utmp")).expect("directory");
    let why = "utmpset: fatal: unable to open /var/run/utmp: is a directory\n";
    assert_eq!(tables.run("utmpset", &["tty1"]), Output::failed(111, why));
    let tables = Tables::new(Some(&table()), None);
    fs::create_dir(tables.t.path("log/wtmp")).expect("directory");
    let why = "utmpset: fatal: unable to open /var/log/wtmp: is a directory\n";
    assert_eq!(
        tables.run("utmpset", &["-w", "tty1"]),
        Output::failed(111, why)
    );
    let tables = Tables::new(Some(&table()), None);
    std::os::unix::fs::symlink("/dev/full", tables.t.path("log/wtmp")).expect("link");
    let why = "utmpset: warning: unable to logout line tty1 in wtmp: invalid argument\n";
    assert_eq!(
        tables.run("utmpset", &["-w", "tty1"]),
        Output::failed(111, why)
    );
}

#[test]
fn a_torn_table_is_no_obstacle() {
    let mut torn = table();
    torn.extend_from_slice(b"torn");
    let tables = Tables::new(Some(&torn), Some(&torn));
    assert_eq!(tables.run("utmpset", &["-w", "tty5"]), done());
    assert_eq!(tables.run("utmpset", &["nosuch"]), no_entry("nosuch"));
    assert!(tables.utmp().ends_with(b"torn"));
    let wtmp = tables.wtmp();
    if ours("utmpset-torn-wtmp") {
        assert_eq!(wtmp.len(), 8 * SIZE);
        assert_eq!(shown(&wtmp)[7], "8 0 tty5|||");
    } else {
        assert_eq!(wtmp.len(), 8 * SIZE + 4);
    }
    // An empty one has no entries.
    let tables = Tables::new(Some(b""), None);
    assert_eq!(tables.run("utmpset", &["tty1"]), no_entry("tty1"));
}

#[test]
fn it_waits_for_who_holds_a_lock() {
    let tables = Tables::new(Some(&table()), Some(b""));
    let file = fs::File::open(tables.t.path("run/utmp")).expect("utmp");
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).expect("lock");
    let d = tables.start("utmpset", &["tty5"]).spawn();
    wait_until("it has the table open", || {
        procs::fds(d.pid())
            .iter()
            .any(|(_, file)| file.ends_with("utmp"))
    });
    assert_eq!(tables.utmp(), table());
    drop(file);
    assert_eq!(d.finish(), done());
    assert_ne!(tables.utmp(), table());
}

#[test]
fn who_may_not_write_is_told() {
    let tables = Tables::new(Some(&table()), Some(b""));
    let path = program_path("utmpset");
    let path = path.to_str().expect("path");
    let args = ["--reuid", "65534", "--clear-groups", path, "-w", "tty1"];
    let line = "mount --bind run /run && mount --bind log /var/log && exec setpriv \"$@\"";
    let out = tables
        .t
        .command("unshare")
        .args(["-m", "sh", "-c", line, "sh"])
        .args(args)
        .run();
    let why = "utmpset: fatal: unable to open /var/run/utmp: access denied\n";
    // The C program stops there; ours goes on to wtmp, which it may not write either.
    let first = out.stderr.lines().next().map(|l| format!("{l}\n"));
    assert_eq!((out.code, first.as_deref()), (111, Some(why)));
    assert_eq!(tables.utmp(), table());
    assert!(tables.has_wtmp() && tables.wtmp().is_empty());
}

#[test]
fn halt_writes_the_records_of_boot_and_shutdown() {
    if !ours("halt-poweroff-reboot") {
        return;
    }
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").expect("/proc");
    let release = release.trim_end();
    let tables = Tables::new(Some(&table()), Some(b""));
    assert_eq!(tables.run("halt", &["-B"]), done());
    assert_eq!(tables.run("halt", &["-w"]), done());
    let boot = format!("2 0 ~|~~|reboot|{release}");
    // From no level to 0, of whose number and letter the first byte is shown.
    let level = format!("1 48 ~|~~|runlevel|{release}");
    let shutdown = format!("1 0 ~|~~|shutdown|{release}");
    assert_eq!(
        shown(&tables.wtmp()),
        [boot.clone(), level.clone(), shutdown]
    );
    let utmp = shown(&tables.utmp());
    // In the place of the last boot's; a runlevel is new there.
    assert_eq!((utmp.len(), &utmp[0], &utmp[7]), (8, &boot, &level));
    // An empty table gets its first record; missing tables are not made.
    let tables = Tables::new(Some(b""), None);
    assert_eq!(tables.run("halt", &["-B"]), done());
    assert_eq!(shown(&tables.utmp()), [boot]);
    assert!(!tables.has_wtmp());
    let tables = Tables::new(None, None);
    assert_eq!(tables.run("halt", &["-B"]), done());
    assert_eq!(tables.run("halt", &["-w"]), done());
    assert!(!tables.has_wtmp());
}
