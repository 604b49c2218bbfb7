//! The place of the one shutdown that is pending: its file, the lock that says that somebody waits,
//! and the files that keep people from logging in.
//!
//! The lock is held by the processes that wait, and by the kernel's care no longer than they live:
//! a file that is there without it is what a killed one left, and is nothing. Who removes the file
//! decides: a shutdown whose file is gone when its time comes does not happen.

use runit_core::pending::{self, Pending};
use runit_sys::fd::Owned;
use runit_sys::{Errno, dir, file, link, lock};
use std::ffi::CStr;

/// The directory of all but the files about logins.
pub const DIR: &CStr = c"/run/runit";
const FILE: &CStr = c"/run/runit/shutdown";
const FILE_NEW: &CStr = c"/run/runit/shutdown.new";
const TAKEN: &CStr = c"/run/runit/shutdown.taken";
const LOCK: &CStr = c"/run/runit/shutdown.lock";
/// What pam_nologin looks at first. It is gone with the next boot, however this one ends.
const NO_LOGIN: &CStr = c"/run/nologin";
/// Killed while writing, we must not leave one that is not known to be ours.
const NO_LOGIN_NEW: &CStr = c"/run/runit/nologin.new";
/// What it looks at next, and what all who do without it look at; here only ever a link to the first.
const OLD_NO_LOGIN: &CStr = c"/etc/nologin";
/// How a file about logins begins that is ours to remove.
const MARK: &[u8] = b"shutdown: ";
/// Milliseconds that a cancelled shutdown has to give the place back.
const LEAVING_MS: u64 = 10_000;

/// Takes the place, and removes what a killed shutdown left there; `None`: somebody waits.
///
/// # Errors
/// The lock cannot be opened.
pub fn take() -> Result<Option<Owned>, Errno> {
    dir::make(DIR)?;
    let lock = lock::open(LOCK)?;
    if !lock::try_exclusive(&lock)? {
        return Ok(None);
    }
    clean();
    Ok(Some(lock))
}

/// Waits until a shutdown that was cancelled has given the place back.
///
/// # Errors
/// It does not.
pub fn wait_until_free() -> Result<(), Errno> {
    lock::exclusive_within(lock::open(LOCK)?, LEAVING_MS)
}

/// Makes a shutdown known.
///
/// # Errors
/// The file cannot be written.
pub fn put(plan: &Pending<'_>) -> Result<(), Errno> {
    match file::replace(FILE, FILE_NEW, plan.to_text().as_bytes(), None) {
        Ok(()) => Ok(()),
        Err(
            file::ReplaceError::Open(e)
            | file::ReplaceError::Write(e)
            | file::ReplaceError::Rename(e),
        ) => Err(e),
    }
}

/// The file as it is, if there is one.
#[must_use]
pub fn read() -> Option<Vec<u8>> {
    file::read_all(FILE, pending::SIZE).ok()
}

/// Whether the shutdown still stands.
#[must_use]
pub fn stands() -> bool {
    file::exists(FILE) != Ok(false)
}

/// Removes the file, which only one process succeeds in: it decides. `false`: somebody else did.
///
/// # Errors
/// The file is there and cannot be removed.
pub fn decide() -> Result<bool, Errno> {
    match file::rename(FILE, TAKEN) {
        Ok(()) => file::remove(TAKEN).map(|()| true),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes all that a shutdown leaves which does not happen.
pub fn clean() {
    let _ = file::remove(FILE);
    let _ = file::remove(TAKEN);
    allow_logins();
}

/// Keeps everybody but root from logging in, unless somebody else does so already.
pub fn refuse_logins(text: &[u8]) {
    let _ = file::put_new(NO_LOGIN, NO_LOGIN_NEW, &[MARK, text, b"\n"].concat());
    // Where /etc cannot be written, those who look only there let people in.
    let _ = link::make(OLD_NO_LOGIN, NO_LOGIN);
}

/// Lets people in again.
pub fn allow_logins() {
    let ours = file::read_all(NO_LOGIN, 4096).is_ok_and(|text| text.starts_with(MARK));
    if ours {
        let _ = file::remove(NO_LOGIN);
    }
    forget_old_no_login();
}

/// Removes the link, so that the next boot does not find one to nowhere.
pub fn forget_old_no_login() {
    let mut target = [0; link::MOST_TARGET];
    if link::target(OLD_NO_LOGIN, &mut target) == Ok(Some(NO_LOGIN)) {
        let _ = file::remove(OLD_NO_LOGIN);
    }
}
