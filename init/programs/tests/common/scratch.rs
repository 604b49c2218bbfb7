//! A test's own directory and the end of all its processes.

use super::guard::{RUN_MARK, this_run};
use super::procs;
use super::service::ServiceDir;
use super::spawn::Prog;
use super::wait::wait_until;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Name of the environment variable that every process of one test carries.
pub const TEST_MARK: &str = "RUNIT_TEST";

/// A directory of this test alone. When it is dropped, every process started through it is killed
/// and the directory is removed.
#[derive(Clone)]
pub struct Scratch(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    mark: String,
    serial: AtomicUsize,
}

impl Scratch {
    /// An empty directory that all may enter, under the system's directory for temporary files.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let run = this_run();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = run.dir.join(number.to_string());
        fs::create_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).expect("own directory");
        let mark = format!("{}-{number}", run.name);
        Scratch(Arc::new(Inner {
            dir,
            mark,
            serial: AtomicUsize::new(0),
        }))
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// A path in it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.dir.join(name)
    }

    /// Makes a directory in it, with its parents.
    pub fn mkdir(&self, name: impl AsRef<Path>) -> PathBuf {
        let dir = self.path(name);
        fs::create_dir_all(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        dir
    }

    /// Makes a FIFO in it, open to its owner.
    pub fn mkfifo(&self, name: impl AsRef<Path>) -> PathBuf {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let path = self.path(name);
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        path
    }

    /// A path in it that no one else got.
    pub(super) fn fresh(&self, stem: &str) -> PathBuf {
        let n = self.0.serial.fetch_add(1, Ordering::Relaxed);
        self.path(format!(".{stem}.{n}"))
    }

    /// The program `name` of the side under test, to be given arguments and run.
    pub fn program(&self, name: &str) -> Prog {
        Prog::new(self, &super::program_path(name))
    }

    /// Any other program (also a link to one under test).
    pub fn command(&self, path: impl AsRef<Path>) -> Prog {
        Prog::new(self, path.as_ref())
    }

    /// A new service directory `name` (may contain slashes), still without files.
    pub fn service(&self, name: &str) -> ServiceDir {
        ServiceDir::create(self, self.mkdir(name))
    }

    /// The marks that a program started for this test carries.
    pub(super) fn marks(&self) -> [(&'static str, &str); 2] {
        [(RUN_MARK, &this_run().name), (TEST_MARK, &self.0.mark)]
    }

    /// Pids of all living processes of this test.
    pub fn processes(&self) -> Vec<u32> {
        procs::marked(TEST_MARK, &self.0.mark)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let gone = || {
            let alive = procs::marked(TEST_MARK, &self.mark);
            alive.iter().for_each(|pid| procs::kill(*pid, "KILL"));
            alive.is_empty()
        };
        // A second panic would hide the first.
        if std::thread::panicking() {
            while !gone() {
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
        } else {
            wait_until("all processes of the test are gone", gone);
        }
        if fs::remove_dir_all(&self.dir).is_err() {
            // An ordinary user's test took away its own permissions.
            let mut chmod = std::process::Command::new("chmod");
            chmod.args(["-R", "u+rwx"]).arg(&self.dir);
            let _ = super::spawn::forking(|| chmod.status());
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}
