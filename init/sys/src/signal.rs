//! Signals as a set of flags that `poll::wait` collects: no handler does anything else.
//!
//! A program lists once what it listens to. Those signals stay blocked except while it waits in
//! `poll::wait`, so none arrives between looking and sleeping, and none interrupts anything.

use crate::error::Result;
use crate::{Errno, Pid};
use core::sync::atomic::{AtomicU64, Ordering};
use runit_core::hook::Signal;
use std::mem::MaybeUninit;

/// Bit `n - 1`: signal `n` arrived.
static ARRIVED: AtomicU64 = AtomicU64::new(0);
/// Bit `n - 1`: signal `n` is listened to.
static LISTENED: AtomicU64 = AtomicU64::new(0);
/// Bit `n - 1`: signal `n` stays blocked even while waiting.
static KEPT_BLOCKED: AtomicU64 = AtomicU64::new(0);

/// A signal number of this system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number(i32);

#[allow(missing_docs)]
impl Number {
    pub const ALRM: Number = Number(libc::SIGALRM);
    pub const CHLD: Number = Number(libc::SIGCHLD);
    pub const CONT: Number = Number(libc::SIGCONT);
    pub const HUP: Number = Number(libc::SIGHUP);
    pub const INT: Number = Number(libc::SIGINT);
    pub const KILL: Number = Number(libc::SIGKILL);
    pub const PIPE: Number = Number(libc::SIGPIPE);
    pub const QUIT: Number = Number(libc::SIGQUIT);
    pub const STOP: Number = Number(libc::SIGSTOP);
    pub const TERM: Number = Number(libc::SIGTERM);
    pub const USR1: Number = Number(libc::SIGUSR1);
    pub const USR2: Number = Number(libc::SIGUSR2);

    /// Real-time signal `SIGRTMIN + n`, where it exists and fits into the set.
    #[must_use]
    pub fn realtime(n: i32) -> Option<Number> {
        crate::platform::realtime_signal(n)
            .filter(|&n| n <= 64)
            .map(Number)
    }

    /// The power-failure signal, where the system has one.
    #[must_use]
    pub fn power() -> Option<Number> {
        crate::platform::POWER_SIGNAL.map(Number)
    }

    /// The number itself.
    #[must_use]
    pub const fn raw(self) -> i32 {
        self.0
    }

    const fn bit(self) -> u64 {
        1 << (self.0 - 1)
    }
}

impl From<Signal> for Number {
    fn from(signal: Signal) -> Number {
        Number(match signal {
            Signal::Term => libc::SIGTERM,
            Signal::Cont => libc::SIGCONT,
            Signal::Stop => libc::SIGSTOP,
            Signal::Kill => libc::SIGKILL,
            Signal::Hup => libc::SIGHUP,
            Signal::Alrm => libc::SIGALRM,
            Signal::Int => libc::SIGINT,
            Signal::Quit => libc::SIGQUIT,
            Signal::Usr1 => libc::SIGUSR1,
            Signal::Usr2 => libc::SIGUSR2,
        })
    }
}

/// Signals that arrived since the last look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrived(u64);

impl Arrived {
    /// Takes what arrived; the next call starts from nothing.
    #[must_use]
    pub fn take() -> Arrived {
        Arrived(ARRIVED.swap(0, Ordering::Relaxed))
    }

    /// Whether this signal is among them.
    #[must_use]
    pub const fn has(self, signal: Number) -> bool {
        self.0 & signal.bit() != 0
    }
}

extern "C" fn note(signal: libc::c_int) {
    ARRIVED.fetch_or(1 << (signal - 1), Ordering::Relaxed);
}

/// Listens to these signals from now on.
pub fn listen(signals: &[Number]) {
    for &signal in signals {
        LISTENED.fetch_or(signal.bit(), Ordering::Relaxed);
        handle(
            signal.0,
            note as extern "C" fn(libc::c_int) as libc::sighandler_t,
            0,
        );
    }
    let listened = LISTENED.load(Ordering::Relaxed);
    let before = change_mask(libc::SIG_BLOCK, &set_of(listened));
    KEPT_BLOCKED.fetch_or(before & !listened, Ordering::Relaxed);
}

