//! `initctld`: answers the FIFO of sysvinit.
#![no_main]
runit_sys::entry!(runit::initctld::main);
