//! Logs a line out of utmp and wtmp.
#![no_main]
runit_sys::entry!(runit::utmpset::main);
