//! The programs of runit-rs, one module each; `src/bin/NAME.rs` is only the door.
#![forbid(unsafe_code)]

pub mod boot_duty;
pub mod chpst;
pub mod cli;
pub mod coldplug;
pub mod halt;
pub mod initctld;
pub mod level;
pub mod pause;
pub mod power_button;
pub mod process_1;
pub mod progress;
pub mod runit;
pub mod runit_init;
pub mod runit_rs;
pub mod runlevel;
pub mod runsv;
pub mod runsvchdir;
pub mod runsvdir;
pub mod runsvstop;
pub mod seedrng;
pub mod shutdown;
pub mod supervised;
pub mod sv;
pub mod svlogd;
pub mod svtai;
pub mod sysv_rc;
pub mod utmpset;
pub mod wait4path;
pub mod zzz;
