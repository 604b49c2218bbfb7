//! Which kernel modules a guest needs, in the order in which they can be loaded. Reads
//! `modules.dep` ("module: what it needs, nearest first") and `modules.builtin` of a kernel that
//! `make deps` unpacked; loads and changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The modules of one kernel.
#[derive(Debug)]
pub struct Modules {
    directory: PathBuf,
    release: String,
    /// What each module file needs, by the module's name: its path, then its needs' paths.
    needs: BTreeMap<String, (String, Vec<String>)>,
}

impl Modules {
    /// Reads the index of the kernel that was unpacked to `kernel`.
    ///
    /// # Errors
    ///
    /// The index is missing.
    pub fn of(kernel: &Path) -> io::Result<Modules> {
        let release = fs::read_to_string(kernel.join("RELEASE"))?
            .trim()
            .to_owned();
        let directory = kernel.join("lib/modules").join(&release);
        let needs = parse(&fs::read_to_string(directory.join("modules.dep"))?);
        Ok(Modules {
            directory,
            release,
            needs,
        })
    }

    /// The kernel's release, the name of its directory in `/lib/modules`.
    #[must_use]
    pub fn release(&self) -> &str {
        &self.release
    }

    /// Where the module files and their index are on our machine.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files of these modules and of all they need, relative to [`Modules::directory`], each
    /// after what it needs. A module that the kernel has built in has no file and is left out.
    #[must_use]
    pub fn files(&self, names: &[&str]) -> Vec<String> {
        let mut files: Vec<String> = Vec::new();
        for name in names {
            let Some((own, needs)) = self.needs.get(*name) else {
                continue;
            };
            for file in needs.iter().rev().chain([own]) {
                if !files.contains(file) {
                    files.push(file.clone());
                }
            }
        }
        files
    }
}

/// The name that a module goes by, of its file: `drivers/char/virtio-rng.ko` is `virtio_rng`.
fn name(file: &str) -> String {
    let last = file.rsplit('/').next().unwrap_or(file);
    last.split('.').next().unwrap_or(last).replace('-', "_")
}

fn parse(index: &str) -> BTreeMap<String, (String, Vec<String>)> {
    let line = |line: &str| {
        let (file, needs) = line.split_once(':')?;
        let needs = needs.split_whitespace().map(str::to_owned).collect();
        Some((name(file), (file.to_owned(), needs)))
    };
    index.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_comes_after_what_it_needs_and_once() {
        let index = "k/virtio_pci.ko: k/dev.ko k/virtio_ring.ko k/virtio.ko\n\
                     k/virtio-blk.ko: k/virtio_ring.ko k/virtio.ko\nk/virtio.ko:\n";
        let modules = Modules {
            directory: PathBuf::new(),
            release: String::new(),
            needs: parse(index),
        };
        let files = modules.files(&["virtio_blk", "built_in", "virtio_pci"]);
        let order = [
            "k/virtio.ko",
            "k/virtio_ring.ko",
            "k/virtio-blk.ko",
            "k/dev.ko",
            "k/virtio_pci.ko",
        ];
        assert_eq!(files, order);
    }
}
