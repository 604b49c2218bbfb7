//! The programs.

pub mod cli;
pub mod pause;
pub mod runsvchdir;
