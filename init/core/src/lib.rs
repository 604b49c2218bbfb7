//! Formats and state machines of runit: pure, `no_std`, without allocation.
#![no_std]
#![forbid(unsafe_code)]
