//! Listing a directory.

use crate::error::Result;
use rustix::fd::OwnedFd;
use rustix::fs::Dir;
use std::ffi::CString;

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
