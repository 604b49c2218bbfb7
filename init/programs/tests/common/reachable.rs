//! Programs where every user can reach them.
//!
//! Some tests run a program as another user. A tree in somebody's home directory is closed to that
//! user; then the programs of the directory are copied to one that is open, once for each build.

use super::spawn::with_no_forks;
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The program itself, or, where others may not go, its copy beside copies of its neighbours.
pub fn by_everybody(program: &Path) -> PathBuf {
    let dir = program.parent().expect("a program has a directory");
    let name = program.file_name().expect("a program has a name");
    let open = |dir: &Path| fs::metadata(dir).is_ok_and(|d| d.mode() & 0o001 != 0);
    if dir.ancestors().filter(|dir| dir.is_dir()).all(open) {
        return program.to_path_buf();
    }
    let mut hasher = DefaultHasher::new();
    dir.hash(&mut hasher);
    let copies = std::env::temp_dir().join(format!("runit-programs-{:016x}", hasher.finish()));
    fs::create_dir_all(&copies).expect("directory of programs");
    fs::set_permissions(&copies, fs::Permissions::from_mode(0o755)).expect("its mode");
    for entry in fs::read_dir(dir).expect("programs").flatten() {
        let Ok(original) = entry.metadata() else {
            continue;
        };
        let is_program = original.is_file() && original.mode() & 0o100 != 0;
        if is_program {
            refresh(&entry.path(), &original, &copies.join(entry.file_name()));
        }
    }
    copies.join(name)
}

/// Copies unless the copy is that of this very build.
fn refresh(original: &Path, is: &Metadata, copy: &Path) {
    let same =
        |copied: Metadata| copied.len() == is.len() && copied.modified().ok() == is.modified().ok();
    if fs::metadata(copy).is_ok_and(same) {
        return;
    }
    // Under its name only when it is whole: other tests may be about to execute it.
    let new = copy.with_extension(format!(
        "new-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    with_no_forks(|| {
        fs::copy(original, &new).expect("copy of a program");
        let file = fs::File::options()
            .write(true)
            .open(&new)
            .expect("the copy");
        file.set_modified(is.modified().expect("a time"))
            .expect("its time");
    });
    fs::rename(&new, copy).expect("copy in place");
}
