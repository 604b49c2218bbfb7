//! runsvchdir: the links, the options that look, wait, and order, and the switch that undoes itself.

#[path = "../common/mod.rs"]
mod common;

mod confirm;
mod links;
mod look;
mod order;
mod tree;
