//! What supervision costs, counted: system calls, pages and wake-ups, never time, so that it holds on
//! a busy machine as well. Beside the C programs in the same run, where they do the same work.
//!
//! The programs here are those of the debug build; what they are told apart by is nothing that a
//! compiler changes. The figures of the release are the bench's.

#[path = "../common/mod.rs"]
mod common;

mod calls;
mod memory;
mod wakeups;
