//! Runs a program with a changed process state.
#![no_main]
runit_sys::entry!(runit::chpst::main);
