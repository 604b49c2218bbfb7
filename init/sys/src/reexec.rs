//! Process 1 executes itself anew and carries its state along: after a crash, and for an upgrade.
//!
//! The state is kept as text in one of two static buffers at every moment, so that a signal
//! handler finds a whole one whenever it runs. Everything here may be called from such a handler:
//! no allocation, no locks, system calls only.

use crate::error::Errno;
use crate::{clock, platform, signal};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use runit_core::clock::Mono;
use runit_core::line::Line;
use runit_core::resume::{self, ARGUMENT, Handover, PATH, TEXT};
use rustix::fd::{IntoRawFd, OwnedFd};
use std::ffi::{CStr, c_char};

/// A crash this long after the one before is not in a row with it, milliseconds.
const IN_A_ROW_MS: u64 = 10_000;

struct Slots(UnsafeCell<[Line<TEXT>; 2]>);

// SAFETY: processes here have one thread. The slot that is written is never the one that
// `CURRENT` names, and a handler that interrupts the writing only reads that one.
unsafe impl Sync for Slots {}

static STATES: Slots = Slots(UnsafeCell::new([Line::new(), Line::new()]));
static CURRENT: AtomicUsize = AtomicUsize::new(0);

struct Path(UnsafeCell<[u8; PATH + 1]>);

// SAFETY: written once at set-up, before any handler that reads it is installed.
unsafe impl Sync for Path {}

/// Ends with a NUL; empty when unknown.
static INSTALLED: Path = Path(UnsafeCell::new([0; PATH + 1]));

static IMAGE: AtomicI32 = AtomicI32::new(-1);
static TERMINAL: AtomicBool = AtomicBool::new(false);
static CONSOLE: AtomicBool = AtomicBool::new(false);
static CRASHES: AtomicU32 = AtomicU32::new(0);
static LAST_CRASH: AtomicU64 = AtomicU64::new(0);

/// Sets what stays the same: the path of the program, its open file, and what the image before
/// this one told of crashes.
pub fn set_up(path: &[u8], image: Option<OwnedFd>, before: &Handover) {
    // SAFETY: called once at set-up, before the handlers are installed.
    let installed = unsafe { &mut *INSTALLED.0.get() };
    *installed = [0; PATH + 1];
    if path.len() <= PATH {
        installed[..path.len()].copy_from_slice(path);
    }
    IMAGE.store(image.map_or(-1, IntoRawFd::into_raw_fd), Ordering::Relaxed);
    CRASHES.store(before.crashes, Ordering::Relaxed);
    LAST_CRASH.store(before.last_crash.0, Ordering::Relaxed);
    TERMINAL.store(before.terminal, Ordering::Relaxed);
    CONSOLE.store(before.console, Ordering::Relaxed);
}

/// The open file of the program, where it was not known at set-up.
pub fn keep_image(image: OwnedFd) {
    IMAGE.store(image.into_raw_fd(), Ordering::Relaxed);
}

/// Keeps this state for the next image; the one before it counts until this one is whole.
pub fn keep(state: &Line<TEXT>) {
    let next = 1 - CURRENT.load(Ordering::Relaxed);
    // SAFETY: this is the slot that no handler reads now, and nobody else writes.
    unsafe { (*STATES.0.get())[next] = *state };
    CURRENT.store(next, Ordering::Release);
}

/// Whether the console is this session's terminal only until stage 1 is over.
pub fn keep_terminal(held: bool) {
    TERMINAL.store(held, Ordering::Relaxed);
}

/// The same, asked.
#[must_use]
pub fn holds_terminal() -> bool {
    TERMINAL.load(Ordering::Relaxed)
}

/// Whether the standard descriptors are the console, opened by process 1 itself.
pub fn keep_console(opened: bool) {
    CONSOLE.store(opened, Ordering::Relaxed);
}

/// The same, asked.
#[must_use]
pub fn has_console() -> bool {
    CONSOLE.load(Ordering::Relaxed)
}

/// The state as it was kept last; empty before the first.
fn kept() -> &'static [u8] {
    // SAFETY: nobody writes the current slot.
    unsafe { (*STATES.0.get())[CURRENT.load(Ordering::Acquire)].as_bytes() }
}

/// Where the program is installed: the path from set-up, or the usual one.
#[must_use]
pub fn path() -> &'static CStr {
    // SAFETY: written at set-up only.
    let installed = unsafe { &*INSTALLED.0.get() };
    match CStr::from_bytes_until_nul(installed) {
        Ok(path) if !path.is_empty() => path,
        _ => c"/sbin/runit",
    }
}

/// Becomes the program in this file, which proved that it starts. Returns only if that fails.
pub fn upgrade(image: &OwnedFd) -> Errno {
    use rustix::fd::AsRawFd;
    execute(None, image.as_raw_fd(), None)
}

/// Counts a crash; gives how many there were in a row.
pub(crate) fn count_crash() -> u32 {
    let now = clock::mono();
    let last = Mono(LAST_CRASH.swap(now.0, Ordering::Relaxed));
    let before = CRASHES.load(Ordering::Relaxed);
    let count = if before > 0 && now <= last.plus_ms(IN_A_ROW_MS) {
        before.saturating_add(1)
    } else {
        1
    };
    CRASHES.store(count, Ordering::Relaxed);
    count
}

/// Becomes this program anew after a crash. Returns only if that fails.
pub(crate) fn after_crash(signal: u8) -> Errno {
    let image = IMAGE.load(Ordering::Relaxed);
    if image >= 0 {
        execute(Some(signal), image, None);
    }
    execute(Some(signal), image, Some(path()))
}

/// `by_path`: instead of the open image, which is handed over all the same.
fn execute(signal: Option<u8>, image: i32, by_path: Option<&CStr>) -> Errno {
    let state = kept();
    let handover = Handover {
        signal,
        crashes: CRASHES.load(Ordering::Relaxed),
        last_crash: Mono(LAST_CRASH.load(Ordering::Relaxed)),
        arrived: signal::arrived_bits(),
        image: u32::try_from(image).ok(),
        terminal: holds_terminal(),
        console: has_console(),
    };
    let line = resume::argument(&handover, state, path().to_bytes());
    let mut argument = [0u8; ARGUMENT + 1];
    argument[..line.as_bytes().len()].copy_from_slice(line.as_bytes());
    // Without a state nothing has begun: the next image starts from the beginning too.
    let argument: *const c_char = if state.is_empty() {
        std::ptr::null()
    } else {
        argument.as_ptr().cast()
    };
    let argv = [c"runit".as_ptr(), argument, std::ptr::null()];
    match by_path {
        Some(path) => crate::spawn::exec(path, &argv),
        None => {
            keep_open(image, true);
            let error = platform::execute_file(image, &argv);
            keep_open(image, false);
            error
        }
    }
}

/// Whether the descriptor survives the execution of another program.
fn keep_open(fd: i32, open: bool) {
    let flags = if open { 0 } else { libc::FD_CLOEXEC };
    // SAFETY: changes a flag of a descriptor, touches no memory.
    unsafe { libc::fcntl(fd, libc::F_SETFD, flags) };
}
