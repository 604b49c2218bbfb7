//! pause: does nothing until it is told to end. The process of a service that has none.
//!
//! It must never wake up while nobody asks it to.

use runit_sys::entry::Args;
use runit_sys::poll;
use runit_sys::signal::{self, Arrived, Number};

/// `pause`: sleeps until TERM, INT or HUP and then exits 0, whatever arguments it is given.
pub fn main(_args: Args) -> i32 {
    let end = [Number::TERM, Number::INT, Number::HUP];
    signal::unblock_all();
    signal::listen(&end);
    loop {
        // Only a signal ends the wait, and only those that are listened to end the loop.
        if poll::wait(&[], None).is_err() {
            return runit_core::exit::FATAL;
        }
        let arrived = Arrived::take();
        if end.iter().any(|&signal| arrived.has(signal)) {
            return 0;
        }
    }
}
