//! sv: controls and reports services.
#![no_main]
runit_sys::entry!(runit::sv::main);
