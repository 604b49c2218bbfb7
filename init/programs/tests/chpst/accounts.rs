//! Names of users and groups, looked up in files of the test's own: a mount namespace puts them
//! in the place of /etc/passwd and /etc/group.

use crate::common::*;
use crate::{fatal, said};
use std::fs;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh
joe:x:1000:1001:Joe:/home/joe:/bin/sh
ann::1002:1003::/:
short:x:12:34
long:x:13:35::/:/bin/sh:extra:more
twice:x:garbage:1::/:
twice:x:14:36::/:
twice:x:15:37::/:
nogid:x:16:
nouid:x::17::/:
hex:x:0x10:3::/:
huge:x:99999999999:1::/:
minus:x:-1:1::/:
after:x:18:38 ::/:
octal:x:0023:023::/:
  blank:x:19:39::/:
#remark:x:20:40::/:
+nis:x:22:22::/:
half
colon:
\u{fffd}\u{1}binary:x:24:44::/:
last:x:25:45";

const GROUP: &str = "root:x:0:
joe:x:1001:
audio:x:29:joe,ann
video:x:44:ann
bare:x:50
extra:x:51:joe:field
garbage:x:y:joe
garbage:x:52:
huge:x:99999999999:joe
spare:x:60:joe,,ann,
dup:x:29:joe
#remark:x:61:joe
last:x:62:bob,joe";

/// chpst with these files in the place of the system's.
fn with_files(t: &Scratch, passwd: &str, group: &str, args: &[&str]) -> Output {
    fs::write(t.path("passwd"), passwd).expect("file");
    fs::write(t.path("group"), group).expect("file");
    let line = "mount --bind \"$1\" /etc/passwd && mount --bind \"$2\" /etc/group && shift 2 && \
                exec \"$@\"";
    let path = program_path("chpst");
    let words = ["-m", "sh", "-c", line, "sh", "passwd", "group"];
    t.command("unshare").args(words).arg(path).args(args).run()
}

/// `uid gid group...` of the program.
fn become_user(t: &Scratch, user: &str) -> Output {
    let look = "echo $(id -u) $(id -g) $(awk '/^Groups:/ { $1 = \"\"; print }' /proc/self/status)";
    with_files(t, PASSWD, GROUP, &["-u", user, "sh", "-c", look])
}

fn unknown(user: &str) -> Output {
    fatal(&format!("unknown user/group: {user}"))
}

#[test]
fn users_and_groups_are_found() {
    let t = Scratch::new();
    let cases = [
        ("root", "0 0 0"),
        ("joe", "1000 1001 1001"),
        ("ann", "1002 1003 1003"),
        ("joe:audio", "1000 29 29"),
        ("joe:audio:video", "1000 29 29 44"),
        ("joe:bare:extra:spare", "1000 50 50 51 60"),
        ("root:last", "0 62 62"),
        ("last:root", "25 0 0"),
    ];
    for (user, seen) in cases {
        assert_eq!(become_user(&t, user), said(&format!("{seen}\n")), "{user}");
    }
}

#[test]
fn who_is_in_no_file_is_unknown() {
    let t = Scratch::new();
    for user in [
        "nosuch",
        "",
        "jo",
        "joes",
        "Joe",
        "joe:",
        "joe::",
        "joe:nosuch",
        "joe:audio:",
        "1000",
        "joe::audio",
        "joe:29",
        "nosuch:root",
        "joe:x",
        "--",
        "joe ",
        " joe",
        "joe\n",
        "joe:x:1000",
    ] {
        assert_eq!(become_user(&t, user), unknown(user), "{user:?}");
    }
}

#[test]
fn garbage_in_the_files_is_passed_over() {
    let t = Scratch::new();
    let cases = [
        ("short", "12 34 34"),
        ("long", "13 35 35"),
        ("twice", "14 36 36"),
        ("octal", "23 23 23"),
        ("blank", "19 39 39"),
        ("last", "25 45 45"),
        ("root:garbage", "0 52 52"),
    ];
    for (user, seen) in cases {
        assert_eq!(become_user(&t, user), said(&format!("{seen}\n")), "{user}");
    }
    for user in [
        "nogid",
        "nouid",
        "hex",
        "huge",
        "minus",
        "after",
        "#remark",
        "remark",
        "nis",
        "half",
        "colon",
        "root:huge",
        "root:#remark",
    ] {
        assert_eq!(become_user(&t, user), unknown(user), "{user}");
    }
}