/// Blocks everything, for a program that is about to say what it listens to.
///
/// What is pending then stays pending, also over the execution of another program.
pub fn block_all() {
    change_mask(libc::SIG_SETMASK, &set_of(u64::MAX));
}

/// While waiting, exactly these signals are blocked, whatever was inherited.
pub fn block_only(signals: &[Number]) {
    let bits = signals.iter().fold(0, |bits, signal| bits | signal.bit());
    KEPT_BLOCKED.store(bits, Ordering::Relaxed);
    let listened = LISTENED.load(Ordering::Relaxed);
    change_mask(libc::SIG_SETMASK, &set_of(bits | listened));
}

/// Blocks the signal that a process in the background gets for taking the terminal; in a child,
/// before [`hand_over_clean`].
pub(crate) fn block_for_terminal() {
    change_mask(libc::SIG_BLOCK, &set_of(1 << (libc::SIGTTOU - 1)));
}

/// Forgets a signal that waits to be delivered, and sets its default action; in a child, before
/// [`hand_over_clean`].
pub(crate) fn forget(signal: libc::c_int) {
    // Ignoring takes away what waits; a signal that is blocked waits even when it is ignored.
    handle(signal, libc::SIG_IGN, 0);
    handle(signal, libc::SIG_DFL, 0);
}

/// Unblocks signals by number; for handlers.
pub(crate) fn unblock_raw(numbers: &[libc::c_int]) {
    let bits = numbers.iter().fold(0, |bits, n| bits | 1 << (n - 1));
    change_mask(libc::SIG_UNBLOCK, &set_of(bits));
}

/// What arrived and was not taken yet.
pub(crate) fn arrived_bits() -> u64 {
    ARRIVED.load(Ordering::Relaxed)
}

/// Notes signals as arrived: those an earlier image of this process had not looked at.
pub fn arrived_before(bits: u64) {
    ARRIVED.fetch_or(bits & LISTENED.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// Delivers the listened signals that are pending, as [`crate::poll::wait`] does while it sleeps.
pub(crate) fn deliver_pending() {
    let listened = LISTENED.load(Ordering::Relaxed) & !KEPT_BLOCKED.load(Ordering::Relaxed);
    let mut pending = MaybeUninit::uninit();
    // SAFETY: sigpending only writes the set; the numbers are valid.
    let any = unsafe {
        libc::sigpending(pending.as_mut_ptr());
        let pending = pending.assume_init();
        numbers(listened).any(|n| libc::sigismember(&pending, n) == 1)
    };
    if any {
        change_mask(libc::SIG_UNBLOCK, &set_of(listened));
        change_mask(libc::SIG_BLOCK, &set_of(listened));
    }
}

/// The signals in a set of bits.
fn numbers(bits: u64) -> impl Iterator<Item = libc::c_int> {
    (1..=64).filter(move |n| bits & (1 << (n - 1)) != 0)
}

/// Blocks these signals without listening: they stay away for good.
pub fn block(signals: &[Number]) {
    let bits = signals.iter().fold(0, |bits, signal| bits | signal.bit());
    change_mask(libc::SIG_BLOCK, &set_of(bits));
    KEPT_BLOCKED.fetch_or(bits, Ordering::Relaxed);
}

/// Sets a signal to its default action (as exec does not for ignored ones).
pub fn default(signal: Number) {
    handle(signal.0, libc::SIG_DFL, 0);
}

/// Ignores a signal; children inherit that through exec.
pub fn ignore(signal: Number) {
    handle(signal.0, libc::SIG_IGN, 0);
}

pub(crate) fn handle(signal: i32, handler: libc::sighandler_t, flags: libc::c_int) {
    // SAFETY: all-zero is a valid sigaction; the handler is a function of the right type or one of
    // the two constants, and only touches an atomic.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags | libc::SA_RESTART;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(signal, &action, std::ptr::null_mut());
    }
}

fn set_of(mut bits: u64) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set; the numbers come from `Number`s.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        while bits != 0 {
            libc::sigaddset(set.as_mut_ptr(), bits.trailing_zeros() as i32 + 1);
            bits &= bits - 1;
        }
        set.assume_init()
    }
}

