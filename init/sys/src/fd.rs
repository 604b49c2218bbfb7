//! Descriptors: the three every program relies on, and close-on-exec for all others.

use crate::error::Result;
use core::sync::atomic::{AtomicU8, Ordering};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use std::ffi::CStr;
use std::os::fd::IntoRawFd;

/// Bit `n`: descriptor `n` was closed when the program started.
static FILLED: AtomicU8 = AtomicU8::new(0);

/// A descriptor that is closed when it is dropped.
pub type Owned = OwnedFd;

/// Makes sure that descriptors 0, 1 and 2 are open.
///
/// A program started without them would give the number to the next file it opens, and write its
/// messages into it. /dev/null is used, or where there is no /dev yet, the end of a pipe.
pub fn ensure_standard() {
    // SAFETY: F_GETFD on any number only looks at the descriptor table.
    while let Some(missing) = (0..3).find(|&n| unsafe { libc::fcntl(n, libc::F_GETFD) } < 0) {
        // The lowest free number is `missing`, so that is what open and pipe return.
        let opened = match rustix::fs::open(c"/dev/null", OFlags::RDWR, Mode::empty()) {
            Ok(fd) => fd.into_raw_fd(),
            Err(_) => match rustix::pipe::pipe() {
                // Both ends stay open, or a write would raise SIGPIPE.
                Ok((reader, writer)) => {
                    let _ = writer.into_raw_fd();
                    reader.into_raw_fd()
                }
                Err(_) => return,
            },
        };
        if opened != missing {
            return;
        }
        FILLED.fetch_or(1 << missing, Ordering::Relaxed);
    }
}

/// Whether descriptor `n` (0, 1 or 2) was closed when the program started.
#[must_use]
pub fn was_closed(n: i32) -> bool {
    FILLED.load(Ordering::Relaxed) & 1 << n != 0
}

/// Closes a standard descriptor for the program that is about to replace this one.
pub fn close_standard(n: i32) -> Result<()> {
    // SAFETY: of 0, 1 and 2 no owner is kept; nothing opens another file before the exec.
    match unsafe { libc::close(n) } {
        0 => Ok(()),
        _ => Err(crate::signal::last_error()),
    }
}

/// Makes `n` (0, 1 or 2) another name of an open file.
pub fn duplicate_to(file: impl AsFd, n: i32) -> Result<()> {
    // SAFETY: of 0, 1 and 2 no owner is kept.
    match unsafe { libc::dup2(file.as_fd().as_raw_fd(), n) } {
        -1 => Err(crate::signal::last_error()),
        _ => Ok(()),
    }
}

/// /dev/null for reading and writing, close-on-exec.
pub fn open_null() -> Result<OwnedFd> {
    rustix::fs::open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

/// The console for a message: opening and writing never wait, and it does not become our terminal.
pub fn open_console() -> Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(c"/dev/console", flags, Mode::empty())
}

/// How many bytes can be read at once.
pub fn waiting(from: impl AsFd) -> Result<u64> {
    rustix::io::ioctl_fionread(from)
}

/// Opens for reading, close-on-exec, without blocking on FIFOs and devices.
pub fn open_read(path: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// The same for a name in an open directory.
pub fn open_read_in(dir: impl AsFd, name: &CStr) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::openat(dir, name, flags, Mode::empty())
}

/// Opens a directory, close-on-exec.
pub fn open_dir(path: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// Reads once into `buffer`; interruptions are retried.
pub fn read(fd: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    rustix::io::retry_on_intr(|| rustix::io::read(fd.as_fd(), &mut *buffer))
}

/// Writes all of `bytes`.
pub fn write_all(fd: impl AsFd, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        let n = rustix::io::retry_on_intr(|| rustix::io::write(fd.as_fd(), bytes))?;
        bytes = &bytes[n..];
    }
    Ok(())
}

/// Standard input, output and error as borrowed descriptors.
#[must_use]
pub fn standard() -> [BorrowedFd<'static>; 3] {
    [
        rustix::stdio::stdin(),
        rustix::stdio::stdout(),
        rustix::stdio::stderr(),
    ]
}

/// Makes `fd` the standard error of this process and its children.
pub fn become_standard_error(fd: impl AsFd) -> Result<()> {
    rustix::stdio::dup2_stderr(fd)
}
