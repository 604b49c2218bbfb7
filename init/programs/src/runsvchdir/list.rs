//! `runsvchdir -l`: the current level, the one before, and all there are.

use super::{confirm, links};
use crate::cli::Voice;
use crate::level;
use crate::supervised::services_of;
use runit_core::alias::{self, Target};
use runit_sys::{dir, fd, file, say};
use std::ffi::{CStr, CString};

/// One line a level: name, number of services, what is special about it.
pub fn show(voice: Voice) -> Result<i32, i32> {
    links::enter(voice)?;
    let names = fd::open_dir(c".").and_then(|dir| dir::visible_names(&dir));
    let mut names = names.map_err(|e| voice.fatal_because(&[b"unable to read: levels"], e))?;
    names.retain(|name| alias::is_name(name.to_bytes()) && file::is_dir(name) == Ok(Some(true)));
    names.sort();
    let widest = names.iter().map(|name| name.to_bytes().len()).max();
    let width = widest.unwrap_or(0).max(8);
    for link in [links::CURRENT, links::PREVIOUS] {
        say::output(&[link.to_bytes(), b": ", described(link, &names).as_bytes()]);
    }
    if let Some(pending) = confirm::pending() {
        let text = |name: &CStr| String::from_utf8_lossy(name.to_bytes()).into_owned();
        let line = format!(
            "unconfirmed: {} goes back to {} (pid {})",
            text(&pending.to),
            text(&pending.from),
            pending.pid
        );
        say::output(&[line.as_bytes()]);
    }
    let aliases = level::aliases();
    for name in &names {
        let count = services_of(name).map_or(0, |services| services.len());
        let plural = if count == 1 { " " } else { "s" };
        let mut line = format!(
            "{:width$} {count:4} service{plural}",
            String::from_utf8_lossy(name.to_bytes())
        );
        let mut notes: Vec<String> = Vec::new();
        for (link, note) in [(links::CURRENT, "current"), (links::PREVIOUS, "previous")] {
            let same = file::identity(link).is_ok_and(|id| file::identity(name) == Ok(id));
            notes.extend(same.then(|| note.to_owned()));
        }
        let words: Vec<_> = alias::entries(&aliases)
            .filter(|&(word, _)| {
                alias::resolve(&aliases, word) == Some(Target::Level(name.to_bytes()))
            })
            .filter(|&(word, _)| !level::exists(word))
            .map(|(word, _)| String::from_utf8_lossy(word).into_owned())
            .collect();
        if !words.is_empty() {
            notes.push(format!("also {}", words.join(" ")));
        }
        if !notes.is_empty() {
            line.push_str("  ");
            line.push_str(&notes.join(", "));
        }
        say::output(&[line.trim_end().as_bytes()]);
    }
    Ok(0)
}

/// What a link names, and what is wrong with that.
fn described(link: &CStr, names: &[CString]) -> String {
    let there = file::identity(link).is_ok();
    match links::target_of(link) {
        Some(to) if to.as_c_str() == links::BOTH => {
            "the services of two levels: a switch is under way, or was cut short".to_owned()
        }
        Some(to) => {
            let name = String::from_utf8_lossy(to.to_bytes()).into_owned();
            match (there, names.contains(&to)) {
                (false, _) => format!("{name}, which is not there"),
                (true, true) => name,
                (true, false) => format!("{name}, which is no level here"),
            }
        }
        None if there => "a directory of its own".to_owned(),
        None => "none".to_owned(),
    }
}
