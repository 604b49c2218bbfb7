//! FreeBSD: kqueue, reboot(2), fexecve(2). Compiled and linked by `make freebsd-check`; never run (see README).

use crate::error::{Errno, Result};
use crate::signal::last_error;
use crate::watch::{Interest, Told, Watched};
use runit_core::power::Ending;
use rustix::event::kqueue::{Event, EventFilter, EventFlags, VnodeEvents, kevent, kqueue};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{Dir, FileType, Mode, OFlags};
use rustix::process::Pid;
use std::cell::RefCell;
use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::ptr;
use std::time::Duration;

/// There is none.
pub const POWER_SIGNAL: Option<i32> = None;

/// FreeBSD's numbers begin at 65, outside our set of signals, and no container manager uses them.
#[must_use]
pub fn realtime_signal(_n: i32) -> Option<i32> {
    None
}

/// Every name in a directory, and whether it is a directory itself.
pub fn each_name(dir: impl AsFd, mut see: impl FnMut(&CStr, bool)) -> Result<()> {
    for entry in Dir::read_from(dir)? {
        let entry = entry?;
        see(entry.file_name(), entry.file_type() == FileType::Directory);
    }
    Ok(())
}

/// kqueue(2) with one open descriptor per directory.
#[derive(Debug)]
pub struct Watch {
    queue: OwnedFd,
    watched: RefCell<Vec<((u64, u64), OwnedFd)>>,
}

impl Watch {
    /// A watch on nothing yet.
    pub fn new() -> Result<Watch> {
        Ok(Watch {
            queue: kqueue()?,
            watched: RefCell::new(Vec::new()),
        })
    }

    /// Watches a directory; doing it again is no error. Directories that are gone are forgotten.
    pub fn add(&self, dir: &CStr, _interest: Interest) -> Result<Watched> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = rustix::fs::open(dir, flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&fd)?;
        let id = (stat.st_dev as u64, stat.st_ino as u64);
        let mut watched = self.watched.borrow_mut();
        watched.retain(|(_, fd)| rustix::fs::fstat(fd).is_ok_and(|s| s.st_nlink > 0));
        if let Some((_, fd)) = watched.iter().find(|(known, _)| *known == id) {
            return Ok(Watched(fd.as_raw_fd()));
        }
        let vnode = EventFilter::Vnode {
            vnode: fd.as_raw_fd(),
            flags: VnodeEvents::WRITE
                | VnodeEvents::DELETE
                | VnodeEvents::RENAME
                | VnodeEvents::LINK
                | VnodeEvents::ATTRIBUTES,
        };
        let change = Event::new(vnode, EventFlags::ADD | EventFlags::CLEAR, ptr::null_mut());
        let mut none: [MaybeUninit<Event>; 0] = [];
        // SAFETY: the descriptor in the change is open and stays so in `watched`.
        unsafe { kevent(&self.queue, &[change], &mut none[..], Some(Duration::ZERO))? };
        let told_as = Watched(fd.as_raw_fd());
        watched.push((id, fd));
        Ok(told_as)
    }

    /// Readable when something changed.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.queue.as_fd()
    }

    /// Forgets what has been told so far.
    pub fn drain(&self) {
        self.told(&mut |_| {});
    }

    /// Hands over what has been told so far; kqueue does not know the name.
    pub fn told(&self, each: &mut dyn FnMut(Told<'_>)) {
        let mut events: [MaybeUninit<Event>; 16] = [const { MaybeUninit::uninit() }; 16];
        loop {
            // SAFETY: no changes are given, so no descriptor needs to stay open.
            match unsafe { kevent(&self.queue, &[], &mut events[..], Some(Duration::ZERO)) } {
                Ok((told, _)) if !told.is_empty() => {
                    for event in told {
                        if let EventFilter::Vnode { vnode, .. } = event.filter() {
                            each(Told::In(Watched(vnode), None));
                        }
                    }
                }
                _ => return,
            }
        }
    }
}

/// Network file systems, which others change without our kernel knowing.
#[must_use]
pub fn changes_unseen(dir: impl AsFd) -> bool {
    // The local flag is what mount(8) shows; NFS, SMB and FUSE lack it.
    rustix::fs::fstatfs(dir).is_ok_and(|fs| fs.f_flags & (libc::MNT_LOCAL as u64) == 0)
}

/// sys/reboot.h: nothing special asked for.
const RB_AUTOBOOT: libc::c_int = 0;

