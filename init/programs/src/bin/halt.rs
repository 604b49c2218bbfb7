//! `halt`, `poweroff` and `reboot`: asks process 1 to end the system.
#![no_main]
runit_sys::entry!(runit::halt::main);
