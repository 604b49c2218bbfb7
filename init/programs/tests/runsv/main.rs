//! runsv: one service, its logger, and what the control FIFO makes of them.

#[path = "../common/mod.rs"]
mod common;

mod usage;
