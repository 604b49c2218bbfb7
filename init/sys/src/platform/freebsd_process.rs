//! FreeBSD: who a process is, and that children of children come to us, through procctl(2).

use crate::error::{Errno, Result};
use crate::platform::Process;
use libc::kinfo_proc;
use rustix::process::{Gid, PidInfoFlags, Uid, get_reaper_pids, set_reaper_status};
use std::mem::offset_of;

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

/// Every process that sysctl kern.proc shows.
pub fn processes() -> Result<Vec<Process>> {
    let table = super::freebsd::process_table()?;
    let mut found = Vec::new();
    let mut rest = &table[..];
    while let Some(length) = number(rest, offset_of!(kinfo_proc, ki_structsize)) {
        let Some(record) = rest.get(..length as usize).filter(|_| length > 0) else {
            break;
        };
        found.extend(process(record));
        rest = &rest[length as usize..];
    }
    Ok(found)
}

/// What its record says of a process.
fn process(record: &[u8]) -> Option<Process> {
    let name = record.get(offset_of!(kinfo_proc, ki_comm)..)?;
    let name = name.get(..libc::COMMLEN + 1).unwrap_or(name);
    Some(Process {
        pid: number(record, offset_of!(kinfo_proc, ki_pid))?,
        parent: number(record, offset_of!(kinfo_proc, ki_ppid))?,
        session: number(record, offset_of!(kinfo_proc, ki_sid))?,
        state: b'R',
        tty: 0,
        kernel: false,
        name: name.split(|&byte| byte == 0).next()?.to_vec(),
    })
}

/// The number at this place of a record.
fn number(record: &[u8], at: usize) -> Option<u32> {
    let bytes = record.get(at..at.checked_add(4)?)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
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
