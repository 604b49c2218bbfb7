//! runsv: one service, its logger, and what the control FIFO makes of them.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod children;
mod control;
mod exit;
mod files;
mod finish;
mod hooks;
mod logger;
mod restart;
mod usage;
