//! Being told when a directory changes, instead of looking again and again.
//!
//! One type, made by the platform: inotify on Linux, kqueue on FreeBSD. It tells *that* something
//! changed; what, the caller finds by looking, so that a lost or merged event loses nothing.

pub use crate::platform::Watch;

/// What to be told about in a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interest {
    /// Entries that come, go or are renamed, and the end of the directory itself.
    Entries,
    /// That, and files in it that change content or permissions.
    Files,
    /// That, and every write to a file in it.
    Content,
}
