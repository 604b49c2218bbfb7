//! Which programs are under test, where they are, and the named differences between the two.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The two sides of the differential tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Under {
    /// The programs of this workspace.
    Ours,
    /// The C programs, 2.3.1 or later.
    Theirs,
    /// The C programs as of 2.1.2 (Debian 12).
    TheirsOld,
}

/// What `RUNIT_UNDER_TEST` asks for.
pub fn under_test() -> Under {
    static UNDER: OnceLock<Under> = OnceLock::new();
    *UNDER.get_or_init(
        || match env::var("RUNIT_UNDER_TEST").as_deref().unwrap_or("ours") {
            "ours" => Under::Ours,
            "theirs" if is_old(&their_program("sv")) => Under::TheirsOld,
            "theirs" => Under::Theirs,
            other => panic!("RUNIT_UNDER_TEST is {other:?}, neither \"ours\" nor \"theirs\""),
        },
    )
}

/// True on the C programs of 2.1.2, whose corrections in 2.3.x are listed in `DIFFERENCES.md` too.
pub fn their_old(difference: &str) -> bool {
    demand_listed(difference);
    under_test() == Under::TheirsOld
}

/// True if ours are under test; `difference` must be a heading of `DIFFERENCES.md`.
///
/// The other side's behaviour belongs in the other branch. Where it cannot be tried there, the
/// branch is empty; so each use on their side is counted and printed, past the capture of the test
/// runner.
pub fn ours(difference: &str) -> bool {
    demand_listed(difference);
    let ours = under_test() == Under::Ours;
    if !ours {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
        let test = std::thread::current().name().unwrap_or("?").to_string();
        let _ = writeln!(
            std::io::stderr(),
            "difference {count}: {difference} ({test})"
        );
    }
    ours
}

fn demand_listed(difference: &str) {
    let list = include_str!("../DIFFERENCES.md");
    let listed = list
        .lines()
        .any(|l| l.strip_prefix("### ") == Some(difference));
    assert!(
        listed,
        "the difference {difference:?} is no heading of DIFFERENCES.md"
    );
}

/// The program `name` of the side under test; fails the test if it is not there.
pub fn program_path(name: &str) -> PathBuf {
    program_of(under_test(), name)
}

/// The program `name` of either side, for tests that mix them.
pub fn program_of(side: Under, name: &str) -> PathBuf {
    super::reachable::by_everybody(&match side {
        Under::Ours => our_program(name),
        Under::Theirs | Under::TheirsOld => their_program(name),
    })
}

/// Where `RUNIT_PROGRAMS` says (another build: static ones, or names of the multi-call file), or
/// where cargo put the programs: beside the directory of this test program.
fn our_program(name: &str) -> PathBuf {
    if let Some(dir) = env::var_os("RUNIT_PROGRAMS") {
        let path = PathBuf::from(dir).join(name);
        assert!(path.is_file(), "RUNIT_PROGRAMS: no {}", path.display());
        return path;
    }
    let built = option_env!("CARGO_BIN_EXE_runsv").map(PathBuf::from);
    let dir = match &built {
        Some(runsv) => runsv.parent().map(Path::to_path_buf),
        None => env::current_exe()
            .ok()
            .and_then(|exe| Some(exe.parent()?.parent()?.to_path_buf())),
    };
    let path = dir.expect("the test program has a directory").join(name);
    assert!(path.is_file(), "{} is not built", path.display());
    path
}

fn their_program(name: &str) -> PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let root = ROOT.get_or_init(their_root);
    find_program(root, name).unwrap_or_else(|| panic!("no program {name} in {}", root.display()))
}

const PROGRAM_DIRS: [&str; 7] = [
    "",
    "usr/bin",
    "usr/sbin",
    "bin",
    "sbin",
    "lib/runit",
    "usr/lib/runit",
];

fn find_program(root: &Path, name: &str) -> Option<PathBuf> {
    PROGRAM_DIRS
        .iter()
        .map(|d| root.join(d).join(name))
        .find(|p| p.is_file())
}

/// `RUNIT_THEIRS`, or the newest runit unpacked by `make deps` that runs on this machine.
fn their_root() -> PathBuf {
    if let Some(dir) = env::var_os("RUNIT_THEIRS") {
        let dir = PathBuf::from(dir);
        if find_program(&dir, "runsv").is_some() {
            return dir;
        }
        panic!(
            "RUNIT_THEIRS: no program runsv in {} (nor in its usr/bin)",
            dir.display()
        );
    }
    let deps = env::var_os("RUNIT_DEPS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.deps"),
        PathBuf::from,
    );
    let mut found = Vec::new();
    roots_under(&deps, 2, &mut found);
    let version = |root: &PathBuf| version_line(&find_program(root, "sv")?);
    let mut found: Vec<_> = found
        .into_iter()
        .filter_map(|root| Some((version(&root)?.contains(OLD), root)))
        .collect();
    found.sort();
    found.into_iter().next().map_or_else(
        || {
            panic!(
                "RUNIT_UNDER_TEST=theirs, but there is no C runit that runs here in {}: run `make \
                 deps`, or name the directory it is unpacked in with RUNIT_THEIRS",
                deps.display()
            )
        },
        |newest| newest.1,
    )
}

/// The roots of a whole runit: busybox has a `runsv` and a `sv` as well, and a bench puts them there.
fn roots_under(dir: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if ["runit", "runsv", "sv"]
        .iter()
        .all(|name| find_program(dir, name).is_some())
    {
        found.push(dir.to_path_buf());
        return;
    }
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let half_made = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
    let dirs = entries
        .filter(|e| depth > 0 && !half_made(&e.file_name()))
        .map(|e| e.path())
        .filter(|p| p.is_dir() && !p.is_symlink());
    dirs.for_each(|d| roots_under(&d, depth - 1, found));
}

/// The revision that `sv -V` of 2.1.2 prints; anything else is taken as 2.3.1 or later.
const OLD: &str = "$Id: 900314260c6d52c986c5357673bea2f3bd3f4698 $";

fn is_old(sv: &Path) -> bool {
    version_line(sv)
        .unwrap_or_else(|| panic!("{} does not run on this machine", sv.display()))
        .contains(OLD)
}

/// What `sv -V` says; None if the program does not run here (another libc, another machine), or is
/// another one of that name: busybox, which the bench measures, has no version to tell.
fn version_line(sv: &Path) -> Option<String> {
    let out = super::spawn::forking(|| Command::new(sv).arg("-V").output()).ok()?;
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let runs = out.status.code() == Some(100) && said.starts_with("$Id: ");
    runs.then_some(said)
}
