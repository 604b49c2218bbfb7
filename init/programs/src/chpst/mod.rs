//! chpst: runs a program with a changed process state, under seven names.
//!
//! It reads what is wanted, makes the change, and becomes the program: there is nothing left of it
//! then, save where it was told to follow the program. It must never start the program when one
//! part of the change failed.

mod account;
mod apply;
mod change;
mod follow;
mod variables;

use crate::cli::{self, Voice};
use change::{Change, Name, Refusal};
use runit_core::exit;
use runit_sys::entry::Args;

/// Complaints say chpst, whatever the name.
const VOICE: Voice<'static> = Voice::new(b"chpst");

/// All names: 100 after a usage error, 111 when the change or the program failed.
pub fn main(args: Args) -> i32 {
    let called = args.program_name();
    let name = Name::of(called);
    match change::read(name, &args) {
        Ok(change) => run(&change, &args),
        Err(refusal) => {
            explain(refusal, called);
            // The usage is that of the plain name.
            let plain = called.strip_prefix(b"d").unwrap_or(called);
            Voice::new(plain).usage(name.usage());
            exit::FATAL_100
        }
    }
}

fn run(change: &Change, args: &Args) -> i32 {
    if change.follow || change.isolate {
        return follow::run(change, args);
    }
    if change.session {
        // The leader of a process group has one already.
        let _ = runit_sys::spawn::new_session();
    }
    match apply::prepare(change) {
        Ok(ready) => apply::become_program(change, &ready, args),
        Err(code) => code,
    }
}

fn explain(refusal: Refusal, called: &[u8]) {
    match refusal {
        Refusal::Usage => {}
        Refusal::Illegal(letter) => Voice::new(called).illegal_option(letter),
        Refusal::NoValue(letter) => Voice::new(called).missing_argument(letter),
        Refusal::Version => cli::version(),
    }
}
