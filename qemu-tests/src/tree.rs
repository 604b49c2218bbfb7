//! A file tree that becomes the root of a guest: collected from directories of this machine and
//! from texts in the tests, every file owned by root unless said otherwise. It is only a list;
//! nothing of this machine is changed, and no root rights are needed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What a path of the guest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file with these bytes.
    Bytes(Vec<u8>),
    /// A file with the bytes of this file of our machine.
    Copy(PathBuf),
    /// A symbolic link to this.
    Link(String),
    /// A character device, by major and minor number.
    Device(u32, u32),
}

/// A path of the guest with its permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Permission bits, set-uid and sticky included.
    pub mode: u32,
}

/// All paths of a guest, without the leading slash, parents before children.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    nodes: BTreeMap<String, Node>,
}

impl Tree {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Tree {
        Tree::default()
    }

    /// Every path with what it is, parents before children.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.nodes.iter().map(|(path, node)| (path.as_str(), node))
    }

    /// Is there something at `path` of the guest? (A link in its middle is not followed
    /// but for the links of the root directory.)
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.nodes.contains_key(&self.place(path))
    }

    /// A directory, with its parents.
    pub fn directory(&mut self, path: &str, mode: u32) -> &mut Tree {
        self.put(path, Kind::Directory, mode)
    }

    /// A file with this text.
    pub fn file(&mut self, path: &str, mode: u32, text: impl AsRef<[u8]>) -> &mut Tree {
        self.put(path, Kind::Bytes(text.as_ref().to_vec()), mode)
    }

    /// A file with the bytes that `from` of our machine has when the image is written.
    pub fn copy(&mut self, path: &str, mode: u32, from: &Path) -> &mut Tree {
        self.put(path, Kind::Copy(from.to_path_buf()), mode)
    }

    /// A symbolic link to `target`.
    pub fn link(&mut self, path: &str, target: &str) -> &mut Tree {
        self.put(path, Kind::Link(target.to_owned()), 0o777)
    }

    /// A character device.
    pub fn device(&mut self, path: &str, mode: u32, major: u32, minor: u32) -> &mut Tree {
        self.put(path, Kind::Device(major, minor), mode)
    }

    /// Takes `path` and everything below it away.
    pub fn remove(&mut self, path: &str) -> &mut Tree {
        let path = self.place(path);
        let below = format!("{path}/");
        self.nodes
            .retain(|name, _| *name != path && !name.starts_with(&below));
        self
    }

    /// Puts everything below the directory `from` of our machine below `to`.
    ///
    /// # Errors
    ///
    /// A directory that cannot be read, a name or link that is not UTF-8.
    pub fn graft(&mut self, from: &Path, to: &str) -> io::Result<&mut Tree> {
        let mut names: Vec<_> = fs::read_dir(from)?.collect::<Result<_, _>>()?;
        names.sort_by_key(fs::DirEntry::file_name);
        for name in names {
            let not_text = || io::Error::other(format!("not UTF-8: {}", name.path().display()));
            let text = name.file_name().into_string().map_err(|_| not_text())?;
            let path = format!("{to}/{text}");
            let meta = name.metadata()?;
            let mode = meta.permissions().mode() & 0o7777;
            if meta.is_symlink() {
                let target = fs::read_link(name.path())?;
                let target = target.to_str().ok_or_else(not_text)?;
                // A link where a directory is already would hide what was put there.
                if !self.is_directory(&path) {
                    self.link(&path, target);
                }
            } else if meta.is_dir() {
                self.directory(&path, mode);
                self.graft(&name.path(), &path)?;
            } else if meta.is_file() {
                self.copy(&path, mode, &name.path());
            }
        }
        Ok(self)
    }

    /// A number that changes with any path, permission or text, and with the size or time of
    /// any file that is copied.
    ///
    /// # Errors
    ///
    /// A file to be copied is gone.
    pub fn fingerprint(&self) -> io::Result<u64> {
        let mut hasher = DefaultHasher::new();
        for (path, node) in self.iter() {
            (path, node.mode).hash(&mut hasher);
            match &node.kind {
                Kind::Directory => 0.hash(&mut hasher),
                Kind::Bytes(bytes) => bytes.hash(&mut hasher),
                Kind::Copy(from) => {
                    let meta = fs::metadata(from)?;
                    (meta.len(), meta.mtime(), meta.mtime_nsec()).hash(&mut hasher);
                }
                Kind::Link(target) => target.hash(&mut hasher),
                Kind::Device(major, minor) => (major, minor).hash(&mut hasher),
            }
        }
        Ok(hasher.finish())
    }

    fn is_directory(&self, path: &str) -> bool {
        let node = self.nodes.get(&self.place(path));
        node.is_some_and(|node| node.kind == Kind::Directory)
    }

    /// Later puts win, but a directory stays one, and its parents come to be.
    fn put(&mut self, path: &str, kind: Kind, mode: u32) -> &mut Tree {
        let path = self.place(path);
        for (at, _) in path.match_indices('/') {
            let parent = Node {
                kind: Kind::Directory,
                mode: 0o755,
            };
            self.nodes.entry(path[..at].to_owned()).or_insert(parent);
        }
        self.nodes.insert(path, Node { kind, mode });
        self
    }

    /// Where `path` really is: without slashes around it, and through a link in the root
    /// directory (`/bin` is `usr/bin` in a Debian root).
    fn place(&self, path: &str) -> String {
        let path = path.trim_matches('/');
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        match self.nodes.get(first).map(|node| &node.kind) {
            Some(Kind::Link(target)) if !rest.is_empty() => format!("{target}/{rest}"),
            _ => path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_brings_its_parents_and_follows_root_links() {
        let mut tree = Tree::new();
        tree.link("/bin", "usr/bin")
            .file("/bin/sh", 0o755, "x")
            .directory("/tmp", 0o1777);
        let paths: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["bin", "tmp", "usr", "usr/bin", "usr/bin/sh"]);
        assert!(tree.contains("/bin/sh") && tree.contains("usr/bin/sh"));
        tree.remove("/usr/bin");
        assert!(!tree.contains("/bin/sh"));
    }
}
