//! A runsv played by the test: it holds the FIFOs and writes the records, and does nothing else.
//!
//! So that a test sees each byte sv sends and decides what the record says, whatever the time.

use crate::common::*;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use std::fs::{self, File};
use std::io::Read;
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A service directory whose runsv is the test.
pub struct Fake {
    service: ServiceDir,
    control: File,
    _ok: File,
    /// Keeps reads from ending when a writer leaves.
    _writer: File,
}

impl Deref for Fake {
    type Target = ServiceDir;
    fn deref(&self) -> &ServiceDir {
        &self.service
    }
}

fn open_fifo(service: &ServiceDir, name: &str, write: bool) -> File {
    let path = service.path(name);
    if !path.exists() {
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("mkfifo");
    }
    fs::OpenOptions::new()
        .read(true)
        .write(write)
        .custom_flags(OFlags::NONBLOCK.bits() as i32)
        .open(&path)
        .expect("open FIFO")
}

impl Fake {
    /// Takes a service directory over; it runs as process `pid` from now on.
    pub fn new(service: ServiceDir, status: Status) -> Fake {
        fs::create_dir_all(service.path("supervise")).expect("mkdir");
        let fake = Fake {
            control: open_fifo(&service, "supervise/control", false),
            _writer: open_fifo(&service, "supervise/control", true),
            _ok: open_fifo(&service, "supervise/ok", false),
            service,
        };
        fake.say(status);
        fake
    }

    /// Replaces the files that tell the state, as runsv does.
    pub fn say(&self, status: Status) {
        let pid = if status.pid == 0 {
            String::new()
        } else {
            format!("{}\n", status.pid)
        };
        for (name, content) in [
            ("pid", pid.into_bytes()),
            ("stat", format!("{}\n", status.stat()).into_bytes()),
            ("status", status.encode().to_vec()),
        ] {
            self.replace(name, &content);
        }
    }

    /// Replaces one file in `supervise` by anything.
    pub fn replace(&self, name: &str, content: &[u8]) {
        let new = self.path(format!("supervise/{name}.new"));
        fs::write(&new, content).expect("write");
        fs::rename(new, self.path(format!("supervise/{name}"))).expect("rename");
    }

    /// What was written to the control FIFO since it was last asked for.
    pub fn commands(&self) -> String {
        let mut bytes = [0; 4096];
        let len = (&self.control).read(&mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..len]).into_owned()
    }

    /// Waits for a byte and gives all that are there.
    #[track_caller]
    pub fn wait_commands(&self) -> String {
        wait_for("sv writes a command", || {
            Some(self.commands()).filter(|c| !c.is_empty())
        })
    }
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
}

/// A service that runs since a thousand seconds ago.
pub fn running(pid: u32) -> Status {
    Status {
        since: now() - 1000,
        nanos: 0,
        pid,
        paused: false,
        want: Want::Up,
        got_term: false,
        state: State::Run,
    }
}

/// A service that is down since a thousand seconds ago, as wanted.
pub fn down() -> Status {
    Status {
        want: Want::Down,
        state: State::Down,
        ..running(0)
    }
}

/// The text with each number of seconds replaced by `N` (`12s` becomes `Ns`), checked to be near
/// the thousand of the functions above if it is large.
pub fn without_seconds(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let ends_there = after
            .strip_prefix('s')
            .is_some_and(|r| r.is_empty() || r.starts_with([',', ';', '\n']));
        let starts_there = out.ends_with(") ") || out.ends_with(": ");
        if ends_there && starts_there {
            let seconds: u64 = digits.parse().expect("a number of seconds");
            assert!(
                seconds < 300 || (1000..1300).contains(&seconds),
                "{seconds} s in {text}"
            );
            out.push('N');
        } else {
            out.push_str(digits);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
