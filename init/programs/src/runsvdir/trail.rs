//! Which directories can change what a path leads to.
//!
//! A services directory is usually reached through symbolic links (`/etc/service` ->
//! `runit/runsvdir/current` -> a level), and its entries are links too. Whoever replaces one of
//! these links changes a directory on the way; those are the ones to watch.

use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Longest chain of links that is followed, as the kernel's own limit.
const MOST_LINKS: usize = 40;

/// The directories that hold a link on the way to `path`, and the one that holds its end.
///
/// Where the path leads nowhere, the last directory that exists is among them: there the missing
/// part will appear.
pub fn directories_on_the_way(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut here = PathBuf::from(if path.is_absolute() { "/" } else { "." });
    let mut ahead = parts(path);
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        let next = here.join(&part);
        if let Ok(target) = fs::read_link(&next) {
            links += 1;
            if links > MOST_LINKS {
                break;
            }
            add(&mut found, &here);
            if target.is_absolute() {
                here = PathBuf::from("/");
            }
            ahead.extend(parts(&target));
            continue;
        }
        if ahead.is_empty() || !next.exists() {
            add(&mut found, &here);
            break;
        }
        here = next;
    }
    found
}

/// The parts of a path, last one first.
fn parts(path: &Path) -> Vec<OsString> {
    let named = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    let mut parts: Vec<_> = named.collect();
    parts.reverse();
    parts
}

fn add(found: &mut Vec<PathBuf>, dir: &Path) {
    if !found.iter().any(|known| known == dir) {
        found.push(dir.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("trail-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        dir.canonicalize().unwrap()
    }

    #[test]
    fn every_directory_with_a_link_on_the_way_is_named() {
        let top = scratch("links");
        fs::create_dir_all(top.join("levels/default")).unwrap();
        symlink("levels/current", top.join("service")).unwrap();
        symlink("default", top.join("levels/current")).unwrap();
        let found = directories_on_the_way(&top.join("service"));
        assert_eq!(found, [top.clone(), top.join("levels")]);
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn a_path_that_leads_nowhere_names_where_it_stops() {
        let top = scratch("missing");
        assert_eq!(directories_on_the_way(&top.join("a/b/c")), [top.as_path()]);
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn links_in_a_circle_end() {
        let top = scratch("circle");
        symlink("b", top.join("a")).unwrap();
        symlink("a", top.join("b")).unwrap();
        assert_eq!(directories_on_the_way(&top.join("a")), [top.as_path()]);
        fs::remove_dir_all(top).unwrap();
    }
}
