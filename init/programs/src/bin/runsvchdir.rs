//! Points runsvdir to another services directory.
#![no_main]
runit_sys::entry!(runit::runsvchdir::main);
