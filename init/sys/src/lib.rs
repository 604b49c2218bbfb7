//! The system floor of runit: every system call, all unsafe code, everything that differs by OS.
//!
//! One kernel interface per file, each as a small type or function that cannot be misused; what to
//! do with them is decided above. `cfg(target_os)` stands only in [`platform`].

pub mod child;
pub mod clock;
pub mod console;
pub mod crash;
pub mod dir;
pub mod entry;
pub mod environment;
pub mod error;
pub mod fd;
pub mod fifo;
pub mod file;
pub mod folder;
pub mod heap_seal;
pub mod image;
pub mod input;
pub mod limit;
pub mod link;
pub mod localtime;
pub mod lock;
pub mod pipe;
pub mod platform;
pub mod poll;
pub mod random;
pub mod reap;
pub mod reboot;
pub mod reexec;
pub mod say;
pub mod signal;
pub mod slot;
pub mod spawn;
pub mod timer;
pub mod title;
pub mod udp;
pub mod user;
pub mod utmp;
pub mod wall;
pub mod watch;

pub use error::{Errno, reason};
pub use rustix::process::Pid;
