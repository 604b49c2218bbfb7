//! One switch at a time: whoever switches holds the file `.lock` among the levels.
//!
//! The file is there only during a switch. Where it cannot be made nothing else can be either, and
//! the switch says so in its own words; so that is no error here.

use crate::cli::Voice;
use runit_sys::{Errno, file, folder, lock};
use std::ffi::CStr;
use std::os::fd::OwnedFd;

const FILE: &CStr = c".lock";
/// Milliseconds to wait for another switch, which ends by itself: each of its steps has a limit.
const LONGEST_MS: u64 = 180_000;

/// Our turn; ends when dropped.
#[derive(Debug)]
pub struct Turn(Option<OwnedFd>);

impl Turn {
    /// Waits until nobody else switches. Only in the directory of the levels.
    pub fn take(voice: Voice) -> Result<Turn, i32> {
        let mut said = false;
        loop {
            let Ok(lock) = lock::open(FILE) else {
                return Ok(Turn(None));
            };
            if lock::try_exclusive(&lock) == Ok(false) {
                if !said {
                    voice.info(&[b"another switch is under way: waiting for its end"]);
                }
                said = true;
                match lock::exclusive_within(&lock, LONGEST_MS) {
                    Ok(()) => {}
                    Err(Errno::AGAIN) => {
                        return Err(voice.fatal(&[b"another switch does not end"]));
                    }
                    Err(error) => {
                        return Err(voice.fatal_because(&[b"unable to lock: .lock"], error));
                    }
                }
            }
            // Whoever held it has removed it, and a third may have made another.
            let ours = folder::about_file(&lock).map(|about| about.identity);
            if ours.is_ok() && ours == file::identity(FILE) {
                return Ok(Turn(Some(lock)));
            }
        }
    }

    /// In a child: the turn stays the parent's.
    pub fn leave_to_parent(&mut self) {
        self.0 = None;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.0.is_some() {
            let _ = file::remove(FILE);
        }
    }
}
