//! runit: process 1.
//!
//! What it promises:
//! - It never ends while the system is up. A crash of its own (SEGV, BUS, ILL, FPE, ABRT, a Rust
//!   panic) makes it execute itself anew with its state; where even that fails it stays and reaps.
//! - It never stalls: nothing it does waits for a stage, a hook, a disk or a terminal. When nothing
//!   happens nothing wakes it.
//! - It allocates nothing after set-up.
//! - Every child that ends is reaped, whoever's it was.
//! - A request is never dropped: one that comes too early waits, one that comes while another is
//!   handled comes next, one that comes too late is told so.
//! - It ends the system only after stage 3, in the way that was asked for.
//! - A new version takes over in place, with the same children, and only if it proved that it starts.
//! - It needs no /dev, no /proc, no open descriptor and no writable file system.
//!
//! The story: set up signals and the console, then for ever hand what happens to `core::stage`, and
//! do what that answers. What to decide stands there; how it is done, in `act`.

mod act;
#[cfg(feature = "crash-test")]
mod crash_test;
mod finish;
pub mod flags;
mod messages;
mod requests;
mod set_up;
mod trial;

use runit_core::exit;
use runit_core::stage::Event;
use runit_sys::entry::Args;
use runit_sys::signal::Arrived;
use runit_sys::{child, heap_seal, poll, say};

/// The only argument that it takes from people: says whether it starts, and nothing else.
pub const PROBE: &[u8] = b"--probe";

/// `runit`, as process 1. Returns the exit code 111 elsewhere; as process 1 it returns only in a
/// container, when all is over.
pub fn main(args: Args) -> i32 {
    if args.get(1).is_some_and(|arg| arg.to_bytes() == PROBE) {
        return trial::answer(&args);
    }
    if child::own() != 1 {
        say::error(&[b"- runit: fatal: must be run as process no 1."]);
        return exit::FATAL;
    }
    let mut process_1 = set_up::set_up(&args);
    heap_seal::close();
    process_1.begin();
    loop {
        // Requests first: what was asked before a stage ended counts for that stage.
        let arrived = Arrived::take();
        #[cfg(feature = "crash-test")]
        crash_test::obey(arrived);
        for request in requests::all(arrived, process_1.in_container()) {
            process_1.feed(Event::Request(request));
        }
        process_1.reap();
        process_1.wake();
        if let Some(code) = process_1.over() {
            return code;
        }
        // poll fails only when the kernel is out of memory; the next round tries again.
        let _ = poll::wait(&[], process_1.deadline());
    }
}
