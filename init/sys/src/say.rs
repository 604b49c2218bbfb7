//! Messages: one line, one write, no allocation.
//!
//! A line that arrives in one piece is not torn apart by the other processes that write to the
//! same terminal or log. Failures are ignored: there is nobody left to tell.

use runit_core::line::Line;
use rustix::fd::BorrowedFd;

/// Longest message; the rest is cut.
const MESSAGE: usize = 1024;

/// Writes the parts and a newline to standard error.
pub fn error(parts: &[&[u8]]) {
    line(rustix::stdio::stderr(), parts);
}

/// Writes the parts and a newline to standard output.
pub fn output(parts: &[&[u8]]) {
    line(rustix::stdio::stdout(), parts);
}

/// Writes the parts and a newline to any descriptor.
pub fn line(fd: BorrowedFd<'_>, parts: &[&[u8]]) {
    let mut text = Line::<MESSAGE>::new();
    for part in parts {
        text.push(part);
    }
    if text.as_bytes().len() == MESSAGE {
        text.clear();
        for part in parts {
            text.push(&part[..part.len().min(MESSAGE / 4)]);
        }
    }
    text.push(b"\n");
    // A descriptor that never takes a byte must not hold the caller for ever.
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(fd, rest) {
            Ok(n) => rest = &rest[n..],
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}
