//! Process 1.
#![no_main]
runit_sys::entry!(runit::runit::main);
