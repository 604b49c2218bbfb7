//! The log in the process title.

use crate::common::*;
use crate::tree::*;

/// What `ps` shows as the last argument.
fn title(runsvdir: &Daemon) -> String {
    let args = procs::cmdline(runsvdir.pid());
    String::from_utf8_lossy(args.last().expect("it lives")).into_owned()
}

/// How a text of the tree is shown.
fn shown(text: &str) -> String {
    if ours("title-is-one-line") {
        let show = |c| match c {
            '\n' | '\t' => ' ',
            c if c < ' ' => '?',
            c => c,
        };
        text.chars().map(show).collect()
    } else {
        text.to_string()
    }
}

fn room(len: usize) -> String {
    format!("log: {}", ".".repeat(len - 5))
}

#[test]
fn errors_of_the_tree_are_shown_at_its_end() {
    let tree = Tree::new();
    tree.entry("a")
        .run("echo hello from a >&2\nexec sleep 1000");
    let runsvdir = tree.runsvdir().args(["services", &room(100)]).spawn();
    wait_until("the title tells", || {
        title(&runsvdir).ends_with(&shown("hello from a\n"))
    });
    let title = title(&runsvdir);
    assert_eq!(title.len(), 100);
    // Before it, what was there; the beginning stays.
    let dots = title
        .strip_prefix("log: ")
        .unwrap()
        .strip_suffix(&shown("hello from a\n"))
        .unwrap();
    assert!(dots.chars().all(|c| c == '.'), "{title}");
    assert_eq!(runsvdir.stderr(), "");
}

#[test]
fn complaints_of_runsv_are_shown_too() {
    let tree = Tree::new();
    tree.entry("a").finish("exec sleep 1000");
    let runsvdir = tree.runsvdir().args(["services", &room(200)]).spawn();
    wait_until("the title tells", || {
        title(&runsvdir).ends_with(&shown(
            "runsv a: fatal: unable to start ./run: file does not exist\n",
        ))
    });
}

#[test]
fn old_text_moves_out_at_the_left() {
    let tree = Tree::new();
    let a = tree.entry("a").run(
        "echo started $$ >>events\nfor i in 1 2 3 4 5 6 7 8 9; do echo line number $i >&2; done\nexec sleep 1000",
    );
    let runsvdir = tree.runsvdir().args(["services", &room(40)]).spawn();
    a.wait_running(1);
    let text = "line number 6\nline number 7\nline number 8\nline number 9\n";
    let end = shown(&text[text.len() - 35..]);
    wait_until("the last lines are shown after the beginning", || {
        title(&runsvdir) == format!("log: {end}")
    });
}

#[test]
fn a_text_longer_than_the_room_shows_its_end() {
    let tree = Tree::new();
    let text: String = (0..500).map(|n| format!("{n} ")).collect();
    tree.entry("a")
        .run(&format!("echo '{text}end' >&2\nexec sleep 1000"));
    let runsvdir = tree.runsvdir().args(["services", &room(50)]).spawn();
    wait_until("the end is shown", || {
        title(&runsvdir).ends_with(&shown("499 end\n"))
    });
    assert_eq!(title(&runsvdir).len(), 50);
}

#[test]
fn any_text_of_seven_characters_or_more_will_do() {
    let tree = Tree::new();
    tree.entry("a").run("echo xyz >&2\nexec sleep 1000");
    let runsvdir = tree.runsvdir().args(["services", "1234567"]).spawn();
    wait_until("its end is shown", || title(&runsvdir) == shown("12345z\n"));
}

#[test]
fn a_dot_comes_in_at_once() {
    let tree = Tree::new();
    let log = format!("log: {}", "x".repeat(20));
    let runsvdir = tree.runsvdir().args(["services", &log]).spawn();
    wait_until("the dot is shown", || {
        title(&runsvdir) == format!("log: {}.", "x".repeat(19))
    });
}

#[test]
fn the_services_write_into_it_whatever_they_like() {
    let tree = Tree::new();
    tree.entry("a")
        .run("printf 'a\\tb\\001c\\033d' >&2\nexec sleep 1000");
    let runsvdir = tree.runsvdir().args(["services", &room(50)]).spawn();
    wait_until("it is shown", || {
        title(&runsvdir).ends_with(&shown(".a\tb\u{1}c\u{1b}d"))
    });
}

#[test]
fn it_works_with_sessions_and_keeps_the_other_arguments() {
    let tree = Tree::new();
    tree.entry("a").run("echo hello >&2\nexec sleep 1000");
    let runsvdir = tree
        .runsvdir()
        .args(["-P", "services", &room(30), "more"])
        .spawn();
    wait_until("the title tells", || {
        let args = procs::cmdline(runsvdir.pid());
        args.get(3)
            .is_some_and(|log| log.ends_with(shown("hello\n").as_bytes()))
    });
    let args = procs::cmdline(runsvdir.pid());
    assert_eq!(args.len(), 5);
    assert_eq!(
        (&args[1][..], &args[2][..], &args[4][..]),
        (&b"-P"[..], &b"services"[..], &b"more"[..])
    );
}
