//! The sessions in the README of the examples: every line of them is typed and compared.

use crate::world::World;
use crate::{callcenter, lighttpd, sshd};

const README: &str = include_str!("../../../../sv-examples/README.md");

/// The session of a section: its lines after four blanks.
fn session_of(section: &str) -> String {
    let (_, text) = README
        .split_once(&format!("\n## {section}\n"))
        .expect("a section");
    let text = text.split("\n## ").next().unwrap_or(text);
    let lines: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .collect();
    assert!(lines.len() > 3, "{section} has no session");
    lines.join("\n")
}

#[test]
fn sleeper_starts_stops_comes_back_and_goes() {
    World::new().session(&session_of("sleeper"));
}

#[test]
fn appuser_has_services_of_his_own() {
    World::new().session(&session_of("appuser"));
}

#[test]
fn sshd_obeys_the_words_of_sv() {
    sshd::machine().session(&session_of("sshd"));
}

#[test]
fn lighttpd_and_its_database_run() {
    lighttpd::machine().session(&session_of("lighttpd"));
}

#[test]
fn callcenter_changes_a_variable() {
    let world = callcenter::machine();
    world.initdb();
    world.session(&session_of("callcenter"));
}

#[test]
fn every_section_with_a_session_is_tested() {
    let sections = README.split("\n## ").skip(1);
    let names: Vec<&str> = sections.filter_map(|s| s.lines().next()).collect();
    assert_eq!(
        names,
        ["sleeper", "appuser", "sshd", "lighttpd", "callcenter"]
    );
}
