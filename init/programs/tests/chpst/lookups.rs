//! Random lines in /etc/passwd and /etc/group: who is found is who core finds, on either side.
//!
//! Without the ids that only one side takes (see passwd-ids in DIFFERENCES.md): with blanks or
//! signs, and the one that means none.

use crate::common::*;
use proptest::prelude::*;
use runit_core::passwd::{find_account, find_group};
use std::fs;

/// Names in each file; some occur twice.
const NAMES: usize = 20;

/// A line about one of the names: fields that may be anything, the ids now and then good ones.
fn line(letter: char) -> impl Strategy<Value = String> {
    let begin = prop::sample::select(vec!["", "", "", "", " ", "\t", "#", "+", "-", "x"]);
    let odd = prop::sample::select(vec![
        "",
        "x",
        "a",
        "#",
        "é",
        "007",
        "0x1",
        "1x",
        "99999999999",
        "4294967296",
        "4294967294",
    ]);
    let good = (1..60_000u32).prop_map(|id| id.to_string());
    let field = prop_oneof![odd.clone().prop_map(str::to_string), good];
    let fields = prop::collection::vec(field, 0..8);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\n\n", ":\n"]);
    (begin, 0..NAMES, fields, end).prop_map(move |(begin, name, fields, end)| {
        let fields: String = fields.iter().map(|f| format!(":{f}")).collect();
        format!("{begin}{letter}{name}{fields}{end}")
    })
}

fn file(letter: char) -> impl Strategy<Value = String> {
    prop::collection::vec(line(letter), NAMES * 2).prop_map(|lines| lines.concat())
}

/// What chpst says to each name, in order: `uid gid`, or nothing.
fn found(passwd: &str, group: &str) -> String {
    let t = Scratch::new();
    fs::write(t.path("passwd"), passwd).expect("file");
    fs::write(t.path("group"), format!("{group}root:x:0:\n")).expect("file");
    let look = "mount --bind passwd /etc/passwd && mount --bind group /etc/group || exit\n\
                for n in $1; do \"$2\" -U u$n sh -c 'echo u $UID $GID' || echo u; done\n\
                echo root:x:0:0::/: >passwd\n\
                for n in $1; do \"$2\" -U root:g$n sh -c 'echo g $GID' || echo g; done";
    let numbers: Vec<String> = (0..NAMES).map(|n| n.to_string()).collect();
    let words = ["-m", "sh", "-c", look, "sh", &numbers.join(" ")];
    let run = t.command("unshare").args(words);
    run.arg(program_path("chpst")).run().stdout
}

#[test]
fn random_lines_mean_what_core_reads() {
    let lookups = random::runner(8).run(&(file('u'), file('g')), |(passwd, group)| {
        let mut should = String::new();
        for n in 0..NAMES {
            match find_account(passwd.as_bytes(), format!("u{n}").as_bytes()) {
                Some(account) => should += &format!("u {} {}\n", account.uid, account.gid),
                None => should += "u\n",
            }
        }
        for n in 0..NAMES {
            match find_group(group.as_bytes(), format!("g{n}").as_bytes()) {
                Some(group) => should += &format!("g {}\n", group.gid),
                None => should += "g\n",
            }
        }
        let is = found(&passwd, &group);
        prop_assert_eq!(is, should, "{}{}", passwd, group);
        Ok(())
    });
    lookups.unwrap_or_else(|e| panic!("{e}"));
}
