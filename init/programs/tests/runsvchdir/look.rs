//! The options that only look: the list, the plan; and other words for levels.

use super::tree::{Levels, knows_options};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn the_list_shows_current_previous_and_all_levels() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &["a", "b"]), ("single", &["s"]), ("empty", &[])]);
    assert_eq!(levels.call(&["single"]).code, 0);
    fs::write(levels.dir.join("aliases"), "3 default\n5 default\nx none\n").expect("file");
    let out = levels.call(&["-l"]);
    let wanted = "current: single\n\
                  previous: default\n\
                  default     2 services  previous, also 3 5\n\
                  empty       0 services\n\
                  single      1 service   current\n";
    assert_eq!((out.code, out.stdout.as_str()), (0, wanted), "{out:?}");
    // What is wrong with a link is said.
    fs::remove_dir_all(levels.dir.join("single")).expect("remove");
    let out = levels.call(&["-l"]).stdout;
    assert!(
        out.starts_with("current: single, which is not there\n"),
        "{out}"
    );
}

#[test]
fn the_plan_says_what_stops_starts_and_stays_and_changes_nothing() {
    if !knows_options() {
        return;
    }
    let mut levels = Levels::new(&[("default", &["a", "both", "x"]), ("other", &["both", "n"])]);
    levels.service("n").down();
    // The same name, another directory.
    levels.service("x2").sleeper();
    symlink("../../sv/x2", levels.dir.join("other/x")).expect("link");
    levels.serve(&["a", "both", "x"]);
    let out = levels.call(&["-n", "other"]);
    let (a, both, x) = (levels.pid("a"), levels.pid("both"), levels.pid("x"));
    let wanted = format!(
        "runsvchdir: default -> other: 2 to stop, 2 to start, 1 to stay\n\
         stop:  a (pid {a})\n\
         stop:  x (pid {x})\n\
         start: n (normally down)\n\
         start: x\n\
         stay:  both (pid {both})\n"
    );
    assert_eq!((out.code, out.stdout), (0, wanted));
    assert_eq!(levels.links(), ("default".to_owned(), String::new()));
    assert_eq!(levels.call(&["-n", "nowhere"]).code, 111);
    levels.assert_tidy();
}

#[test]
fn a_word_of_the_file_aliases_is_the_level_it_stands_for() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("default", &[]), ("single", &[]), ("4", &[])]);
    // Without a file those of System V.
    let out = levels.call(&["S"]);
    assert_eq!(out.stdout, "runsvchdir: single: now current.\n");
    assert_eq!(levels.links().0, "single");
    let out = levels.call(&["6"]);
    assert_eq!(out.code, 111);
    assert!(out.stderr.contains("init 6"), "{out:?}");
    // A level that is called like a word goes before it.
    assert_eq!(levels.call(&["4"]).stdout, "runsvchdir: 4: now current.\n");
    fs::write(
        levels.dir.join("aliases"),
        "night single # quiet\n4 single\n",
    )
    .expect("file");
    assert_eq!(levels.call(&["4"]).stdout, "runsvchdir: 4: current.\n");
    assert_eq!(
        levels.call(&["night"]).stdout,
        "runsvchdir: single: now current.\n"
    );
    // The file says all there is.
    let out = levels.call(&["3"]);
    assert_eq!(out.code, 111);
    assert!(out.stderr.ends_with("fatal: 3: file does not exist\n"));
}

#[test]
fn an_option_without_what_it_needs_is_a_usage_error() {
    if !knows_options() {
        return;
    }
    let levels = Levels::new(&[("a", &[]), ("b", &[])]);
    for args in [
        &["-n"][..],
        &["-w"],
        &["-o", "b"],
        &["-o", "last-first", "b"],
        &["-o"],
        &["--confirm", "b"],
        &["--confirm", "0", "b"],
        &["--confirm", "5"],
        &["--"],
    ] {
        let out = levels.call(args);
        assert_eq!(out.code, 1, "{args:?}: {out:?}");
        assert!(out.stderr.starts_with("usage: "), "{args:?}: {out:?}");
    }
    assert_eq!(levels.links().0, "a");
    // Any other word with a dash is a name, as it was for the original.
    fs::create_dir(levels.dir.join("-V")).expect("directory");
    assert_eq!(levels.call(&["-V"]).code, 0);
    assert_eq!(levels.links().0, "-V");
    assert_eq!(levels.call(&["--", "b"]).code, 0);
    assert_eq!(levels.links().0, "b");
}
