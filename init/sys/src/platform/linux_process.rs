//! Linux: who a process is, and that children of children come to us; namespaces.

use crate::error::{Errno, Result};
use crate::fd;
use crate::platform::Process;
use rustix::fd::OwnedFd;
use rustix::fs::{Dir, Mode, OFlags};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::process::{Gid, Uid};
use rustix::thread::UnshareFlags;
use std::ffi::CStr;

/// setgroups(2). The process has one thread, so that of the thread is that of the process.
pub fn set_groups(groups: &[Gid]) -> Result<()> {
    rustix::thread::set_thread_groups(groups)
}

/// setgid(2)
pub fn set_group(group: Gid) -> Result<()> {
    rustix::thread::set_thread_gid(group)
}

/// setuid(2)
pub fn set_user(user: Uid) -> Result<()> {
    rustix::thread::set_thread_uid(user)
}

/// Namespaces exist.
pub const CAN_ISOLATE: bool = true;

/// Children of this process from here on have process ids of their own; the first one is their
/// process 1, and when it ends the kernel kills the others.
pub fn isolate_children() -> Result<()> {
    // SAFETY: only children are concerned; nothing that is shared between threads is unshared.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWPID) }
}

/// Mounts of this process's own, with a /proc that shows its process ids. Mounts made outside
/// later on are still seen.
pub fn isolate_mounts() -> Result<()> {
    // SAFETY: the process has one thread, so no other one loses its view of the mounts.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS)? };
    mount_change(
        c"/",
        MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC,
    )?;
    mount_proc()
}

/// Mounts /proc, for the process ids of this process.
pub fn mount_proc() -> Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount(c"proc", c"/proc", c"proc", flags, None::<&CStr>)
}

/// Orphaned descendants become children of this process.
#[derive(Debug)]
pub struct Reaper {
    proc: OwnedFd,
}

impl Reaper {
    /// From now on; /proc is needed to find them.
    pub fn new() -> Result<Reaper> {
        let proc = fd::open_dir(c"/proc")?;
        // As process 1 we are it anyway.
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        Ok(Reaper { proc })
    }

    /// All children, ended ones that were not waited for included; the oldest first.
    pub fn children(&self) -> Result<Vec<u32>> {
        match self.read(c"thread-self/children") {
            Ok(list) => Ok(numbers(&list).collect()),
            // A kernel built without that list.
            Err(Errno::NOENT) => self.search(),
            Err(error) => Err(error),
        }
    }

    fn search(&self) -> Result<Vec<u32>> {
        let own = rustix::process::getpid()
            .as_raw_nonzero()
            .get()
            .unsigned_abs();
        let mut found = Vec::new();
        self.each(|pid, stat| {
            // The name, in parentheses, may contain anything; then come the state and the parent.
            let after_name = stat.rsplit(|&b| b == b')').next().unwrap_or_default();
            if numbers(after_name).next() == Some(own) {
                found.push(pid);
            }
        })?;
        found.sort_unstable();
        Ok(found)
    }

    /// Shows the number and `stat` of every process that /proc shows; one that ends meanwhile, or
    /// is not ours to see, is left out.
    fn each(&self, mut look: impl FnMut(u32, &[u8])) -> Result<()> {
        for entry in Dir::read_from(&self.proc)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(pid) = numbers(name.to_bytes()).next() else {
                continue;
            };
            let Ok(path) = std::ffi::CString::new([name.to_bytes(), b"/stat"].concat()) else {
                continue;
            };
            if let Ok(stat) = self.read(&path) {
                look(pid, &stat);
            }
        }
        Ok(())
    }

    fn read(&self, path: &CStr) -> Result<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.proc, path, flags, Mode::empty())?;
        crate::file::read_on(&file, Vec::new(), 1 << 20)
    }
}

/// Every process that /proc shows; one that ends meanwhile is left out.
pub fn processes() -> Result<Vec<Process>> {
    let reaper = fd::open_dir(c"/proc").map(|proc| Reaper { proc })?;
    let mut found = Vec::new();
    reaper.each(|pid, stat| found.extend(process(pid, stat)))?;
    Ok(found)
}

/// PF_KTHREAD of linux/sched.h, in the flags of `stat` (proc(5)).
const KERNEL_THREAD: i64 = 0x0020_0000;

/// What `stat` says of a process.
fn process(pid: u32, stat: &[u8]) -> Option<Process> {
    // The name stands in parentheses and may contain any.
    let open = stat.iter().position(|&b| b == b'(')?;
    let close = stat.iter().rposition(|&b| b == b')')?;
    // State, parent, group, session, terminal, the group in front there (or -1), flags.
    let rest = stat.get(close + 1..)?;
    let mut words = rest.split(|b| b.is_ascii_whitespace());
    let state = *words.find(|word| !word.is_empty())?.first()?;
    let mut number = || std::str::from_utf8(words.next()?).ok()?.parse::<i64>().ok();
    let (parent, _, session) = (number()?, number()?, number()?);
    let (tty, _, flags) = (number()?, number()?, number()?);
    Some(Process {
        pid,
        parent: parent.try_into().ok()?,
        session: session.try_into().ok()?,
        state,
        tty: tty as u32,
        kernel: flags & KERNEL_THREAD != 0,
        name: stat.get(open + 1..close)?.to_vec(),
    })
}

/// The numbers in a text of words.
fn numbers(text: &[u8]) -> impl Iterator<Item = u32> {
    let words = text.split(|b| b.is_ascii_whitespace());
    words.filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_finds_what_the_list_shows() {
        let reaper = Reaper::new().expect("/proc");
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .expect("sleep");
        // The list is per thread, the search per process.
        let (listed, searched) = (reaper.children(), reaper.search());
        child.kill().expect("own child");
        child.wait().expect("own child");
        assert_eq!(listed.expect("list"), [child.id()]);
        assert!(searched.expect("search").contains(&child.id()));
    }

    #[test]
    fn the_table_of_processes_has_this_one_and_its_child() {
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .expect("sleep");
        let all = processes();
        child.kill().expect("own child");
        child.wait().expect("own child");
        let all = all.expect("/proc");
        let of = |pid| all.iter().find(|p| p.pid == pid).expect("it is there");
        let own = of(std::process::id());
        assert_eq!(of(child.id()).parent, own.pid);
        assert_eq!(of(child.id()).session, own.session);
        assert!(all.iter().any(|p| p.pid == 1 && !p.name.is_empty()));
    }
}
