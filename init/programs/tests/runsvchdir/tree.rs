//! Levels with services, and a runsvdir on the current one.

use crate::common::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

/// The options are ours alone: `false` on the other side, where they are names of directories.
pub fn knows_options() -> bool {
    if ours("runsvchdir-options") {
        return true;
    }
    let t = Scratch::new();
    let level = t.mkdir("levels/-l");
    symlink(t.mkdir("levels/old"), t.path("levels/current")).expect("link");
    let run = t.program("runsvchdir").env("RUNSVDIR", t.path("levels"));
    if under_test() == Under::Theirs {
        assert_eq!(run.arg("-l").run().code, 0);
        assert!(level.is_dir());
    }
    false
}

/// Levels of services that sleep.
pub struct Levels {
    pub t: Scratch,
    pub dir: PathBuf,
    runsvdir: Option<Daemon>,
}

impl Levels {
    /// Levels by name, each with the names of its services; the first one is current.
    pub fn new(levels: &[(&str, &[&str])]) -> Levels {
        let t = Scratch::new();
        let dir = t.mkdir("levels");
        for (level, services) in levels {
            let level = t.mkdir(format!("levels/{level}"));
            for name in *services {
                let service = t.service(&format!("sv/{name}"));
                if !service.path("run").exists() {
                    service.sleeper();
                }
                symlink(format!("../../sv/{name}"), level.join(name)).expect("link");
            }
        }
        symlink(levels[0].0, dir.join("current")).expect("link");
        Levels {
            t,
            dir,
            runsvdir: None,
        }
    }

    pub fn service(&self, name: &str) -> ServiceDir {
        self.t.service(&format!("sv/{name}"))
    }

    /// Starts runsvdir, and waits until these services run.
    pub fn serve(&mut self, up: &[&str]) -> &Daemon {
        let runsvdir = self.t.program("runsvdir").arg(self.dir.join("current"));
        let daemon = self.runsvdir.insert(runsvdir.spawn());
        for name in up {
            self.t.service(&format!("sv/{name}")).wait_running(1);
        }
        daemon
    }

    pub fn prog(&self, args: &[&str]) -> Prog {
        let prog = self.t.program("runsvchdir").env("RUNSVDIR", &self.dir);
        prog.args(args)
    }

    pub fn call(&self, args: &[&str]) -> Output {
        self.prog(args).run()
    }

    /// Where `current` and `previous` lead.
    pub fn links(&self) -> (String, String) {
        let link = |name| {
            let target = fs::read_link(self.dir.join(name)).unwrap_or_default();
            target.to_string_lossy().into_owned()
        };
        (link("current"), link("previous"))
    }

    /// The pid of a running service.
    pub fn pid(&self, name: &str) -> u32 {
        let service = self.service(name);
        service.wait_stat("run");
        service.status().expect("a record").pid
    }

    #[track_caller]
    pub fn wait_gone(&self, name: &str) {
        let service = self.service(name);
        wait_until(&format!("{name} is gone"), || !service.ok());
    }

    /// Nothing is left of a switch.
    #[track_caller]
    pub fn assert_tidy(&self) {
        for name in [".lock", ".confirm", ".both", "current.new", "previous.new"] {
            assert!(!self.dir.join(name).exists(), "{name} is left");
        }
    }
}