/// reboot(2). There is no kexec.
pub fn reboot(ending: Ending) -> Errno {
    let how = match ending {
        Ending::PowerOff => libc::RB_POWEROFF | libc::RB_HALT,
        Ending::Halt => libc::RB_HALT,
        Ending::Restart => RB_AUTOBOOT,
        Ending::Kexec => return Errno::NOSYS,
    };
    // SAFETY: takes a number and touches no memory.
    unsafe { libc::reboot(how) };
    last_error()
}

/// The kernel always reports the keys to process 1.
pub fn report_ctrl_alt_del(_report: bool) -> Result<()> {
    Ok(())
}

/// Not told here; the zeroth argument is used.
#[must_use]
pub fn executed_path() -> Option<&'static CStr> {
    None
}

/// This process's program; needs procfs.
pub const OWN_IMAGE: &CStr = c"/proc/curproc/file";

/// Replaces this process by the program in an open file; `argv` ends with a null.
pub fn execute_file(fd: i32, argv: &[*const c_char]) -> Errno {
    // SAFETY: the arguments are C strings that live here, the list ends with a null pointer, and
    // `environ` is the environment this process was given.
    unsafe {
        libc::fexecve(fd, argv.as_ptr().cast(), crate::spawn::environment().cast());
    }
    last_error()
}

/// fexecve(2) keeps the name of the file.
pub fn set_name(_name: &CStr) {}

/// A terminal cannot be taken from another session.
pub const TERMINAL_CAN_BE_RELEASED: bool = false;

/// Nothing to release, see above.
pub fn release_terminal() {}

/// The arguments of a process, each followed by a NUL.
pub fn arguments_of(pid: Pid) -> Result<Vec<u8>> {
    process_sysctl(libc::KERN_PROC_ARGS, pid)
}

/// The working directory of a process.
pub fn working_directory_of(pid: Pid) -> Result<PathBuf> {
    let record = process_sysctl(libc::KERN_PROC_CWD, pid)?;
    // A struct kinfo_file, cut to its length; the path is its last member.
    let path = record
        .get(std::mem::offset_of!(libc::kinfo_file, kf_path)..)
        .ok_or(Errno::INVAL)?;
    let end = path
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(path.len());
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(&path[..end])))
}

/// The root directory of a process. Not asked for here: the caller's own.
pub fn root_directory_of(_pid: Pid) -> Result<PathBuf> {
    Ok(PathBuf::from("/"))
}

/// What sysctl kern.proc.WHAT.PID tells.
fn process_sysctl(what: libc::c_int, pid: Pid) -> Result<Vec<u8>> {
    let pid = pid.as_raw_nonzero().get();
    sysctl(&[libc::CTL_KERN, libc::KERN_PROC, what, pid], 64 * 1024)
}

/// The table of all processes: records of the type `kinfo_proc`, each of the length that it begins with.
pub(super) fn process_table() -> Result<Vec<u8>> {
    let name = [libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_PROC];
    let mut most = 1 << 20;
    loop {
        match sysctl(&name, most) {
            Err(Errno::NOMEM) if most < 1 << 28 => most *= 4,
            done => return done,
        }
    }
}

/// sysctl(3): the answer, of at most so many bytes.
fn sysctl(name: &[libc::c_int], most: usize) -> Result<Vec<u8>> {
    let numbers = libc::c_uint::try_from(name.len()).map_err(|_| Errno::INVAL)?;
    let mut answer = vec![0u8; most];
    let mut len = answer.len();
    // SAFETY: the name has so many numbers, and the kernel writes at most `len` bytes.
    let failed = unsafe {
        libc::sysctl(
            name.as_ptr(),
            numbers,
            answer.as_mut_ptr().cast(),
            &mut len,
            ptr::null(),
            0,
        )
    };
    if failed != 0 {
        return Err(last_error());
    }
    answer.truncate(len);
    Ok(answer)
}

/// Not asked for: it is of no use without `splice`.
#[must_use]
pub fn boot_id() -> Option<[u8; 16]> {
    None
}

/// The system widens pipes by itself.
pub fn widen_pipe(_pipe: impl AsFd, _bytes: usize) {}

/// There is none.
pub fn splice(_from: impl AsFd, _to: impl AsFd, _at: &mut u64, _most: usize) -> Result<usize> {
    Err(Errno::NOSYS)
}
