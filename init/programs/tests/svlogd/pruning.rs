//! How many old files stay.

use crate::common::*;
use crate::logs::*;

const TEN: &str =
    "line-0\nline-1\nline-2\nline-3\nline-4\nline-5\nline-6\nline-7\nline-8\nline-9\n";

/// After ten lines, each of which is rotated.
fn kept(config: &str) -> Vec<String> {
    let logs = Logs::with(format!("s10\n{config}"));
    logs.good("-l 7 -b 8", TEN);
    logs.old().into_iter().map(|f| f.text).collect()
}

#[test]
fn n_old_files_stay() {
    assert_eq!(kept("n1\n"), ["line-9\n"]);
    assert_eq!(kept("n3\n"), ["line-7\n", "line-8\n", "line-9\n"]);
    assert_eq!(kept("n0\n").len(), 10);
    let logs = Logs::with("s10\n");
    logs.good("-l 7 -b 8", TEN.repeat(2));
    assert_eq!(logs.old().len(), 10);
}

#[test]
fn as_many_go_as_n_asks() {
    let logs = Logs::with("s10\nn3\n");
    for n in 0..8 {
        logs.write(&format!("@4000000000000000000000{n:02}.s"), format!("{n}"));
    }
    logs.good("-l 7 -b 8", "line-0\n");
    let old: Vec<_> = logs.old().into_iter().map(|f| f.text).collect();
    if ours("svlogd-prunes-all-there-are") {
        assert_eq!(old, ["6", "7", "line-0\n"]);
    } else {
        assert_eq!(old.len(), 8);
    }
}

#[test]
fn only_its_own_files_are_counted_and_removed() {
    let logs = Logs::with("s10\nn2\n");
    let others = [
        "@1.s",
        "@zzzz",
        "@400000000000000000000000",
        "notes",
        ".hidden",
        "@x.s",
    ];
    for name in others {
        logs.write(name, "mine");
    }
    logs.write("@400000000000000000000001.s", "old");
    logs.write("@400000000000000000000002.u", "old");
    // What a processor left half done.
    logs.write("@400000000000000000000003.t", "half");
    logs.good("-l 7 -b 8", "line-0\nline-1\n");
    let names = logs.names();
    for name in others {
        assert!(names.iter().any(|n| n == name), "{name}: {names:?}");
    }
    let own: Vec<_> = names.iter().filter(|n| n.len() == 27).collect();
    let raw = usize::from(their_old("svlogd-raw-files-count"));
    assert_eq!(own.len(), 2 + raw);
    assert_eq!(own.iter().filter(|name| name.ends_with(".u")).count(), raw);
}

#[test]
fn s_caps_the_size_of_all_old_files() {
    // Twenty files of 999,000 bytes; with 3 MB three of them stay.
    let logs = Logs::with("S3000000\nn0\n");
    logs.good("", numbered(0..50_000));
    let all = logs.all();
    if ours("svlogd-total-size") {
        let sizes: Vec<_> = logs.old().iter().map(|f| f.text.len()).collect();
        assert_eq!(sizes, [999_000; 3]);
    } else {
        assert_eq!(all.lines().count(), 50_000);
    }
    assert!(all.ends_with(&numbered(49_999..50_000)));
}
