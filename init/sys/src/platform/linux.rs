//! Linux: inotify, reboot(2), execveat(2), and the signals other systems do not have.

use crate::error::{Errno, Result};
use crate::signal::last_error;
use crate::watch::{Interest, Told, Watched};
use runit_core::power::Ending;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::fs::{FileType, RawDir, SeekFrom};
use rustix::process::Pid;
use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::path::PathBuf;

/// SIGPWR.
pub const POWER_SIGNAL: Option<i32> = Some(libc::SIGPWR);

/// Real-time signal `n` as everybody who sends one counts: from 34, glibc's SIGRTMIN, whatever
/// library this program is built with.
#[must_use]
pub fn realtime_signal(n: i32) -> Option<i32> {
    Some(34 + n)
}

/// Bytes of names that are read at once, without allocating.
const NAMES: usize = 4 << 10;

/// Every name in a directory, and whether it is a directory itself.
pub fn each_name(dir: impl AsFd, mut see: impl FnMut(&CStr, bool)) -> Result<()> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); NAMES];
    rustix::fs::seek(&dir, SeekFrom::Start(0))?;
    let mut entries = RawDir::new(dir, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        see(entry.file_name(), entry.file_type() == FileType::Directory);
    }
    Ok(())
}

/// inotify(7).
#[derive(Debug)]
pub struct Watch(OwnedFd);

impl Watch {
    /// A watch on nothing yet.
    pub fn new() -> Result<Watch> {
        inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map(Watch)
    }

    /// Watches a directory; doing it again only changes the interest.
    pub fn add(&self, dir: &CStr, interest: Interest) -> Result<Watched> {
        let replaced = WatchFlags::MOVED_TO
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        let entries = replaced | WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM;
        let flags = match interest {
            Interest::Replaced => replaced,
            Interest::Entries => entries,
            Interest::Files => entries | WatchFlags::ATTRIB | WatchFlags::CLOSE_WRITE,
            Interest::Content => entries | WatchFlags::MODIFY,
        };
        inotify::add_watch(&self.0, dir, flags).map(Watched)
    }

    /// Readable when something changed.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Forgets what has been told so far.
    pub fn drain(&self) {
        let mut buffer = [0u8; 4096];
        while matches!(rustix::io::read(&self.0, &mut buffer), Ok(n) if n > 0) {}
    }

    /// Hands over what has been told so far.
    pub fn told(&self, each: &mut dyn FnMut(Told<'_>)) {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.0, &mut buffer);
        while let Ok(event) = reader.next() {
            each(if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
                Told::Anywhere
            } else {
                Told::In(Watched(event.wd()), event.file_name())
            });
        }
    }
}

/// Network and user-space file systems, which others change without our kernel knowing.
#[must_use]
pub fn changes_unseen(dir: impl AsFd) -> bool {
    const UNSEEN: [u32; 10] = [
        0x6969,      // NFS
        0x517B,      // SMB
        0xFF53_4D42, // CIFS
        0xFE53_4D42, // SMB2
        0x0102_1997, // 9P
        0x6573_5546, // FUSE
        0x00C3_6400, // Ceph
        0x5346_414F, // AFS
        0x7375_7245, // Coda
        0x7461_636F, // OCFS2
    ];
    rustix::fs::fstatfs(dir).is_ok_and(|fs| UNSEEN.contains(&(fs.f_type as u32)))
}

/// reboot(2).
pub fn reboot(ending: Ending) -> Errno {
    let command = match ending {
        Ending::PowerOff => libc::LINUX_REBOOT_CMD_POWER_OFF,
        Ending::Halt => libc::LINUX_REBOOT_CMD_HALT,
        Ending::Restart => libc::LINUX_REBOOT_CMD_RESTART,
        Ending::Kexec => libc::LINUX_REBOOT_CMD_KEXEC,
    };
    // SAFETY: takes a number and touches no memory.
    unsafe { libc::reboot(command) };
    last_error()
}

