//! All programs in one file, told apart by the name they are called by.
#![no_main]
runit_sys::entry!(runit::runit_rs::main);
