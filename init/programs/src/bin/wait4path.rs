//! Waits until paths exist.
#![no_main]
runit_sys::entry!(runit::wait4path::main);
