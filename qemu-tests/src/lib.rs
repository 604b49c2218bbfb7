//! Starts real kernels in QEMU with runit-rs as process 1, and talks to them. A test of a boot
//! is ten lines: make a [`Guest`], start it, type and expect on its console.
//!
//! - [`guest`]: what is in a guest and how it is started; begin here
//! - [`debian`]: guests with a real Debian, on which our packages are installed
//! - [`administrator`]: what is done there, in an administrator's words
//! - [`machine`]: a running machine: console, keyboard, how it ended
//! - [`image`]: the file trees of the two guests, and images of them
//! - [`console`], [`qmp`]: the two lines to QEMU
//! - [`tree`], [`cpio`], [`disk`], [`modules`]: from a list of files to a root file system
//! - [`ends`]: the guests of the bench of the way down
//! - [`accel`], [`places`]: KVM or not; where things are on our machine

#![forbid(unsafe_code)]

pub mod accel;
pub mod administrator;
pub mod console;
pub mod cpio;
pub mod debian;
pub mod disk;
pub mod ends;
pub mod guest;
pub mod image;
pub mod machine;
pub mod modules;
pub mod places;
pub mod qmp;
pub mod tree;

pub use debian::Debian;
pub use guest::Guest;
pub use machine::Machine;
pub use qmp::End;
