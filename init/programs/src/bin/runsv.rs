//! runsv: supervises one service and its logger.
#![no_main]
runit_sys::entry!(runit::runsv::main);
