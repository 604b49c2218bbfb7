//! Process 1, each test in a pid namespace of its own. Needs root.

#[path = "../common/mod.rs"]
mod common;

mod container;
mod crash;
mod endings;
mod halt;
mod init;
mod initctl;
mod other_init;
mod quiet;
mod requests;
mod runlevel;
mod sealed;
mod shutdown;
mod stages;
mod upgrade;

use common::machine;
