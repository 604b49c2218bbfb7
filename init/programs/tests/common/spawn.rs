//! Starting programs: to their end with all they print, or as a child that is always ended.

use super::procs;
use super::scratch::Scratch;
use super::wait::{LONG, wait_until_or};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::RwLock;
use std::time::Instant;

/// Held for writing while a child is between fork and exec, for reading while a script is written:
/// a child that still holds a script open for writing makes its exec fail with "text file busy".
static FORKING: RwLock<()> = RwLock::new(());

/// Runs `write` while no child of this program is between fork and exec.
pub fn with_no_forks<T>(write: impl FnOnce() -> T) -> T {
    let _guard = FORKING.read().unwrap_or_else(|e| e.into_inner());
    write()
}

/// Runs `fork` while no script is being written, nor anyone else between fork and exec.
pub fn forking<T>(fork: impl FnOnce() -> T) -> T {
    let _guard = FORKING.write().unwrap_or_else(|e| e.into_inner());
    fork()
}

/// What a program that ran to its end left behind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// Exit code; `-N` if signal N ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Exit code 0, this on standard output, and no complaint.
    pub fn said(stdout: impl Into<String>) -> Output {
        Output {
            code: 0,
            stdout: stdout.into(),
            stderr: String::new(),
        }
    }

    /// This exit code, this complaint, and nothing on standard output.
    pub fn failed(code: i32, stderr: impl Into<String>) -> Output {
        Output {
            code,
            stdout: String::new(),
            stderr: stderr.into(),
        }
    }
}

/// A program with its arguments, not yet started.
pub struct Prog {
    scratch: Scratch,
    command: Command,
    /// What a failure message calls it.
    name: String,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Prog {
    pub(super) fn new(scratch: &Scratch, path: &Path) -> Self {
        let mut command = Command::new(path);
        let (stdout, stderr) = (scratch.fresh("stdout"), scratch.fresh("stderr"));
        command
            .current_dir(scratch.dir())
            .stdin(Stdio::null())
            .envs(scratch.marks());
        // runsvdir finds runsv there.
        let own = super::program_path("runsv");
        let own = own.parent().expect("a program has a directory").as_os_str();
        let mut search = own.to_os_string();
        if let Some(rest) = std::env::var_os("PATH") {
            search.push(":");
            search.push(rest);
        }
        command.env("PATH", search);
        for name in ["SVDIR", "SVWAIT", "RUNSVDIR"] {
            command.env_remove(name);
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Prog {
            scratch: scratch.clone(),
            command,
            name,
            stdout,
            stderr,
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Nothing in the environment but the harness's marks (and what is added later).
    pub fn env_clear(mut self) -> Self {
        self.command.env_clear();
        self.command.envs(self.scratch.marks());
        self
    }

    /// Working directory; the test's own one by default.
    pub fn cwd(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// The name it is called by.
    pub fn arg0(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.arg0(name);
        self
    }

    /// Runs as this user and group.
    pub fn user(mut self, uid: u32, gid: u32) -> Self {
        self.command.uid(uid).gid(gid);
        self
    }

    /// In a process group of its own.
    pub fn own_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    /// Standard input; /dev/null by default.
    pub fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.command.stdin(stdin);
        self
    }

    /// Starts it and leaves it running; killed when the `Daemon` is dropped.
    #[track_caller]
    pub fn spawn(mut self) -> Daemon {
        let stdout = File::create(&self.stdout).expect("stdout file");
        let stderr = File::create(&self.stderr).expect("stderr file");
        self.command.stdout(stdout).stderr(stderr);
        let child = forking(|| self.command.spawn());
        let child = child.unwrap_or_else(|e| panic!("{}: {e}", self.name));
        Daemon {
            child,
            name: self.name,
            stdout: self.stdout,
            stderr: self.stderr,
            _scratch: self.scratch,
        }
    }

    /// Runs it to its end. Fails the test (and kills it) if it does not come to one.
    #[track_caller]
    pub fn run(self) -> Output {
        self.spawn().finish()
    }
}

/// A running program. Dropping it kills it; what it started is ended with the `Scratch`.
pub struct Daemon {
    child: Child,
    name: String,
    stdout: PathBuf,
    stderr: PathBuf,
    _scratch: Scratch,
}

impl Daemon {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name without SIG. It is our child, so the pid is its own until waited for.
    pub fn signal(&self, signal: &str) {
        procs::kill(self.pid(), signal);
    }

    /// Takes its input end, if it was started with a pipe.
    pub fn take_stdin(&mut self) -> Option<std::process::ChildStdin> {
        self.child.stdin.take()
    }

    /// What it printed so far.
    pub fn stdout(&self) -> String {
        read(&self.stdout)
    }

    /// What it complained of so far.
    pub fn stderr(&self) -> String {
        read(&self.stderr)
    }

    /// Its end, if it came.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().expect("own child").map(code)
    }

    /// Waits for its end and returns the exit code (`-N` if signal N ended it).
    #[track_caller]
    pub fn wait(&mut self) -> i32 {
        let start = Instant::now();
        while start.elapsed() < LONG {
            if let Some(code) = self.ended() {
                return code;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        panic!(
            "{} did not end within {LONG:?}; it printed {:?} and {:?}",
            self.name,
            self.stdout(),
            self.stderr()
        );
    }

    /// Waits for its end and returns all of it.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        let code = self.wait();
        Output {
            code,
            stdout: self.stdout(),
            stderr: self.stderr(),
        }
    }

    /// Waits until its standard error contains `text`.
    #[track_caller]
    pub fn wait_stderr(&self, text: &str) {
        wait_until_or(
            || self.stderr().contains(text),
            || format!("{} says {text:?}, but {:?}", self.name, self.stderr()),
        );
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn code(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| -status.signal().unwrap_or(0))
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
