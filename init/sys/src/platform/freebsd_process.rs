//! FreeBSD: who a process is, and that children of children come to us, through procctl(2).

use crate::error::{Errno, Result};
use rustix::process::{Gid, PidInfoFlags, Uid, get_reaper_pids, set_reaper_status};

/// setgroups(2)
pub fn set_groups(groups: &[Gid]) -> Result<()> {
    let groups: Vec<_> = groups.iter().map(|group| group.as_raw().into()).collect();
    errno(nix::unistd::setgroups(&groups))
}

/// setgid(2)
pub fn set_group(group: Gid) -> Result<()> {
    errno(nix::unistd::setgid(group.as_raw().into()))
}

/// setuid(2)
pub fn set_user(user: Uid) -> Result<()> {
    errno(nix::unistd::setuid(user.as_raw().into()))
}

fn errno(done: nix::Result<()>) -> Result<()> {
    done.map_err(|error| Errno::from_raw_os_error(error as i32))
}

/// Not written for this system yet.
pub fn processes() -> Result<Vec<crate::platform::Process>> {
    Err(Errno::NOSYS)
}

/// There are jails, but no process ids of one's own for a program and its children.
pub const CAN_ISOLATE: bool = false;

/// Not possible here.
pub fn isolate_children() -> Result<()> {
    Err(Errno::NOSYS)
}

/// Not possible here.
pub fn isolate_mounts() -> Result<()> {
    Err(Errno::NOSYS)
}

/// Not possible here.
pub fn mount_proc() -> Result<()> {
    Err(Errno::NOSYS)
}

/// Orphaned descendants become children of this process.
#[derive(Debug)]
pub struct Reaper(());

impl Reaper {
    /// From now on.
    pub fn new() -> Result<Reaper> {
        set_reaper_status(true)?;
        Ok(Reaper(()))
    }

    /// All children; the oldest first, as far as process ids tell.
    pub fn children(&self) -> Result<Vec<u32>> {
        let all = get_reaper_pids(None)?;
        let direct = all
            .iter()
            .filter(|info| info.flags.contains(PidInfoFlags::CHILD));
        let mut pids: Vec<u32> = direct.map(|info| crate::child::number(info.pid)).collect();
        pids.sort_unstable();
        Ok(pids)
    }
}
