//! What svlogd says about its log directories: `svlogd: warning: what: dir: reason`.

use crate::cli::Voice;
use runit_sys::Errno;
use std::cell::Cell;
use std::ffi::CStr;

/// The voice of svlogd.
pub const SVLOGD: Voice<'static> = Voice::new(b"svlogd");

/// Something that could not be done, in the words that are said about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// What was tried.
    pub what: &'static [u8],
    /// Why it failed.
    pub why: Errno,
}

impl Trouble {
    /// For `map_err`.
    pub fn with(what: &'static [u8]) -> impl FnOnce(Errno) -> Trouble {
        move |why| Trouble { what, why }
    }
}

/// Speaks about one log directory.
#[derive(Clone, Copy, Debug)]
pub struct Teller {
    /// The directory as it was typed.
    pub dir: &'static CStr,
    /// Tell what is done, not only what fails.
    pub verbose: bool,
}

impl Teller {
    /// What is done, for `-v`.
    pub fn info(&self, parts: &[&[u8]]) {
        if self.verbose {
            SVLOGD.info(parts);
        }
    }

    /// `what: dir/file`, for `-v`.
    pub fn info_file(&self, what: &[u8], file: &[u8]) {
        self.info(&[what, self.dir.to_bytes(), b"/", file]);
    }

    /// A warning without a reason.
    pub fn warning(&self, what: &[u8]) {
        SVLOGD.warning(&[what, b": ", self.dir.to_bytes()]);
    }

    /// A warning about a step that is given up.
    pub fn trouble(&self, trouble: Trouble) {
        SVLOGD.warning_because(&[trouble.what, b": ", self.dir.to_bytes()], trouble.why);
    }

    /// A step that will be tried again while nothing else is done.
    pub fn pausing(&self, trouble: Trouble) {
        SVLOGD.pausing(&[trouble.what, b": ", self.dir.to_bytes()], trouble.why);
    }
}

/// A warning that is given once until it is no longer true.
#[derive(Debug, Default)]
pub struct Once(Cell<bool>);

impl Once {
    /// Gives it, unless it was given.
    pub fn say(&self, teller: &Teller, trouble: Trouble) {
        if !self.0.replace(true) {
            teller.trouble(trouble);
        }
    }

    /// It may be given again.
    pub fn reset(&self) {
        self.0.set(false);
    }
}
