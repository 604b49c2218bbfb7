//! `sysv-rc`: runs the scripts of /etc/rcN.d that nothing else replaces.
#![no_main]
runit_sys::entry!(runit::sysv_rc::main);
