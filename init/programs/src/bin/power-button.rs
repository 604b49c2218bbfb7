//! `power-button`: acts when a button of the machine is pressed.
#![no_main]
runit_sys::entry!(runit::power_button::main);
