//! The files of the tree: those that git knows; where there is no git, all but what is built or
//! downloaded.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A file by its path from the top of the tree.
#[derive(Clone, Debug)]
pub struct File {
    /// Parts apart by slashes, none before the first.
    pub path: String,
    /// What it holds; bytes that are no text are replaced.
    pub text: String,
    /// Its owner may execute it.
    pub executable: bool,
}

/// An example.
pub fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
        executable: false,
    }
}

impl File {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Source of Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Belongs to tests and not to a program or library.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/")
    }
}

/// All files but links, read once.
pub fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let top = top();
        let paths = known_to_git(&top).unwrap_or_else(|| found(&top));
        paths.iter().filter_map(|path| read(&top, path)).collect()
    })
}

/// Where the tree is.
pub fn top() -> PathBuf {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR"));
    programs.join("../..").canonicalize().expect("top of tree")
}

fn read(top: &Path, path: &str) -> Option<File> {
    let whole = top.join(path);
    // A file that was deleted and not yet committed is still known to git.
    let meta = fs::symlink_metadata(&whole).ok()?;
    if !meta.is_file() {
        return None;
    }
    let bytes = fs::read(&whole).unwrap_or_else(|e| panic!("{path}: {e}"));
    Some(File {
        path: path.to_owned(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
        executable: meta.permissions().mode() & 0o100 != 0,
    })
}

fn known_to_git(top: &Path) -> Option<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(top)
        .output()
        .ok()?;
    let names = String::from_utf8(listed.stdout).ok()?;
    let names: Vec<String> = names.split_terminator('\0').map(str::to_owned).collect();
    (listed.status.success() && !names.is_empty()).then_some(names)
}

fn found(top: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut ahead = vec![top.to_owned()];
    while let Some(dir) = ahead.pop() {
        for entry in fs::read_dir(&dir).expect("directory of the tree") {
            let entry = entry.expect("entry of the tree");
            let path = entry.path();
            let inside = path.strip_prefix(top).expect("in the tree");
            let name = inside.to_string_lossy().into_owned();
            if [".git", ".deps", "target"].contains(&name.as_str()) {
                continue;
            }
            if entry.file_type().expect("type").is_dir() {
                ahead.push(path);
            } else {
                found.push(name);
            }
        }
    }
    found
}
