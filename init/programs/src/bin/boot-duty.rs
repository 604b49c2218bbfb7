//! Work of the duties of stage 1, in one small process each.
#![no_main]
runit_sys::entry!(runit::boot_duty::main);
