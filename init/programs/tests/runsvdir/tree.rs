//! A directory `services` with a runsvdir on it, and a runsv that only takes notes.

use crate::common::*;
use std::fs;
use std::path::PathBuf;

/// The services directory of a test.
pub struct Tree {
    pub t: Scratch,
    pub dir: PathBuf,
}

impl Tree {
    pub fn new() -> Tree {
        let t = Scratch::new();
        let dir = t.mkdir("services");
        Tree { t, dir }
    }

    /// A service directory that is not served yet.
    pub fn aside(&self, name: &str) -> ServiceDir {
        self.t.service(&format!("aside/{name}"))
    }

    /// A service directory among the entries from the start.
    pub fn entry(&self, name: &str) -> ServiceDir {
        self.t.service(&format!("services/{name}"))
    }

    /// Moves a service directory from aside in, complete.
    pub fn add(&self, name: &str, service: &ServiceDir) -> ServiceDir {
        fs::rename(service.dir(), self.dir.join(name)).expect("rename");
        self.entry(name)
    }

    /// runsvdir on the directory, not yet started. The tests' own directory is the working one.
    pub fn runsvdir(&self) -> Prog {
        self.t.program("runsvdir")
    }

    /// Starts `runsvdir services`.
    pub fn start(&self) -> Daemon {
        self.runsvdir().arg("services").spawn()
    }

    /// Puts a `runsv` before all others that notes `runsv PID NAME` in `notes` and does `then`.
    pub fn with_own_runsv(&self, then: &str) -> Prog {
        let body = format!(
            "echo runsv $$ $# $1 >>{}\n{then}",
            self.t.path("notes/events").display()
        );
        let bin = self.t.service("own-bin").script("runsv", &body);
        self.t.mkdir("notes");
        self.runsvdir()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.dir().display()))
    }

    /// Where that runsv takes its notes.
    pub fn notes(&self) -> ServiceDir {
        self.t.service("notes")
    }
}

/// Runsv processes that are children of this runsvdir, with their argument.
pub fn runsvs(runsvdir: &Daemon) -> Vec<(u32, String)> {
    let children = procs::children(runsvdir.pid()).into_iter();
    let mut all: Vec<(u32, String)> = children
        .filter_map(|pid| {
            let args = procs::cmdline(pid);
            let name = args.get(1).filter(|_| args[0] == b"runsv")?;
            Some((pid, String::from_utf8_lossy(name).into_owned()))
        })
        .collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
}
