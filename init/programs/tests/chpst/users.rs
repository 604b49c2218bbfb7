//! `-u` and `-U`: whom they take, whom they refuse, and what the program gets.

use crate::common::*;
use crate::{as_nobody, chpst, fatal, said};

/// Uid, gid, and all groups in order.
const IDS: &str = "awk '/^(Uid|Gid|Groups):/ { $1 = \"\"; print }' /proc/self/status";

/// `uid gid group...` of a program under `-u user`.
fn ids(t: &Scratch, user: &str) -> Output {
    let mut out = chpst(t, &["-u", user, "sh", "-c", IDS]);
    let mut lines = out.stdout.lines().map(str::split_whitespace);
    let mut words: Vec<&str> = Vec::new();
    if let (Some(uid), Some(gid), Some(groups)) = (lines.next(), lines.next(), lines.next()) {
        let (uid, gid): (Vec<_>, Vec<_>) = (uid.collect(), gid.collect());
        assert!(uid.iter().all(|u| *u == uid[0]) && gid.iter().all(|g| *g == gid[0]));
        words.extend([uid[0], gid[0]]);
        words.extend(groups);
    }
    out.stdout = words.join(" ");
    out
}

/// `GID UID` as variables of a program under `-U user`.
fn told(t: &Scratch, user: &str) -> Output {
    chpst(t, &["-U", user, "sh", "-c", "echo $GID $UID"])
}

#[test]
fn numbers_after_a_colon_are_taken_as_they_are() {
    let t = Scratch::new();
    let cases = [
        (":1:2", "1 2 2"),
        (":65534:65534", "65534 65534 65534"),
        (":4000:4001:4002:4003", "4000 4001 4001 4002 4003"),
        (":0:0", "0 0 0"),
        (":4294967294:4294967294", "4294967294 4294967294 4294967294"),
        (":001:02", "1 2 2"),
    ];
    for (user, seen) in cases {
        assert_eq!(ids(&t, user), said(seen), "{user}");
    }
    assert_eq!(told(&t, ":5:7:9"), said("7 5\n"));
}

#[test]
fn up_to_sixty_groups_and_more() {
    let t = Scratch::new();
    let numbers = |n: u32| -> Vec<String> { (5001..=5000 + n).map(|g| g.to_string()).collect() };
    let user = |n: u32| format!(":4000:{}", numbers(n).join(":"));
    let seen = |n: u32| format!("4000 5001 {}", numbers(n).join(" "));
    assert_eq!(ids(&t, &user(60)), said(&seen(60)));
    let more = ids(&t, &user(100));
    if ours("chpst-many-groups") {
        assert_eq!(more, said(&seen(100)));
    } else {
        let why = format!("invalid uid/gids: {}", &user(100)[1..]);
        assert_eq!(more, fatal(&why));
    }
}

#[test]
fn what_is_no_pair_of_ids_is_refused() {
    let t = Scratch::new();
    for bad in [
        "",
        "1",
        "x:1",
        "1:x",
        "-1:1",
        "1:2x",
        "1:-2",
        "root:root",
        " 1:1",
        "1: 1",
    ] {
        let why = fatal(&format!("invalid uid/gids: {bad}"));
        let spec = format!(":{bad}");
        assert_eq!(ids(&t, &spec), why, "{spec}");
        assert_eq!(told(&t, &spec), why, "{spec}");
    }
}

#[test]
fn an_empty_or_too_large_id_is_refused() {
    let t = Scratch::new();
    let cases = [
        ("1:", "1 0 0"),
        ("1::2", "1 0 0 2"),
        ("1:2:", "1 2 0 2"),
        ("4294967296:4294967297", "0 1 1"),
    ];
    for (bad, theirs) in cases {
        let out = ids(&t, &format!(":{bad}"));
        if ours("chpst-ids") {
            assert_eq!(out, fatal(&format!("invalid uid/gids: {bad}")));
        } else {
            // Root's group, or root.
            assert_eq!(out, said(theirs), "{bad}");
        }
    }
    assert_eq!(ids(&t, ":4294967295:1").code, 111);
    assert_eq!(ids(&t, ":1:4294967295").code, 111);
}

#[test]
fn who_may_not_become_another_user_is_told_the_step() {
    let t = Scratch::new();
    let why = fatal("unable to setgroups: permission denied");
    for user in ["root", ":65534:65534", ":0:0"] {
        assert_eq!(as_nobody(&t, &["-u", user, "true"]), why);
    }
    // Telling needs no privilege.
    let out = as_nobody(&t, &["-U", "root", "sh", "-c", "echo $GID $UID"]);
    assert_eq!(out, said("0 0\n"));
}

#[test]
fn the_ids_told_replace_what_was_there() {
    let t = Scratch::new();
    let out = t
        .program("chpst")
        .env_clear()
        .env("UID", "old")
        .env("GID", "old")
        .env("XUID", "kept")
        .args(["-U", ":7:8", "-u", ":65534:65534", "/usr/bin/env"])
        .run();
    let mut lines: Vec<_> = out.stdout.lines().filter(|l| l.contains("ID=")).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["GID=8", "UID=7", "XUID=kept"]);
}
