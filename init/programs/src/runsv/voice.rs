//! What runsv says: one line on standard error, `runsv DIR: warning|fatal: ...`.

use runit_sys::{Errno, reason, say};
use std::ffi::CStr;

/// Speaks for the runsv of one directory.
#[derive(Clone, Copy, Debug)]
pub struct Voice(pub &'static CStr);

impl Voice {
    /// The beginning of every fatal message, for children that fail before they are a program.
    #[must_use]
    pub fn fatal_prefix(self) -> [&'static [u8]; 3] {
        [b"runsv ", self.0.to_bytes(), b": fatal: "]
    }

    /// A failure that ends runsv.
    pub fn fatal(self, what: &[u8], error: Errno) {
        self.line(b": fatal: ", what, Some(error));
    }

    /// The same where no system call is to blame.
    pub fn fatal_plain(self, what: &[u8]) {
        self.line(b": fatal: ", what, None);
    }

    /// A failure it goes on with.
    pub fn warn(self, what: &[u8], error: Errno) {
        self.line(b": warning: ", what, Some(error));
    }

    /// The same where no system call is to blame.
    pub fn warn_plain(self, what: &[u8]) {
        self.line(b": warning: ", what, None);
    }

    fn line(self, kind: &[u8], what: &[u8], error: Option<Errno>) {
        let (colon, why) = error.map_or(("", ""), |error| (": ", reason(error)));
        say::error(&[
            b"runsv ",
            self.0.to_bytes(),
            kind,
            what,
            colon.as_bytes(),
            why.as_bytes(),
        ]);
    }
}
