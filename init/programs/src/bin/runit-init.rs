//! `init` and `telinit`: starts process 1, and asks it for things.
#![no_main]
runit_sys::entry!(runit::runit_init::main);
