//! Has the kernel tell of all devices again.
#![no_main]
runit_sys::entry!(runit::coldplug::main);
