//! Becoming another user: groups first, then the group, then the user, and never back.

use crate::error::{Errno, Result};
use crate::platform;
use rustix::process::{Gid, Uid};
use std::ffi::CStr;

/// Where the users are.
pub const PASSWD: &CStr = c"/etc/passwd";
/// Where the groups are.
pub const GROUP: &CStr = c"/etc/group";
/// Largest of these files that is read, in bytes.
pub const MOST_FILE: usize = 64 << 20;

/// The step that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// setgroups(2)
    Groups,
    /// setgid(2)
    Group,
    /// setuid(2)
    User,
}

/// Becomes user `uid` with exactly these groups, of which the first is the primary one.
pub fn become_user(uid: u32, gids: &[u32]) -> core::result::Result<(), (Step, Errno)> {
    let groups: Vec<Gid> = gids.iter().map(|&gid| Gid::from_raw(gid)).collect();
    let Some(&first) = groups.first() else {
        return Err((Step::Groups, Errno::INVAL));
    };
    platform::set_groups(&groups).map_err(|e| (Step::Groups, e))?;
    platform::set_group(first).map_err(|e| (Step::Group, e))?;
    platform::set_user(Uid::from_raw(uid)).map_err(|e| (Step::User, e))
}

/// Makes the process nicer by `step` (or less nice); the kernel cuts it to what there is.
pub fn nice(step: i32) -> Result<()> {
    nix::errno::Errno::clear();
    // SAFETY: nice takes a number and touches no memory of ours.
    let new = unsafe { libc::nice(step) };
    // -1 is a level, too.
    if new == -1 && nix::errno::Errno::last_raw() != 0 {
        return Err(crate::signal::last_error());
    }
    Ok(())
}

/// Changes the root directory to `root`, and into it.
pub fn change_root(root: &CStr) -> core::result::Result<(), RootError> {
    rustix::process::chdir(root).map_err(RootError::Enter)?;
    rustix::process::chroot(c".").map_err(RootError::Root)
}

/// The step of [`change_root`] that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootError {
    /// Into the directory.
    Enter(Errno),
    /// chroot(2)
    Root(Errno),
}

/// Sends this process ALRM in so many seconds, across an exec; 0 takes back what was set before.
pub fn alarm(seconds: u32) {
    match seconds {
        0 => nix::unistd::alarm::cancel(),
        seconds => nix::unistd::alarm::set(seconds),
    };
}
