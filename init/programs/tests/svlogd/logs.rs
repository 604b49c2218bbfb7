//! A log directory of a test, and svlogd writing to it.

use crate::common::*;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};

/// A log directory.
pub struct Logs {
    pub t: Scratch,
    pub dir: PathBuf,
}

/// An old file, or `current`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogFile {
    pub name: String,
    pub mode: u32,
    pub text: String,
}

impl Logs {
    /// An empty log directory called `log` in a directory of its own.
    pub fn new() -> Logs {
        let t = Scratch::new();
        let dir = t.mkdir("log");
        Logs { t, dir }
    }

    /// With this config file.
    pub fn with(config: impl AsRef<[u8]>) -> Logs {
        let logs = Logs::new();
        logs.write("config", config);
        logs
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Logs {
        fs::write(self.path(name), text).expect("a file in the log directory");
        self
    }

    pub fn mode(&self, name: &str, mode: u32) -> &Logs {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("chmod");
        self
    }

    /// svlogd with these arguments (separated by blanks) and the directory, not yet started.
    pub fn svlogd(&self, args: &str) -> Prog {
        self.t
            .program("svlogd")
            .args(args.split_whitespace())
            .arg("log")
    }

    /// Runs it over `input` to its end.
    #[track_caller]
    pub fn run(&self, args: &str, input: impl AsRef<[u8]>) -> Output {
        self.feed(self.svlogd(args), input)
    }

    /// Runs any svlogd over `input` to its end.
    #[track_caller]
    pub fn feed(&self, program: Prog, input: impl AsRef<[u8]>) -> Output {
        let path = self.t.path("input");
        fs::write(&path, input).expect("input");
        let input = File::open(&path).expect("input");
        program.stdin(input).run()
    }

    /// Runs it and demands that all went well and in silence.
    #[track_caller]
    pub fn good(&self, args: &str, input: impl AsRef<[u8]>) {
        let out = self.run(args, input);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    }

    /// Starts it with a pipe, and waits until it listens to signals and has opened the log.
    #[track_caller]
    pub fn start(&self, args: &str) -> Running {
        let svlogd = Running::new(self.svlogd(args).stdin(Stdio::piped()).spawn());
        wait_until("current is there", || self.path("current").exists());
        svlogd
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.bytes(name)).into_owned()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    pub fn current(&self) -> String {
        self.text("current")
    }

    /// Names of all files but config and lock, in order.
    pub fn names(&self) -> Vec<String> {
        names(&self.dir)
    }

    /// Bytes of the journal of input.
    pub fn journal(&self) -> u64 {
        fs::metadata(self.path("lock")).map_or(0, |lock| lock.len())
    }

    /// The old files, in order.
    pub fn old(&self) -> Vec<LogFile> {
        loop {
            let names = self.names();
            let old = names.iter().filter(|name| name.starts_with('@'));
            // A processor that ends renames its file: then they are looked at anew.
            if let Some(all) = old.map(|name| self.look_at(name)).collect() {
                return all;
            }
        }
    }

    pub fn about(&self, name: &str) -> LogFile {
        self.look_at(name)
            .unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// None where there is no such file.
    fn look_at(&self, name: &str) -> Option<LogFile> {
        let about = fs::metadata(self.path(name)).ok()?;
        let text = match fs::read(self.path(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            // A directory has none.
            text => text.unwrap_or_default(),
        };
        Some(LogFile {
            name: name.to_string(),
            mode: about.permissions().mode() & 0o7777,
            text: String::from_utf8_lossy(&text).into_owned(),
        })
    }

    /// The suffixes and contents of the old files, and then the content of `current`.
    pub fn pieces(&self) -> Vec<(String, String)> {
        let mut pieces: Vec<_> = self
            .old()
            .into_iter()
            .map(|file| (file.name[25..].to_string(), file.text))
            .collect();
        pieces.push(("current".to_string(), self.current()));
        pieces
    }

    /// Everything in order, as one text.
    pub fn all(&self) -> String {
        self.pieces().into_iter().map(|(_, text)| text).collect()
    }
}

/// Names of all files but config and lock, in order.
pub fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("the log directory");
    let mut names: Vec<String> = entries
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "config" && name != "lock")
        .collect();
    names.sort();
    names
}

/// A svlogd that runs.
pub struct Running {
    pub daemon: Daemon,
    pub stdin: Option<ChildStdin>,
}

impl Running {
    /// Signals it when it has nothing to do: the C program sleeps over one that comes as it goes to sleep.
    pub fn signal_asleep(&self, signal: &str) {
        wait_until("it sleeps", || procs::state(self.daemon.pid()) == Some('S'));
        self.daemon.signal(signal);
    }

    pub fn new(mut daemon: Daemon) -> Running {
        let stdin = daemon.take_stdin();
        let running = Running { daemon, stdin };
        // TERM, HUP, ALRM and CHLD have their handlers.
        let want = [15, 1, 14, 17]
            .iter()
            .fold(0, |bits, n| bits | 1u64 << (n - 1));
        wait_until("svlogd listens", || {
            procs::mask(running.daemon.pid(), "SigCgt").is_some_and(|m| m & want == want)
        });
        running
    }

    /// Writes to it in one write.
    pub fn say(&mut self, text: impl AsRef<[u8]>) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        stdin.write_all(text.as_ref()).expect("svlogd reads");
    }

    /// Ends its input.
    pub fn close(&mut self) {
        self.stdin = None;
    }

    /// Ends its input and waits for it.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        self.close();
        self.daemon.finish()
    }
}

/// Numbered lines of 100 bytes, line end included.
pub fn numbered(range: std::ops::Range<usize>) -> String {
    range.map(|n| format!("{n:08} {:90}\n", "x")).collect()
}

/// Stamps and labels replaced, so that texts can be compared.
pub fn unstamped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let digits = from[1..]
            .chars()
            .take_while(char::is_ascii_hexdigit)
            .count();
        if digits == 24 {
            out.push_str("@STAMP");
            rest = &from[25..];
        } else {
            out.push('@');
            rest = &from[1..];
        }
    }
    out + rest
}
