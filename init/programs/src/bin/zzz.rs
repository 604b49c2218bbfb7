//! `zzz`: puts the machine to sleep.
#![no_main]
runit_sys::entry!(runit::zzz::main);