/// Changes the mask; gives what was blocked before.
fn change_mask(how: libc::c_int, set: &libc::sigset_t) -> u64 {
    let mut before = MaybeUninit::uninit();
    // SAFETY: a valid set in; sigprocmask cannot fail with these arguments, so it writes the old.
    let before = unsafe {
        libc::sigprocmask(how, set, before.as_mut_ptr());
        before.assume_init()
    };
    // SAFETY: a valid set and valid numbers.
    (1..=64)
        .filter(|&n| unsafe { libc::sigismember(&before, n) } == 1)
        .fold(0, |bits, n| bits | 1 << (n - 1))
}

/// The mask under which `poll::wait` sleeps: only what was blocked for good.
pub(crate) fn mask_while_waiting() -> libc::sigset_t {
    set_of(KEPT_BLOCKED.load(Ordering::Relaxed))
}

/// In a child before exec: default actions first, then nothing blocked, so that a signal sent to
/// the child from its first moment on ends it and is not noted by a handler that is about to go.
pub fn hand_over_clean() {
    let mut bits = LISTENED.load(Ordering::Relaxed);
    while bits != 0 {
        handle(bits.trailing_zeros() as i32 + 1, libc::SIG_DFL, 0);
        bits &= bits - 1;
    }
    unblock_all();
}

/// Unblocks everything: the state in which a child is handed over.
pub fn unblock_all() {
    change_mask(libc::SIG_SETMASK, &set_of(0));
}

/// Whether a signal is ignored, as a program may be told to by whoever starts it.
#[must_use]
pub fn is_ignored(signal: Number) -> bool {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: only asks; all-zero is a valid sigaction, and sigaction fills it in.
    let now = unsafe {
        libc::sigaction(signal.0, std::ptr::null(), now.as_mut_ptr());
        now.assume_init()
    };
    now.sa_sigaction == libc::SIG_IGN
}

/// Ends this process by a signal; returns where that does not end it.
pub fn die_of(signal: u8) {
    let signal = i32::from(signal);
    handle(signal, libc::SIG_DFL, 0);
    unblock_all();
    // SAFETY: raise takes a number.
    unsafe { libc::raise(signal) };
}

/// Sends a signal to one process.
pub fn send(pid: Pid, signal: Number) -> Result<()> {
    raw_kill(pid.as_raw_nonzero().get(), signal)
}

/// Whether there is such a process, ended ones that nobody has waited for included.
#[must_use]
pub fn is_there(pid: Pid) -> bool {
    // SAFETY: kill takes two numbers; 0 sends nothing.
    let asked = unsafe { libc::kill(pid.as_raw_nonzero().get(), 0) };
    asked == 0 || last_error() != Errno::SRCH
}

/// Sends a signal to a process group.
pub fn send_group(group: Pid, signal: Number) -> Result<()> {
    raw_kill(-group.as_raw_nonzero().get(), signal)
}

/// Sends a signal to every process there is, except process 1 and the caller.
pub fn send_all(signal: Number) -> Result<()> {
    raw_kill(-1, signal)
}

fn raw_kill(pid: i32, signal: Number) -> Result<()> {
    // SAFETY: kill takes two numbers and touches no memory of ours.
    if unsafe { libc::kill(pid, signal.0) } == 0 {
        Ok(())
    } else {
        Err(last_error())
    }
}

/// `errno` of the call that just failed.
pub(crate) fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}