/// The keys as SIGINT to process 1, or as a restart at once.
pub fn report_ctrl_alt_del(report: bool) -> Result<()> {
    let command = if report {
        libc::LINUX_REBOOT_CMD_CAD_OFF
    } else {
        libc::LINUX_REBOOT_CMD_CAD_ON
    };
    // SAFETY: takes a number and touches no memory.
    match unsafe { libc::reboot(command) } {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

/// What execve(2) was given.
#[must_use]
pub fn executed_path() -> Option<&'static CStr> {
    // SAFETY: the kernel gives zero or the address of a string that stays for good.
    unsafe {
        let path = libc::getauxval(libc::AT_EXECFN) as *const c_char;
        (!path.is_null()).then(|| CStr::from_ptr(path))
    }
}

/// This process's program; needs /proc.
pub const OWN_IMAGE: &CStr = c"/proc/self/exe";

/// Replaces this process by the program in an open file; `argv` ends with a null.
pub fn execute_file(fd: i32, argv: &[*const c_char]) -> Errno {
    // SAFETY: path and arguments are C strings that live here, the list ends with a null pointer,
    // and `environ` is the environment this process was given.
    unsafe {
        libc::syscall(
            libc::SYS_execveat,
            fd,
            c"".as_ptr(),
            argv.as_ptr(),
            crate::spawn::environment(),
            libc::AT_EMPTY_PATH,
        );
    }
    last_error()
}

/// What `ps` shows as the name of the program; execveat(2) leaves the number of a descriptor there.
pub fn set_name(name: &CStr) {
    // SAFETY: reads the string given.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
}

/// A process of root may take a terminal from another session, and so free it.
pub const TERMINAL_CAN_BE_RELEASED: bool = true;

/// Takes the terminal at standard input away from the session that has it and gives it up, without
/// the hang-up that the end of a session would bring. The caller leads a session without terminal.
pub fn release_terminal() {
    // SAFETY: both calls take numbers and touch no memory.
    unsafe {
        if libc::ioctl(0, libc::TIOCSCTTY, 1) == 0 {
            libc::ioctl(0, libc::TIOCNOTTY);
        }
    }
    // Giving it up sent HUP to the group in the foreground, which is the caller alone by then. It
    // waits, since everything is blocked.
    crate::signal::forget(libc::SIGHUP);
}

/// The arguments of a process, each followed by a NUL.
pub fn arguments_of(pid: Pid) -> Result<Vec<u8>> {
    std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero()))
        .map_err(|error| os_error(&error))
}

/// The working directory of a process.
pub fn working_directory_of(pid: Pid) -> Result<PathBuf> {
    std::fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero()))
        .map_err(|error| os_error(&error))
}

/// The root directory of a process, as the caller sees it.
pub fn root_directory_of(pid: Pid) -> Result<PathBuf> {
    std::fs::read_link(format!("/proc/{}/root", pid.as_raw_nonzero()))
        .map_err(|error| os_error(&error))
}

fn os_error(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// The random number of this start of the kernel; `None` without /proc.
#[must_use]
pub fn boot_id() -> Option<[u8; 16]> {
    let mut text = [0; 36];
    let read = crate::file::read(c"/proc/sys/kernel/random/boot_id", &mut text);
    (read == Ok(text.len())).then_some(())?;
    let mut digits = text.iter().filter(|&&b| b != b'-');
    let mut id = [0; 16];
    for byte in &mut id {
        for _ in 0..2 {
            let digit = char::from(*digits.next()?).to_digit(16)?;
            *byte = *byte << 4 | digit as u8;
        }
    }
    Some(id)
}

/// Lets a pipe hold so many bytes, if it holds less and the system allows it.
pub fn widen_pipe(pipe: impl AsFd, bytes: usize) {
    let pipe = pipe.as_fd();
    if rustix::pipe::fcntl_getpipe_size(pipe).is_ok_and(|now| now < bytes) {
        let _ = rustix::pipe::fcntl_setpipe_size(pipe, bytes);
    }
}

/// Moves what a pipe holds, at most `most` bytes, into a file at `at`, and moves `at`. Does not
/// wait: `AGAIN` when there is nothing. A killed process has moved, and so made the file larger
/// by, exactly what is missing in the pipe.
pub fn splice(from: impl AsFd, to: impl AsFd, at: &mut u64, most: usize) -> Result<usize> {
    rustix::pipe::splice(
        from,
        None,
        to,
        Some(at),
        most,
        rustix::pipe::SpliceFlags::NONBLOCK,
    )
}
