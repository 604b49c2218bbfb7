//! Linux: inotify, and the signals other systems do not have.

use crate::error::Result;
use crate::watch::Interest;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use std::ffi::CStr;

/// SIGPWR.
pub const POWER_SIGNAL: Option<i32> = Some(libc::SIGPWR);

/// SIGRTMIN and `n`.
#[must_use]
pub fn realtime_signal(n: i32) -> Option<i32> {
    Some(libc::SIGRTMIN() + n)
}

/// inotify(7).
#[derive(Debug)]
pub struct Watch(OwnedFd);

impl Watch {
    /// A watch on nothing yet.
    pub fn new() -> Result<Watch> {
        inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map(Watch)
    }

    /// Watches a directory; doing it again only changes the interest.
    pub fn add(&self, dir: &CStr, interest: Interest) -> Result<()> {
        let entries = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        let flags = match interest {
            Interest::Entries => entries,
            Interest::Files => entries | WatchFlags::ATTRIB | WatchFlags::CLOSE_WRITE,
        };
        inotify::add_watch(&self.0, dir, flags).map(drop)
    }

    /// Readable when something changed.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Forgets what has been told so far.
    pub fn drain(&self) {
        let mut buffer = [0u8; 4096];
        while matches!(rustix::io::read(&self.0, &mut buffer), Ok(n) if n > 0) {}
    }
}

/// Network and user-space file systems, which others change without our kernel knowing.
#[must_use]
pub fn changes_unseen(dir: impl AsFd) -> bool {
    const UNSEEN: [u32; 10] = [
        0x6969,      // NFS
        0x517B,      // SMB
        0xFF53_4D42, // CIFS
        0xFE53_4D42, // SMB2
        0x0102_1997, // 9P
        0x6573_5546, // FUSE
        0x00C3_6400, // Ceph
        0x5346_414F, // AFS
        0x7375_7245, // Coda
        0x7461_636F, // OCFS2
    ];
    rustix::fs::fstatfs(dir).is_ok_and(|fs| UNSEEN.contains(&(fs.f_type as u32)))
}
