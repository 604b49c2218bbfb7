//! When process 1 itself crashes: the kernel would stop the machine, so it starts anew instead.
//!
//! The handlers run on a stack of their own, since the usual one may be what is exhausted, and do
//! system calls only. A crash that comes again and again is slowed down. Where nothing can be
//! executed, the process stays as one that only reaps: the services go on, and it tries again.

use crate::{clock, reexec, say, signal};
use std::mem::MaybeUninit;
use std::ptr;

/// Signals by which a program crashes; a Rust panic ends in ABRT or ILL.
const CRASHES: [libc::c_int; 5] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGABRT,
];

/// Crashes in a row that are answered at once; after each further one comes a pause.
const AT_ONCE: u32 = 3;
/// Milliseconds of that pause.
const PAUSE_MS: u64 = 1000;

/// Enough for the largest register file that a kernel saves, and for what the handler builds.
const STACK: usize = 128 * 1024;

/// From here on a crash of this process makes it start anew, if it is process 1.
pub fn survive() {
    spare_stack();
    for number in CRASHES {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: all-zero is a valid sigaction; the handler has the right type and does only what
        // a handler may. All other signals wait meanwhile.
        unsafe {
            let action = action.assume_init_mut();
            action.sa_sigaction = crashed as extern "C" fn(libc::c_int) as libc::sighandler_t;
            action.sa_flags = libc::SA_ONSTACK;
            libc::sigfillset(&mut action.sa_mask);
            libc::sigaction(number, action, ptr::null_mut());
        }
    }
    // The image before this one was executed from within its handler, with all of them blocked.
    signal::unblock_raw(&CRASHES);
}

/// Gives the handlers a stack of their own. Not static memory: that would lie between the variables
/// of all programs in the multi-call file, and cost each supervisor a page. Should there be none,
/// the usual stack has to do.
fn spare_stack() {
    let (access, kind) = (
        libc::PROT_READ | libc::PROT_WRITE,
        libc::MAP_PRIVATE | libc::MAP_ANON,
    );
    // SAFETY: asks for new memory, which only the kernel will use, for one handler at a time.
    unsafe {
        let start = libc::mmap(ptr::null_mut(), STACK, access, kind, -1, 0);
        if start != libc::MAP_FAILED {
            let stack = libc::stack_t {
                ss_sp: start,
                ss_flags: 0,
                ss_size: STACK,
            };
            libc::sigaltstack(&stack, ptr::null_mut());
        }
    }
}

extern "C" fn crashed(number: libc::c_int) {
    // SAFETY: takes no arguments and cannot fail.
    if unsafe { libc::getpid() } != 1 {
        die_of(number);
    }
    if reexec::count_crash() > AT_ONCE {
        clock::pause_ms(PAUSE_MS);
    }
    let mut told = false;
    loop {
        let error = reexec::after_crash(number as u8);
        if !told {
            told = true;
            say::error(&[
                b"- runit: fatal: process 1 crashed and cannot execute itself: ",
                crate::reason(error).as_bytes(),
                b"; reaping only",
            ]);
        }
        reap_all();
        clock::pause_ms(PAUSE_MS);
    }
}

/// A child that has not become its program yet dies as any program does.
fn die_of(number: libc::c_int) -> ! {
    signal::handle(number, libc::SIG_DFL, 0);
    signal::unblock_raw(&[number]);
    // SAFETY: sends this process a signal whose action is to end it.
    unsafe { libc::raise(number) };
    crate::spawn::exit_now(111)
}

fn reap_all() {
    let mut status = 0;
    // SAFETY: writes the status only; never waits.
    while unsafe { libc::waitpid(-1, &mut status, libc::WNOHANG) } > 0 {}
}
