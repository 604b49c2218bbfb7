//! svlogd: writes its input into log directories that rotate by themselves.
#![no_main]
runit_sys::entry!(runit::svlogd::main);
