//! svtai: makes the TAI64N labels of log lines readable.
#![no_main]
runit_sys::entry!(runit::svtai::main);
