//! svtai: labels made readable. The C package has none, so ours is always under test.

mod common;
use common::*;
use std::fs::File;
use std::process::Stdio;

const LABEL: &str = "@4000000069a3818907270e15";

fn svtai(t: &Scratch, args: &[&str], input: &str) -> Output {
    std::fs::write(t.path("input"), input).expect("input");
    let input = File::open(t.path("input")).expect("input");
    let program = t.command(program_of(Under::Ours, "svtai")).args(args);
    program.env("TZ", "XXX-5:45").stdin(input).run()
}

#[test]
fn labels_become_local_time_or_utc() {
    let t = Scratch::new();
    let input = format!("{LABEL} hello {LABEL}\nplain\n{LABEL}");
    let cases: [(&[&str], &str); 4] = [
        (&[], "2026-03-01 05:44:59.120000021"),
        (&["-u"], "2026-02-28 23:59:59.120000021"),
        (&["-i"], "2026-03-01T05:44:59.120000021+05:45"),
        (&["-ui"], "2026-02-28T23:59:59.120000021Z"),
    ];
    for (args, time) in cases {
        let out = svtai(&t, args, &input);
        let expected = format!("{time} hello {LABEL}\nplain\n{time}");
        assert_eq!(
            (out.code, out.stdout, out.stderr),
            (0, expected, String::new())
        );
    }
}

#[test]
fn what_is_no_label_passes_as_it_is() {
    let t = Scratch::new();
    let text: String = (0..3_000)
        .map(|n| format!("@{n:x} {LABEL} \u{1} x\n{LABEL}g\n@{}\n", "f".repeat(24)))
        .collect();
    let out = svtai(&t, &["-u"], &text);
    let expected = text.replace(&format!("\n{LABEL}g"), "\n2026-02-28 23:59:59.120000021g");
    assert_eq!((out.code, out.stdout == expected), (0, true));
}

#[test]
fn lines_pass_at_once() {
    use std::io::Write;
    let t = Scratch::new();
    let program = t.command(program_of(Under::Ours, "svtai")).arg("-u");
    let mut svtai = program.stdin(Stdio::piped()).spawn();
    let mut stdin = svtai.take_stdin().expect("a pipe");
    for n in 1..4 {
        writeln!(stdin, "{LABEL} line").expect("it reads");
        wait_until("the line is there", || svtai.stdout().lines().count() == n);
    }
    // The beginning of a label may become one.
    write!(stdin, "no label\n@4000").expect("it reads");
    wait_until("the line is there", || {
        svtai.stdout().ends_with("no label\n")
    });
    drop(stdin);
    let out = svtai.finish();
    assert!(out.code == 0 && out.stdout.ends_with("\n@4000"));
}

#[test]
fn wrong_arguments_and_unreadable_input() {
    let t = Scratch::new();
    let usage = "usage: svtai [-u] [-i]\n\n";
    let out = svtai(&t, &["-x"], "");
    let expected = format!("svtai: illegal option -- x\n{usage}");
    assert_eq!((out.code, out.stderr), (100, expected));
    let out = svtai(&t, &["file"], "");
    assert_eq!((out.code, out.stderr.as_str()), (100, usage));
    let dir = File::open("/").expect("a directory");
    let out = t.command(program_of(Under::Ours, "svtai")).stdin(dir).run();
    let why = "svtai: fatal: unable to read standard input: is a directory\n";
    assert_eq!((out.code, out.stderr.as_str()), (111, why));
}
