//! Being told when a directory changes, instead of looking again and again.
//!
//! One type, made by the platform: inotify on Linux, kqueue on FreeBSD. It tells *that* something
//! changed; what, the caller finds by looking, so that a lost or merged event loses nothing. Where
//! it changed is told as well, as far as the system knows: it saves looks, and must not decide.

pub use crate::platform::{Links, Watch};
use crate::{fd, pipe, spawn};
use std::ffi::CStr;
use std::os::fd::AsRawFd;

/// One watched directory, whatever path it was reached by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Watched(pub(crate) i32);

/// Where something changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told<'a> {
    /// In this directory: the file of this name, where that is known.
    In(Watched, Option<&'a CStr>),
    /// The system lost count: anywhere.
    Anywhere,
}

/// What to be told about in a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interest {
    /// Entries that come, go or are renamed, and the end of the directory itself.
    Entries,
    /// That, and files in it that change content or permissions.
    Files,
    /// That, and every write to a file in it.
    Content,
    /// Only files that another file was renamed to, and the end of the directory itself.
    Replaced,
}

/// Leaves the end of a watch to a child, for a program that ends now and is waited for: Linux needs
/// some 15 ms to forget the directories, and would let the program's parent wait for that.
///
/// The child ends by itself as soon as this process has ended. Where none can be had, the watch is
/// ended here.
pub fn leave_to_child(watch: Watch) {
    let Ok((reader, writer)) = pipe::pipe() else {
        return;
    };
    let forked = spawn::fork(|| {
        // SAFETY: the child's own copy, used nowhere else in it.
        unsafe { libc::close(writer.as_raw_fd()) };
        // Nobody writes; it ends when the last writer is gone.
        let _ = fd::read(&reader, &mut [0]);
        0
    });
    if forked.is_ok() {
        // Open until this process ends.
        std::mem::forget(writer);
    }
    drop(watch);
}
