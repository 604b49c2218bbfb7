//! Making and listing a directory.

use crate::error::{Errno, Result};
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Dir, Mode};
use std::ffi::{CStr, CString};

/// Makes a directory, mode 0755 less the umask; it is no error when there is one.
pub fn make(path: &CStr) -> Result<()> {
    match rustix::fs::mkdirat(CWD, path, Mode::from_raw_mode(0o755)) {
        Err(Errno::EXIST) => Ok(()),
        made => made,
    }
}

/// The names in a directory, without those that begin with a dot.
pub fn visible_names(dir: &OwnedFd) -> Result<Vec<CString>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(dir)? {
        let entry = entry?;
        if !entry.file_name().to_bytes().starts_with(b".") {
            names.push(entry.file_name().to_owned());
        }
    }
    Ok(names)
}
