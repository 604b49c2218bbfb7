//! Takes all services down for good, each within its own time.
#![no_main]
runit_sys::entry!(runit::runsvstop::main);
