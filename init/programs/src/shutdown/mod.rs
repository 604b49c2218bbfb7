//! shutdown: ends the system at a time, and tells everybody before.
//!
//! At once it is what halt and reboot are. Later, a process that is detached from the terminal
//! waits; every shell sees the one shutdown that is pending, and may cancel it. It must never end
//! the system twice, early, or after it was cancelled.

mod act;
mod options;
mod slot;
pub mod tell;
mod wait;

use crate::cli::Voice;
use crate::process_1;
use options::{Asked, Order};
use runit_core::exit;
use runit_core::line::Line;
use runit_core::pending::{self, Clock, Pending};
use runit_core::when::{self, When};
use runit_sys::entry::Args;
use runit_sys::{Errno, child, clock, localtime, say, signal};
use tell::News;
use wait::Moment;

const VOICE: Voice<'static> = Voice::new(b"shutdown");
/// Exit code of what could not be done since nothing, or something, is pending.
const NOT_SO: i32 = 1;

/// `shutdown [-akrhPHfFnc] [-t sec] [time] [message]`. Exit codes: 0; 1 after a usage error, when
/// one is pending already, and when `-c` or `--show` find none; 111 when it could not be done.
pub fn main(args: Args) -> i32 {
    match options::read(&args) {
        Asked::Work(order) => begin(&order),
        Asked::Cancel(message, wall) => cancel(&message, wall),
        Asked::Show => show(),
        Asked::Help => {
            say::output(&[b"usage: shutdown", options::USAGE]);
            0
        }
        Asked::Unknown => {
            VOICE.usage(options::USAGE);
            exit::USAGE
        }
        Asked::BadTime(text) => {
            say::error(&[b"shutdown: no time: '", &text, b"'"]);
            VOICE.usage(options::USAGE);
            exit::USAGE
        }
    }
}

fn begin(order: &Order) -> i32 {
    if let Err(code) = process_1::can_be_asked(VOICE) {
        return code;
    }
    let at = match order.when {
        When::In(0) => {
            if order.wall {
                tell::everybody(order.what, News::Now, &order.message);
            }
            return act::go_down(order, VOICE);
        }
        When::In(minutes) => Moment {
            clock: Clock::Boot,
            due: clock::since_boot() + u64::from(minutes) * 60,
        },
        When::At { hour, minute } => {
            localtime::read_rules();
            let now = clock::wall().unix_sec();
            let at = when::next(now, hour, minute, localtime::seconds_east);
            Moment {
                clock: Clock::Wall,
                due: u64::try_from(at).unwrap_or(0),
            }
        }
    };
    let place = match slot::take() {
        Ok(Some(place)) => place,
        Ok(None) => {
            say::error(&[b"shutdown: one is pending already; `shutdown -c` cancels it"]);
            return NOT_SO;
        }
        Err(error) => return unable(b"take", error),
    };
    if let Err(error) = wait::detach(order, at, place) {
        return unable(b"start", error);
    }
    let mut text = Line::<160>::new();
    text.push(b"shutdown: ");
    describe(&mut text, order.what, at);
    text.push(b"; `shutdown -c` cancels it");
    say::output(&[text.as_bytes()]);
    0
}

fn unable(what: &[u8], error: Errno) -> i32 {
    VOICE.fatal_because(&[b"unable to ", what, b" the pending shutdown"], error)
}

/// `reboot at 2026-11-20 14:34:00, in 5 min 0 s`
fn describe<const N: usize>(text: &mut Line<N>, what: pending::What, at: Moment) {
    let left = i64::try_from(at.left()).unwrap_or(i64::MAX);
    text.push(what.word()).push(b" at ");
    tell::push_time(text, at.on_the_wall(), true);
    text.push(b", in ").number(left / 60);
    text.push(b" min ").number(left % 60).push(b" s");
}

/// What is pending and who waits, if somebody does.
fn pending_now(file: &[u8]) -> Option<(Pending<'_>, Moment)> {
    let plan = pending::parse(file)?;
    let alive = child::pid(plan.pid).is_some_and(signal::is_there);
    let at = Moment {
        clock: plan.clock,
        due: plan.due,
    };
    alive.then_some((plan, at))
}

fn show() -> i32 {
    let file = slot::read().unwrap_or_default();
    let Some((plan, at)) = pending_now(&file) else {
        say::output(&[b"shutdown: none is pending"]);
        return NOT_SO;
    };
    let mut text = Line::<160>::new();
    describe(&mut text, plan.what, at);
    text.push(b" (pid ").number(plan.pid).push(b")");
    say::output(&[text.as_bytes()]);
    if !plan.message.is_empty() {
        say::output(&[plan.message]);
    }
    0
}

fn cancel(message: &[u8], wall: bool) -> i32 {
    match slot::take() {
        // With what a killed one has left, which is removed by now.
        Ok(Some(_)) => {
            say::error(&[b"shutdown: none is pending"]);
            return NOT_SO;
        }
        Ok(None) => {}
        Err(error) => return unable(b"cancel", error),
    }
    let file = slot::read().unwrap_or_default();
    match slot::decide() {
        Ok(true) => {}
        Ok(false) => {
            say::error(&[b"shutdown: too late, the system goes down"]);
            return NOT_SO;
        }
        Err(error) => return unable(b"cancel", error),
    }
    if let Err(error) = slot::wait_until_free() {
        return unable(b"end", error);
    }
    let Some(plan) = pending::parse(&file) else {
        return 0;
    };
    if wall && plan.wall {
        tell::everybody(plan.what, News::Cancelled, message);
    }
    say::output(&[b"shutdown: cancelled: ", plan.what.word()]);
    0
}
