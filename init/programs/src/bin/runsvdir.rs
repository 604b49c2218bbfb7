//! runsvdir: keeps a runsv running for every entry of a directory.
#![no_main]
runit_sys::entry!(runit::runsvdir::main);
