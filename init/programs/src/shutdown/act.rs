//! The moment itself: settings for the way down and the next boot, the flags, and process 1.

use super::options::{Checks, Order};
use crate::cli::Voice;
use crate::process_1;
use runit_core::line::Line;
use runit_core::pending::What;
use runit_sys::{dir, fd, file};
use std::ffi::CStr;

/// Read by the duty that ends what runs beside the services.
const KILL_WAIT: &CStr = c"/run/runit/kill-wait";
/// There: file systems are not checked at the next boot, or all are; it removes them.
const NO_CHECKS: &CStr = c"/fastboot";
const ALL_CHECKS: &CStr = c"/forcefsck";

/// Has the system go down as ordered. Gives the exit code.
pub fn go_down(order: &Order, voice: Voice<'_>) -> i32 {
    let What::End(ending) = order.what else {
        return 0;
    };
    leave_word(order, voice);
    process_1::end(ending, voice)
}

/// None of this keeps the system from going down.
fn leave_word(order: &Order, voice: Voice<'_>) {
    if let Some(seconds) = order.kill_wait {
        let mut text = Line::<24>::new();
        text.number(i64::try_from(seconds).unwrap_or(i64::MAX));
        text.push(b"\n");
        let made = dir::make(super::slot::DIR).and_then(|()| file::create(KILL_WAIT));
        let written = made.and_then(|file| fd::write_all(&file, text.as_bytes()));
        complain(KILL_WAIT, written, voice);
    }
    match order.checks {
        Some(Checks::None) => complain(NO_CHECKS, file::create(NO_CHECKS).map(drop), voice),
        Some(Checks::All) => complain(ALL_CHECKS, file::create(ALL_CHECKS).map(drop), voice),
        None => {}
    }
}

fn complain(path: &CStr, done: Result<(), runit_sys::Errno>, voice: Voice<'_>) {
    if let Err(error) = done {
        voice.warning_because(&[b"unable to write ", path.to_bytes()], error);
    }
}
