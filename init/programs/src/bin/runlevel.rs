//! `runlevel`: the runlevel before, and the one now.
#![no_main]
runit_sys::entry!(runit::runlevel::main);
