//! Test harness of the programs: the same tests drive Debian's C binaries and ours.
//!
//! `RUNIT_UNDER_TEST=theirs` picks the C programs (looked for in `RUNIT_THEIRS`, else under
//! `.deps/` of the workspace), `ours` (the default) those just built. A missing program fails the
//! test. `RUNIT_PROGRAMS` names a directory of ours that are to be tested in the place of those
//! just built. A place where the two differ on purpose has a name in `DIFFERENCES.md`; the test asks
//! `ours("that-name")` and asserts one thing or the other: there is no other way to tell them
//! apart, so the list is complete.
//!
//! ```text
//! let t = Scratch::new();                                       // own directory; ends every process at drop
//! let s = t.service("web").run("echo started $$ >>events; exec sleep 1000").supervise();
//! s.wait_stat("run"); s.control("d"); s.wait_stat("down"); assert_eq!(s.events("started").len(), 1);
//! ```
//!
//! It must never leave a process or a file behind, whatever the test does: every program carries a
//! mark in its environment, `Scratch` ends all that carry its mark, and a guard process does the
//! same should the test program itself be killed. Tests wait for conditions and never for time.
//! Run them with `RUST_TEST_THREADS=16` or so: they mostly wait.

// Each test program uses a part of it.
#![allow(dead_code, unused_imports)]

mod guard;
pub mod machine;
pub mod procs;
mod programs;
pub mod random;
mod reachable;
mod scratch;
mod service;
mod spawn;
mod status;
pub mod ulimit;
mod wait;

pub use programs::{Under, ours, program_of, program_path, their_old, under_test};
pub use scratch::Scratch;
pub use service::{Control, ServiceDir};
pub use spawn::{Daemon, Output, Prog, forking, with_no_forks};
pub use status::{State, Status, Want};
pub use wait::{LONG, wait_for, wait_until};
