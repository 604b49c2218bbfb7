//! Waits until services are as they are wanted, and shows whom it waits for.
//!
//! A service that came up counts when it has run for a second: one that fails at once is started
//! again each second and would be found running now and then. It never changes anything.

use crate::progress::Progress;
use crate::supervised::{Seen, Service};
use crate::sv::check::Check;
use runit_core::clock::Mono;
use runit_core::status::{State, Status, Want};
use runit_sys::signal::{Arrived, Number};
use runit_sys::{child, clock, poll, signal};
use std::os::fd::OwnedFd;

/// Milliseconds between looks.
const LOOK_MS: u64 = 50;
/// Milliseconds a service must have run, in our own sight.
const RUN_FOR_MS: u64 = 1000;
/// Or seconds by its record, where two stand for more than one: they are counted by the clock's
/// turns of the second.
const RUN_FOR: u64 = 2;
/// Milliseconds before anything is said.
const SILENT_MS: u64 = 1000;

/// How a service is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Running, and its `check` agrees; down where it is normally down, or was told to be.
    Up,
    /// Down, its runsv still there.
    Down,
    /// Without a runsv.
    Gone,
}

/// A service that is waited for.
#[derive(Debug)]
pub struct Item<'a> {
    /// Which.
    pub service: &'a Service,
    /// How it is to be.
    pub wish: Wish,
    check: Check,
    /// The process that was running when looked at last, and since when it was seen.
    seen: Option<(u32, Mono)>,
}

impl<'a> Item<'a> {
    /// Not looked at yet.
    #[must_use]
    pub fn new(service: &'a Service, wish: Wish) -> Item<'a> {
        Item {
            service,
            wish,
            check: Check::Unasked,
            seen: None,
        }
    }

    fn reached(&mut self, origin: &OwnedFd) -> bool {
        let seen = self.service.look(origin);
        match (self.wish, seen) {
            (Wish::Gone | Wish::Down, Seen::Alone) => true,
            (Wish::Down, Seen::Supervised(Some(status))) => {
                status.state == State::Down && status.want != Want::Up
            }
            (Wish::Up, Seen::Supervised(Some(status))) => self.is_up(&status, origin),
            _ => false,
        }
    }

    fn is_up(&mut self, status: &Status, origin: &OwnedFd) -> bool {
        if status.want != Want::Up {
            return status.state == State::Down;
        }
        if !self.has_run(status) {
            self.check = match self.check {
                asked @ Check::Asked(_) => asked,
                _ => Check::Unasked,
            };
            return false;
        }
        let check = &mut self.check;
        let name = self.service.name.to_bytes();
        self.service.inside(origin, || check.agrees(name)) == Some(true)
    }

    /// It runs for some time already, whatever happens to the clock.
    fn has_run(&mut self, status: &Status) -> bool {
        let now = clock::mono();
        let pid = match (status.state, status.pid) {
            (State::Run, Some(pid)) => pid,
            _ => {
                self.seen = None;
                return false;
            }
        };
        let since = match self.seen {
            Some((same, since)) if same == pid => since,
            _ => now,
        };
        self.seen = Some((pid, since));
        now >= since.plus_ms(RUN_FOR_MS) || status.since.seconds_until(clock::wall()) >= RUN_FOR
    }
}

/// How the waiting ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// All are as wanted.
    Reached,
    /// The time was over; those left are not.
    Late,
    /// INT or TERM.
    Interrupted,
    /// Something else is wanted by now.
    Overtaken,
}

/// From now on INT and TERM end the waiting, and a terminal that goes away does not.
pub fn listen() {
    signal::listen(&[Number::CHLD, Number::INT, Number::TERM]);
    signal::ignore(Number::HUP);
}

/// Waits; takes those that are as wanted from the list.
pub fn settle(
    items: &mut Vec<Item<'_>>,
    prefix: &str,
    seconds: u64,
    origin: &OwnedFd,
    overtaken: impl Fn() -> bool,
) -> End {
    let all = items.len();
    let until = clock::mono().plus_ms(seconds.saturating_mul(1000));
    let mut progress = Progress::after(SILENT_MS);
    loop {
        let arrived = Arrived::take();
        if arrived.has(Number::INT) || arrived.has(Number::TERM) {
            items.iter().for_each(|item| item.check.give_up());
            return End::Interrupted;
        }
        if overtaken() {
            items.iter().for_each(|item| item.check.give_up());
            return End::Overtaken;
        }
        while let Some((pid, exit)) = child::reap() {
            items
                .iter_mut()
                .for_each(|item| item.check.ended(pid, exit));
        }
        items.retain_mut(|item| !item.reached(origin));
        let now = clock::mono();
        let Some(first) = items.first() else {
            return End::Reached;
        };
        if now >= until {
            items.iter().for_each(|item| item.check.give_up());
            return End::Late;
        }
        progress.show(|| line(prefix, first, items.len(), all, until, origin));
        let next = now.plus_ms(LOOK_MS).min(until);
        let _ = poll::wait(&[], Some(next));
    }
}

fn line(
    prefix: &str,
    item: &Item<'_>,
    left: usize,
    all: usize,
    until: Mono,
    origin: &OwnedFd,
) -> String {
    let pid = match item.service.look(origin) {
        Seen::Supervised(Some(status)) => status.pid.map(|pid| format!(" (pid {pid})")),
        _ => None,
    };
    let goal = match item.wish {
        Wish::Up => "be up",
        Wish::Down | Wish::Gone => "stop",
    };
    format!(
        "runsvchdir: {prefix}: waiting for {}{} to {goal}, {left} of {all} left, {} s",
        item.service.text(),
        pid.unwrap_or_default(),
        until.ms_after(clock::mono()).div_ceil(1000)
    )
}
