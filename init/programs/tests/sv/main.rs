//! sv: what it sends, what it waits for, what it prints, and its exit codes.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod check;
mod commands;
mod fake;
mod live;
mod log;
mod lsb;
mod many;
mod older;
mod services;
mod status;
mod timeout;
mod usage;
