//! Rules about names: of files, and of places that no file may name.

use super::tree::File;

/// What may stand at the top of the tree, beside files whose names begin with a dot.
const TOP: [&str; 16] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "bench",
    "distro",
    "init",
    "qemu-tests",
    "runsvdir-levels",
    "stages",
    "sv-examples",
];
/// What a reader looks for first.
const DOCUMENTS: [&str; 11] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "bench/README.md",
    "init/README.md",
    "runsvdir-levels/README.md",
    "stages/README.md",
    "sv-examples/README.md",
];
/// Rooms where everything ends up that nobody thought about.
const NO_ROOMS: [&str; 5] = ["util", "utils", "helper", "helpers", "misc"];
/// Registries of packages and places of the machines that this was written on; in two parts, so
/// that this file does not name them itself.
pub const FORBIDDEN: [&str; 12] = [
    concat!("deb.", "debian.org"),
    concat!("security.", "debian.org"),
    concat!("snapshot.", "debian.org"),
    concat!("crates", ".io"),
    concat!("files.", "pythonhosted.org"),
    concat!("py", "pi.org"),
    concat!("registry.", "npmjs.org"),
    concat!("proxy.", "golang.org"),
    concat!("pkg.", "freebsd.org"),
    concat!("/wo", "rk/"),
    concat!("/tmp/", "oracle"),
    concat!("/tmp/", "wt"),
];
/// Written by cargo, which names its registry.
const WRITTEN_BY_CARGO: &str = "Cargo.lock";

pub fn rooms_for_anything(files: &[File]) -> Vec<String> {
    let is_room = |file: &File| {
        let in_source = file.path.contains("/src/");
        file.path.split('/').any(|part| {
            let name = part.split('.').next().unwrap_or(part);
            NO_ROOMS.contains(&name) || (in_source && name == "common")
        })
    };
    let rooms = files.iter().filter(|f| is_room(f));
    rooms
        .map(|f| format!("{}: a name that says nothing about what is in it", f.path))
        .collect()
}

pub fn strangers_at_the_top(files: &[File]) -> Vec<String> {
    let top = |f: &File| {
        f.path
            .split('/')
            .next()
            .map(str::to_owned)
            .unwrap_or_default()
    };
    let mut names: Vec<String> = files.iter().map(top).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str()))
        .map(|name| format!("{name}: not a name of the top of the tree"))
        .collect()
}

pub fn names_of_elsewhere(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|f| f.name() != WRITTEN_BY_CARGO) {
        for (n, line) in file.text.lines().enumerate() {
            for name in FORBIDDEN.iter().filter(|name| line.contains(**name)) {
                complaints.push(format!("{}:{}: names {name}", file.path, n + 1));
            }
        }
    }
    complaints
}

pub fn missing_documents(files: &[File]) -> Vec<String> {
    let is_there = |path: &str| files.iter().any(|f| f.path == path && !f.text.is_empty());
    let missing = DOCUMENTS.iter().filter(|path| !is_there(path));
    missing.map(|path| format!("{path} is missing")).collect()
}
