//! Where things are on our machine: what `make deps` fetched, what `make vm-stage` installed,
//! and what the tests write. Decides names only; makes nothing.

use std::env;
use std::path::{Path, PathBuf};

/// The emulator.
pub const QEMU: &str = "qemu-system-x86_64";

/// The workspace's root directory.
fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Files of the guests that belong to the tests: accounts, the first script, ...
#[must_use]
pub fn guest() -> PathBuf {
    workspace().join("qemu-tests/guest")
}

/// A part that `make deps` fetched.
///
/// # Panics
///
/// When it is not there, with the command that fetches it.
#[must_use]
pub fn dep(part: &str) -> PathBuf {
    let all = env::var_os("RUNIT_DEPS").map_or_else(|| workspace().join(".deps"), PathBuf::from);
    there(all.join(part), "make deps")
}

/// Our programs, stages and services as `make install` puts them.
///
/// # Panics
///
/// When they are not there, with the command that installs them.
#[must_use]
pub fn stage() -> PathBuf {
    let stage =
        env::var_os("RUNIT_VM_STAGE").map_or_else(|| target().join("vm/stage"), PathBuf::from);
    there(stage, "make vm-stage")
}

/// The multi-call file, which lies beside the stage.
///
/// # Panics
///
/// When it is not there, with the command that makes it.
#[must_use]
pub fn multicall() -> PathBuf {
    there(stage().with_file_name("runit-rs"), "make vm-stage")
}

/// The torture of svlogd, which lies beside the stage.
///
/// # Panics
///
/// When it is not there, with the command that makes it.
#[must_use]
pub fn torture() -> PathBuf {
    there(stage().with_file_name("svlogd-torture"), "make vm-torture")
}

/// What makes images of real Debian systems.
#[must_use]
pub fn debian_builder() -> PathBuf {
    workspace().join("qemu-tests/images/debian.sh")
}

/// The disk with Debian's packages and ours.
///
/// # Panics
///
/// When it is not there, with the command that makes it.
#[must_use]
pub fn debian_packages() -> PathBuf {
    there(target().join("vm/debian-packages.ext4"), "make debian-disk")
}

#[track_caller]
fn there(path: PathBuf, command: &str) -> PathBuf {
    assert!(
        path.exists(),
        "{} is missing: run '{command}' first",
        path.display()
    );
    path
}

fn target() -> PathBuf {
    let own = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    own.unwrap_or_else(|| workspace().join("target"))
}

/// Console transcripts, one file per test, kept until the next run.
#[must_use]
pub fn transcripts() -> PathBuf {
    target().join("vm-transcripts")
}

/// Images that are used again while their inputs stay the same.
#[must_use]
pub fn cache() -> PathBuf {
    target().join("vm/cache")
}

/// The own directory of one running machine.
#[must_use]
pub fn scratch(name: &str) -> PathBuf {
    target().join("vm/run").join(name)
}
