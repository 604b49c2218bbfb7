//! Service directories: writing their scripts in one call, and reading what runsv says of them.
//!
//! Scripts note what they do by appending words to `events` in their directory (`echo started $$
//! >>events`); tests wait for those lines.

use super::scratch::Scratch;
use super::spawn::{Daemon, Prog, with_no_forks};
use super::status::Status;
use super::wait::{wait_for, wait_until, wait_until_or};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::Deref;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A service directory of a test.
#[derive(Clone)]
pub struct ServiceDir {
    scratch: Scratch,
    dir: PathBuf,
}

impl ServiceDir {
    pub(super) fn create(scratch: &Scratch, dir: PathBuf) -> Self {
        ServiceDir {
            scratch: scratch.clone(),
            dir,
        }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes an executable shell script, with the directories on its way. The file appears whole.
    pub fn script(self, name: &str, body: &str) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a script is in a directory")).expect("mkdir");
        let new = path.with_extension("new-script");
        with_no_forks(|| {
            fs::write(&new, format!("#!/bin/sh\n{body}\n")).expect("script");
            fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("chmod");
        });
        fs::rename(&new, &path).expect("rename");
        self
    }

    pub fn run(self, body: &str) -> Self {
        self.script("run", body)
    }

    /// A service that notes `started PID` and sleeps.
    pub fn sleeper(self) -> Self {
        self.run("echo started $$ >>events\nexec sleep 1000")
    }

    pub fn finish(self, body: &str) -> Self {
        self.script("finish", body)
    }

    pub fn check(self, body: &str) -> Self {
        self.script("check", body)
    }

    /// The hook of a control character.
    pub fn hook(self, character: char, body: &str) -> Self {
        self.script(&format!("control/{character}"), body)
    }

    /// The script of the log service; it runs in `log/`.
    pub fn log_run(self, body: &str) -> Self {
        self.script("log/run", body)
    }

    /// A logger that notes `started PID` in `log/events` and copies its input to `log/lines`.
    pub fn logger(self) -> Self {
        self.log_run("echo started $$ >>events\nexec cat >>lines")
    }

    /// Any plain file.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("mkdir");
        with_no_forks(|| fs::write(path, content)).expect("file");
        self
    }

    /// Marks it as not to be started.
    pub fn down(self) -> Self {
        self.file("down", "")
    }

    /// The log service, read like any other.
    pub fn log(&self) -> ServiceDir {
        ServiceDir {
            scratch: self.scratch.clone(),
            dir: self.path("log"),
        }
    }

    /// Starts runsv on it.
    #[track_caller]
    pub fn supervise(self) -> Control {
        let runsv = self.runsv().spawn();
        Control {
            service: self,
            runsv,
        }
    }

    /// runsv with this directory as its argument, not yet started.
    pub fn runsv(&self) -> Prog {
        self.scratch.program("runsv").arg(&self.dir)
    }

    /// `sv COMMAND DIRECTORY`, not yet started.
    pub fn sv(&self, command: &str) -> Prog {
        self.scratch.program("sv").arg(command).arg(&self.dir)
    }

    // Reading.

    /// The status record; None while there is none. Fails if it does not decode.
    #[track_caller]
    pub fn status(&self) -> Option<Status> {
        let bytes = fs::read(self.path("supervise/status")).ok()?;
        Some(Status::decode(&bytes).unwrap_or_else(|e| panic!("supervise/status: {e}")))
    }

    /// `supervise/stat` without its line end; empty while there is none.
    pub fn stat(&self) -> String {
        let text = fs::read_to_string(self.path("supervise/stat")).unwrap_or_default();
        text.trim_end_matches('\n').to_string()
    }

    /// `supervise/pid`; None if it is empty.
    pub fn pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.path("supervise/pid")).ok()?;
        text.trim_end_matches('\n').parse().ok()
    }

    /// A file of the directory as text; empty if it is not there.
    pub fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap_or_default()).into_owned()
    }

    /// The complete lines of `events` that begin with `word`, without it.
    pub fn events(&self, word: &str) -> Vec<String> {
        let text = self.read("events");
        let whole = &text[..text.rfind('\n').map_or(0, |at| at + 1)];
        let lines = whole.lines().filter_map(|line| line.strip_prefix(word));
        lines
            .filter(|rest| rest.is_empty() || rest.starts_with(' '))
            .map(|rest| rest.trim_start().to_string())
            .collect()
    }

    // Waiting.

    /// Waits until `supervise/stat` is exactly `text`, and the status record and the pid file agree
    /// with it (they are replaced one after the other).
    #[track_caller]
    pub fn wait_stat(&self, text: &str) {
        let record = || Status::decode(&fs::read(self.path("supervise/status")).ok()?).ok();
        let agrees = || {
            self.stat() == text
                && record().is_some_and(|status| {
                    // The record does not tell one wish from the other.
                    status.stat() == text.replace("want exit", "want down")
                        && status.pid == self.pid().unwrap_or(0)
                })
        };
        wait_until_or(agrees, || {
            let (stat, pid, record) = (self.stat(), self.pid(), record());
            format!("supervise/stat is {text:?}; it is {stat:?}, pid is {pid:?}, status {record:?}")
        });
    }

    /// Waits until the status record satisfies `holds`.
    #[track_caller]
    pub fn wait_status(&self, what: &str, holds: impl Fn(&Status) -> bool) -> Status {
        let seen = || self.status().filter(&holds);
        wait_until_or(
            || seen().is_some(),
            || format!("status {what}; it is {:?}", self.status()),
        );
        seen().unwrap_or_else(|| self.status().expect("there was a status"))
    }

    /// Waits until `word` was noted at least `count` times and returns what followed it.
    #[track_caller]
    pub fn wait_events(&self, word: &str, count: usize) -> Vec<String> {
        let seen = || self.events(word);
        wait_until_or(
            || seen().len() >= count,
            || format!("{count} times {word:?} in events {:?}", self.read("events")),
        );
        seen()
    }

    /// Waits for the start number `count` (from 1) and returns the pid it noted.
    #[track_caller]
    pub fn wait_started(&self, count: usize) -> u32 {
        let pids = self.wait_events("started", count);
        pids[count - 1].parse().expect("scripts note their pid")
    }

    /// Waits for the start number `count` and until the files in `supervise` tell of it.
    #[track_caller]
    pub fn wait_running(&self, count: usize) -> u32 {
        let pid = self.wait_started(count);
        self.wait_stat("run");
        pid
    }

    /// Writes control characters into the FIFO in one write, waiting for its reader.
    #[track_caller]
    pub fn control(&self, characters: &str) {
        let path = self.path("supervise/control");
        let mut fifo = wait_for(&format!("{} has a reader", path.display()), || {
            let mut open = OpenOptions::new();
            open.write(true)
                .custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32)
                .open(&path)
                .ok()
        });
        let mut rest = characters.as_bytes();
        wait_until("the control FIFO takes what is written", || {
            match fifo.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => (),
                Err(e) => panic!("{}: {e}", path.display()),
            }
            rest.is_empty()
        });
    }

    /// Whether a runsv listens: its `ok` FIFO has a reader.
    pub fn ok(&self) -> bool {
        let mut open = OpenOptions::new();
        open.write(true)
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32)
            .open(self.path("supervise/ok"))
            .is_ok()
    }
}

/// A service directory with the runsv that was started on it.
pub struct Control {
    service: ServiceDir,
    pub runsv: Daemon,
}

impl Deref for Control {
    type Target = ServiceDir;
    fn deref(&self) -> &ServiceDir {
        &self.service
    }
}
