//! Sleeps until it is told to end.
#![no_main]
runit_sys::entry!(runit::pause::main);
