//! The guard: one shell per test program that outlives it and clears up if it was killed.
//!
//! It waits for the end of a pipe that only the test program holds. However that program ends, the
//! pipe ends with it, and the guard kills whatever still carries the run's mark and removes the
//! run's directory. In a session of its own, so that a terminal's interrupt does not take it too.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Name of the environment variable that every process of a run carries.
pub const RUN_MARK: &str = "RUNIT_TEST_RUN";

const SCRIPT: &str = r#"cat >/dev/null
for round in 1 2 3 4 5 6 7 8 9; do
    left=$(grep -sl "RUNIT_TEST_RUN=$1" /proc/[0-9]*/environ)
    [ -n "$left" ] || break
    for environ in $left; do
        pid=${environ#/proc/}
        kill -9 "${pid%/environ}"
    done
done
chmod -R u+rwx "$2"; rm -rf "$2"
"#;

/// One run of a test program: its name, its directory, and its life line.
pub struct Run {
    pub name: String,
    pub dir: PathBuf,
    /// Holds the pipe whose end wakes it; never waited for, since it outlives the run.
    _guard: Child,
}

/// This run, with its guard started at first use.
pub fn this_run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let nanos = std::time::UNIX_EPOCH
            .elapsed()
            .map(|d| d.subsec_nanos())
            .unwrap_or(0);
        let name = format!("{}-{nanos:09}", std::process::id());
        let dir = std::env::temp_dir().join(format!("runit-test-{name}"));
        std::fs::create_dir_all(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        let mut guard = Command::new("/bin/sh");
        guard
            .args(["-c", SCRIPT, "guard", &name])
            .arg(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let _guard = super::spawn::forking(|| guard.spawn()).expect("the guard starts");
        Run { name, dir, _guard }
    })
}
