//! Feeds the kernel the random seed of the last time.
#![no_main]
runit_sys::entry!(runit::seedrng::main);
