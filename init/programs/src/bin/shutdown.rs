//! `shutdown`: ends the system at a time, and tells everybody before.
#![no_main]
runit_sys::entry!(runit::shutdown::main);
