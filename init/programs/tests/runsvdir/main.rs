//! runsvdir: a runsv for every entry of a directory, as the directory changes.

#[path = "../common/mod.rs"]
mod common;

mod entries;
mod many;
mod place;
mod restart;
mod signals;
mod title_log;
mod tree;
mod usage;
