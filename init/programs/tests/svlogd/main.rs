//! svlogd: lines into log directories. The same tests drive Debian's C program and ours.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod config;
mod decisions;
mod full;
mod killed;
mod labels;
mod lines;
mod logs;
mod patterns;
mod processor;
mod pruning;
mod rotation;
mod signals;
mod torture;
mod udp;
mod under_runsv;
mod usage;