#[test]
fn an_id_is_digits_and_not_the_one_that_means_none() {
    let t = Scratch::new();
    let run = |line: &str, user: &str| {
        let passwd = format!("{line}\nroot:x:0:0::/:\n");
        with_files(&t, &passwd, "root:x:0:\n", &["-u", user, "true"])
    };
    for line in ["a:x:+12:34::/:", "a:x: 12:34::/:", "a:x:12:+34::/:"] {
        let out = run(line, "a");
        if ours("passwd-ids") {
            assert_eq!(out, unknown("a"), "{line}");
        } else {
            assert_eq!(out, said(""), "{line}");
        }
    }
    for line in ["a:x:4294967295:1::/:", "a:x:1:4294967295::/:"] {
        let out = run(line, "a");
        if ours("passwd-ids") {
            assert_eq!(out, unknown("a"), "{line}");
        } else {
            assert_eq!(out.code, 111, "{line}");
        }
    }
}

#[test]
fn a_plus_takes_all_groups_of_the_user() {
    let t = Scratch::new();
    if !ours("chpst-supplementary") {
        return assert_eq!(become_user(&t, "+joe"), unknown("+joe"));
    }
    let cases = [
        ("+joe", "1000 1001 29 60 62 1001"),
        ("+ann", "1002 1003 29 44 60 1003"),
        ("+root", "0 0 0"),
        ("+joe:video", "1000 44 29 44 60 62"),
        ("joe", "1000 1001 1001"),
    ];
    for (user, seen) in cases {
        let out = become_user(&t, user);
        // The kernel sorts them.
        let words: Vec<&str> = out.stdout.split_whitespace().collect();
        let mut groups: Vec<u32> = words[2..].iter().map(|g| g.parse().expect("id")).collect();
        groups.sort_unstable();
        let wanted: Vec<&str> = seen.split_whitespace().collect();
        let mut all: Vec<u32> = wanted[2..].iter().map(|g| g.parse().expect("id")).collect();
        all.sort_unstable();
        assert_eq!(
            (&words[..2], groups),
            (&wanted[..2], all),
            "{user}: {out:?}"
        );
    }
    for user in ["+", "+nosuch", "++joe", "+:1:2", "+joe:", ":+joe"] {
        assert_eq!(become_user(&t, user).code, 111, "{user}");
    }
}

#[test]
fn the_files_may_be_empty_huge_or_binary() {
    let t = Scratch::new();
    let joe = |passwd: &str| with_files(&t, passwd, "", &["-u", "joe", "true"]);
    assert_eq!(joe(""), unknown("joe"));
    assert_eq!(joe("\0\0\0:::\n\n\n"), unknown("joe"));
    let long_line = "x".repeat(1 << 20);
    assert_eq!(joe(&format!("{long_line}\njoe:x:1:1::/:\n")), said(""));
    let many: String = (0..50_000)
        .map(|n| format!("u{n}:x:{n}:{n}::/:\n"))
        .collect();
    assert_eq!(joe(&format!("{many}joe:x:1:1::/:")), said(""));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let t = Scratch::new();
    let run = |prepare: &str, args: &[&str]| {
        let line = format!("mount -t tmpfs none /etc && {prepare} exec \"$@\"");
        let words = ["-m", "sh", "-c", &line, "sh"];
        let path = program_path("chpst");
        t.command("unshare").args(words).arg(path).args(args).run()
    };
    let why = |why: &str| fatal(&format!("unable to get password/group file entry: {why}"));
    let gone = why("file does not exist");
    assert_eq!(run("", &["-u", "root", "true"]), gone);
    assert_eq!(run("", &["-U", "root", "true"]), gone);
    let passwd = "echo root:x:0:0 >/etc/passwd;";
    assert_eq!(run(passwd, &["-u", "root:x", "true"]), gone);
    let dir = "mkdir /etc/passwd;";
    assert_eq!(run(dir, &["-u", "root", "true"]), why("is a directory"));
    // The C program waits for a FIFO's writer, and reads what is huge to its end.
    if ours("passwd-strange-files") {
        let fifo = "mkfifo /etc/passwd;";
        assert_eq!(run(fifo, &["-u", "root", "true"]), unknown("root"));
        let huge = "truncate -s 1G /etc/passwd;";
        assert_eq!(run(huge, &["-u", "root", "true"]), why("file too big"));
    }
    // Numbers need no files.
    assert_eq!(run("", &["-u", ":1:2", "-U", ":3:4", "true"]), said(""));
}
