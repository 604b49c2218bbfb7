//! Symbolic links: a `supervise` directory behind one that is yet to be made, and links that are
//! replaced in one step.

use crate::error::{Errno, Result};
use crate::fd;
use rustix::fd::AsFd;
use rustix::fs::{CWD, Mode};
use std::ffi::CStr;

/// Makes the directory `path`, or, if `path` is a link, the directory the link names. Mode 0700.
///
/// It is no error when the directory exists. A relative link is relative to where it lies.
pub fn make_dir_through(path: &CStr) -> Result<()> {
    match make_dir(CWD, path) {
        Err(Errno::EXIST) => match rustix::fs::stat(path) {
            // What exists is a link to nothing.
            Err(Errno::NOENT) => make_dir_linked(path),
            _ => Ok(()),
        },
        made => made,
    }
}

/// Makes the directory that the link `path` names. A function of its own: its paths need two pages
/// of stack, which stay with a process that once used them.
#[cold]
#[inline(never)]
fn make_dir_linked(path: &CStr) -> Result<()> {
    let mut buffer = [0u8; MOST_TARGET];
    match target(path, &mut buffer)? {
        Some(link) => make_dir_beside(path, link).or_else(|error| match error {
            Errno::EXIST => Ok(()),
            error => Err(error),
        }),
        None => Ok(()),
    }
}

/// Makes `target` as seen from the directory that `link` is in.
fn make_dir_beside(link: &CStr, target: &CStr) -> Result<()> {
    let link = link.to_bytes();
    let Some(slash) = link.iter().rposition(|&byte| byte == b'/') else {
        return make_dir(CWD, target);
    };
    let mut dir = [0u8; MOST_TARGET];
    // With the slash, so that the root directory has a name, too.
    let Some(slot) = dir.get_mut(..=slash) else {
        return Err(Errno::NAMETOOLONG);
    };
    slot.copy_from_slice(&link[..=slash]);
    let dir = CStr::from_bytes_until_nul(&dir).map_err(|_| Errno::NAMETOOLONG)?;
    make_dir(fd::open_dir(dir)?, target)
}

fn make_dir(at: impl AsFd, path: &CStr) -> Result<()> {
    rustix::fs::mkdirat(at, path, Mode::from_raw_mode(0o700))
}

/// Longest target that [`point`] and [`target`] handle, its NUL included.
pub const MOST_TARGET: usize = libc::PATH_MAX as usize;

/// Which step of [`point`] went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PointError {
    /// Something is in the place of the new link and could not be removed.
    Clear(Errno),
    /// The new link could not be made.
    Create(Errno),
    /// Nor given its name.
    Rename(Errno),
}

/// Makes `path` a symbolic link to `target` in one step: whoever looks sees the old or the new.
///
/// `new` is the name the link has before it is renamed; a leftover there is removed.
pub fn point(path: &CStr, new: &CStr, target: &CStr) -> core::result::Result<(), PointError> {
    prepare(new, target)?;
    rustix::fs::rename(new, path).map_err(PointError::Rename)
}

/// Makes a symbolic link where there is nothing yet.
pub fn make(path: &CStr, target: &CStr) -> Result<()> {
    rustix::fs::symlink(target, path)
}

/// The first half of [`point`]: the link under its temporary name.
pub fn prepare(new: &CStr, target: &CStr) -> core::result::Result<(), PointError> {
    match rustix::fs::unlink(new) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(PointError::Clear(error)),
    }
    rustix::fs::symlink(target, new).map_err(PointError::Create)
}

/// Makes a link to `target`. One that is there and leads to the same is as good; anything else of
/// this name is an error (`EXIST`) and stays.
pub fn keep_or_make(path: &CStr, to: &CStr) -> Result<()> {
    match make(path, to) {
        Err(Errno::EXIST) => {
            let mut buffer = [0u8; MOST_TARGET];
            match target(path, &mut buffer)? {
                Some(there) if there == to => Ok(()),
                _ => Err(Errno::EXIST),
            }
        }
        made => made,
    }
}

/// The target of a symbolic link; `None` when the name is something else.
pub fn target<'a>(path: &CStr, buffer: &'a mut [u8; MOST_TARGET]) -> Result<Option<&'a CStr>> {
    match rustix::fs::readlinkat_raw(CWD, path, &mut buffer[..]) {
        Ok(len) if len >= MOST_TARGET => Err(Errno::NAMETOOLONG),
        Ok(len) => {
            buffer[len] = 0;
            CStr::from_bytes_until_nul(buffer)
                .map(Some)
                .map_err(|_| Errno::INVAL)
        }
        Err(Errno::INVAL) => Ok(None),
        Err(error) => Err(error),
    }
}
