//! Formats and state machines of runit: the floor on which all programs stand.
//!
//! Everything here is pure: it decides, others act. No allocation, no I/O, no clock of its own,
//! no unsafe code; the compiler keeps that promise (`no_std`, no `alloc`).
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

/// How many cases a property test tries: `usual`, unless `PROPTEST_CASES` says otherwise.
#[cfg(test)]
fn cases(usual: u32) -> proptest::test_runner::Config {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = proptest::test_runner::Config::default();
    proptest::test_runner::Config {
        cases: if asked { default.cases } else { usual },
        failure_persistence: None,
        ..default
    }
}

pub mod alias;
pub mod clock;
pub mod control;
pub mod countdown;
pub mod decimal;
pub mod envdir;
pub mod exit;
pub mod follow;
pub mod fstab;
pub mod goal;
pub mod hook;
pub mod initctl;
pub mod key;
pub mod layout;
pub mod limit;
pub mod line;
pub mod list;
pub mod log_clean;
pub mod log_config;
pub mod log_cut;
pub mod log_journal;
pub mod log_keep;
pub mod log_label;
pub mod log_pattern;
pub mod log_processor;
pub mod log_reader;
pub mod log_render;
pub mod lsb;
pub mod options;
pub mod order;
pub mod pair;
pub mod passwd;
pub mod pending;
pub mod power;
pub mod resume;
pub mod scan;
pub mod service;
pub mod sleep;
pub mod stage;
pub mod status;
pub mod stop;
pub mod tai;
pub mod user_spec;
pub mod utmp;
pub mod when;
