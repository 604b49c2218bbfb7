//! `-e`: what the files of a directory mean.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

/// A directory of variables.
fn variables(t: &Scratch, files: &[(&str, &[u8])]) -> PathBuf {
    let dir = t.mkdir("env");
    for (name, content) in files {
        fs::write(dir.join(name), content).expect("file");
    }
    dir
}

/// The value of `name` with the directory `env`; it is `old` without.
fn value(t: &Scratch, name: &str) -> Option<String> {
    let run = t.program("chpst").env(name, "old");
    let out = run.args(["-e", "env", "env", "-0"]).run();
    assert_eq!(out.code, 0, "{out:?}");
    let mut found = out
        .stdout
        .split('\0')
        .filter_map(|v| v.strip_prefix(name)?.strip_prefix('='));
    let value = found.next().map(str::to_string);
    assert_eq!(found.next(), None, "{name} is there twice");
    value
}

#[test]
fn the_first_line_is_the_value() {
    let t = Scratch::new();
    let cases: [(&str, &[u8], &str); 13] = [
        ("ONE", b"v1\nline2\n", "v1"),
        ("BLANKS", b"v \t \n", "v"),
        ("BARE", b"no newline", "no newline"),
        ("LEAD", b"  lead", "  lead"),
        ("NUL", b"a\0b\0\n", "a\nb\n"),
        ("ONLYNUL", b"\0", "\n"),
        ("NULBLANK", b" \0 ", " \n"),
        ("SECOND", b"a\n\0", "a"),
        ("CR", b"cr\r\n", "cr\r"),
        ("VT", b"trail\x0b\x0c ", "trail\u{b}\u{c}"),
        ("EMPTYLINE", b"\n", ""),
        ("BLANKLINE", b" \t\nx", ""),
        ("EQUALS", b"a=b=c\n", "a=b=c"),
    ];
    variables(&t, &cases.map(|(name, content, _)| (name, content)));
    for (name, _, expected) in cases {
        assert_eq!(value(&t, name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn an_empty_file_removes_the_variable() {
    let t = Scratch::new();
    let dir = variables(&t, &[("EMPTY", b"")]);
    assert_eq!(value(&t, "EMPTY"), None);
    assert_eq!(value(&t, "OTHER").as_deref(), Some("old"));
    // A FIFO that nobody writes to is as empty.
    rustix::fs::mkfifoat(rustix::fs::CWD, dir.join("FIFO"), 0o600.into()).expect("FIFO");
    assert_eq!(value(&t, "FIFO"), None);
}

#[test]
fn dot_files_and_directories_are_passed_over() {
    let t = Scratch::new();
    let dir = variables(&t, &[(".HIDDEN", b"x"), ("A", b"x")]);
    fs::create_dir(dir.join("DIR")).expect("directory");
    assert_eq!(value(&t, ".HIDDEN").as_deref(), Some("old"));
    assert_eq!(value(&t, "DIR").as_deref(), Some("old"));
    assert_eq!(value(&t, "A").as_deref(), Some("x"));
    let out = chpst(&t, &["-v", "-e", "env", "true"]);
    let warning = "chpst: warning: unable to read env/DIR: is a directory\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, warning));
}

#[test]
fn strange_names_are_names() {
    let t = Scratch::new();
    variables(&t, &[("N O", b"x"), ("a-b.c", b"y"), ("ümlaut", b"z")]);
    assert_eq!(value(&t, "N O").as_deref(), Some("x"));
    assert_eq!(value(&t, "a-b.c").as_deref(), Some("y"));
    assert_eq!(value(&t, "ümlaut").as_deref(), Some("z"));
}

#[test]
fn long_values_arrive_whole() {
    let t = Scratch::new();
    let lengths = [255, 256, 257, 4095, 4096, 4097, 8192, 100_000];
    for length in lengths {
        let mut content = vec![b'y'; length];
        content.extend_from_slice(b" \nmore\n");
        variables(&t, &[("LONG", &content)]);
        assert_eq!(value(&t, "LONG").map(|v| v.len()), Some(length));
    }
}

#[test]
fn links_are_followed_and_one_to_nowhere_removes() {
    let t = Scratch::new();
    let dir = variables(&t, &[("A", b"value")]);
    symlink("A", dir.join("LINK")).expect("link");
    assert_eq!(value(&t, "LINK").as_deref(), Some("value"));
    symlink("nowhere", dir.join("NOWHERE")).expect("link");
    let seen = value(&t, "NOWHERE");
    if ours("envdir-nowhere") {
        assert_eq!(seen, None);
    } else {
        // What it read last, or nothing.
        assert_ne!(seen.as_deref(), Some("old"));
    }
}

#[test]
fn what_cannot_be_read_is_fatal() {
    let t = Scratch::new();
    let dir = variables(&t, &[("A", b"x")]);
    fs::set_permissions(dir.join("A"), fs::Permissions::from_mode(0o000)).expect("mode");
    let out = as_nobody(&t, &["-e", "env", "true"]);
    assert_eq!(out, fatal("unable to read env/A: access denied"));
    // Read before the user changes.
    assert_eq!(
        chpst(&t, &["-u", ":65534:65534", "-e", "env", "true"]),
        said("")
    );
    fs::remove_file(dir.join("A")).expect("file");
    symlink("LOOP", dir.join("LOOP")).expect("link");
    let out = chpst(&t, &["-e", "env", "true"]);
    assert_eq!(out, fatal("unable to read env/LOOP: symbolic link loop"));
}

#[test]
fn a_directory_that_cannot_be_entered_or_listed_is_fatal() {
    let t = Scratch::new();
    fs::write(t.path("file"), "").expect("file");
    let cases = [
        ("nosuch", "file does not exist"),
        ("file", "not a directory"),
        ("", "file does not exist"),
    ];
    for (dir, why) in cases {
        let why = format!("unable to switch to directory: {dir}: {why}");
        assert_eq!(chpst(&t, &["-e", dir, "true"]), fatal(&why));
    }
    let dir = variables(&t, &[]);
    let with = |mode| {
        fs::set_permissions(&dir, fs::Permissions::from_mode(mode)).expect("mode");
        as_nobody(&t, &["-e", "env", "true"])
    };
    let out = with(0o700);
    assert_eq!(
        out,
        fatal("unable to switch to directory: env: access denied")
    );
    let out = with(0o711);
    assert_eq!(out, fatal("unable to open directory: env: access denied"));
}

#[test]
fn a_name_with_an_equals_sign_is_refused() {
    let t = Scratch::new();
    variables(&t, &[("A=B", b"x")]);
    let out = chpst(&t, &["-e", "env", "sh", "-c", "echo $A"]);
    if ours("envdir-equals") {
        assert_eq!(out, fatal("env/A=B: a variable's name has no ="));
    } else {
        assert_eq!(out, said("B=x\n"));
    }
}

#[test]
fn a_fifo_among_the_files_is_empty_and_holds_nothing_up() {
    let t = Scratch::new();
    let dir = variables(&t, &[]);
    t.mkfifo("env/A");
    let run = |d: &str| t.program("chpst").env("A", "old").args(["-e", d]);
    let out = run("env").args(["sh", "-c", "echo ${A-unset}"]).run();
    assert_eq!(out, said("unset\n"));
    // One with a writer that says nothing.
    let held = fs::File::options()
        .read(true)
        .write(true)
        .open(dir.join("A"))
        .expect("the FIFO");
    let out = run("env").arg("true").run();
    assert_eq!(out, fatal("unable to read env/A: temporary failure"));
    drop(held);
    t.mkfifo("fifo");
    let out = run("fifo").arg("true").run();
    let why = "unable to switch to directory: fifo: not a directory";
    assert_eq!(out, fatal(why));
}

#[test]
fn a_file_of_a_gigabyte_is_read_no_further_than_it_counts() {
    // The C program reads it to its end.
    if !ours("envdir-endless") {
        return;
    }
    let t = Scratch::new();
    let grow = || {
        let big = fs::File::options().write(true).open(t.path("env/BIG"));
        big.expect("file").set_len(1 << 30).expect("holes");
    };
    variables(&t, &[("BIG", b"small\n")]);
    grow();
    assert_eq!(value(&t, "BIG").as_deref(), Some("small"));
    variables(&t, &[("BIG", b"")]);
    grow();
    let out = chpst(&t, &["-e", "env", "true"]);
    assert_eq!(out, fatal("unable to read env/BIG: argument list too long"));
}

#[test]
fn a_value_no_program_could_take_is_refused() {
    let t = Scratch::new();
    variables(&t, &[("BIG", &vec![b'x'; 200_000])]);
    let out = chpst(&t, &["-e", "env", "true"]);
    if ours("envdir-endless") {
        assert_eq!(out, fatal("unable to read env/BIG: argument list too long"));
        // One without an end is the same.
        fs::remove_file(t.path("env/BIG")).expect("file");
        symlink("/dev/zero", t.path("env/BIG")).expect("link");
        let out = chpst(&t, &["-e", "env", "true"]);
        assert_eq!(out, fatal("unable to read env/BIG: argument list too long"));
    } else {
        assert_eq!(out, fatal("unable to run: true: argument list too long"));
    }
    // Only the first line counts.
    let mut huge = b"small\n".to_vec();
    huge.resize(5 << 20, b'x');
    fs::remove_file(t.path("env/BIG")).expect("file");
    fs::write(t.path("env/BIG"), &huge).expect("file");
    assert_eq!(value(&t, "BIG").as_deref(), Some("small"));
}

#[test]
fn the_last_directory_counts() {
    let t = Scratch::new();
    for (dir, name) in [("one", "A"), ("two", "B")] {
        t.mkdir(dir);
        fs::write(t.path(dir).join(name), dir).expect("file");
    }
    let out = chpst(&t, &["-e", "one", "-e", "two", "sh", "-c", "echo $A$B"]);
    assert_eq!(out, said("two\n"));
}

#[test]
fn the_working_directory_stays() {
    let t = Scratch::new();
    variables(&t, &[("A", b"x")]);
    let out = chpst(&t, &["-e", "env", "sh", "-c", "echo $A; ls -d env"]);
    assert_eq!(out, said("x\nenv\n"));
}

#[test]
fn a_working_directory_nobody_may_list_is_no_obstacle() {
    let t = Scratch::new();
    let dir = variables(&t, &[("A", b"x")]);
    let inner = t.mkdir("inner");
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o711)).expect("mode");
    let run = t.program("chpst").cwd(&inner).user(65534, 65534);
    let out = run
        .args(["-e", dir.to_str().expect("path"), "sh", "-c", "echo $A"])
        .run();
    if ours("envdir-cwd") {
        assert_eq!(out, said("x\n"));
    } else {
        let why = "unable to open current working directory: access denied";
        assert_eq!(out, fatal(why));
    }
}
