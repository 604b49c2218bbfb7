//! Waiting for the time, detached from the terminal that asked for it.
//!
//! Two processes: one waits, the other only watches that the first ends as it should; where it was
//! killed, the second lets people log in again and says that nothing is going to happen. Either may
//! be killed alone without a trace. The waiting one wakes up only when there is something to do: a
//! mark is reached, the clock is set, the file is gone.

use super::options::Order;
use super::tell::{self, News};
use super::{act, slot};
use crate::cli::Voice;
use runit_core::clock::Mono;
use runit_core::countdown::Countdown;
use runit_core::exit;
use runit_core::line::Line;
use runit_core::pending::{Clock, Pending, What};
use runit_sys::fd::Owned;
use runit_sys::signal::{self, Arrived, Number};
use runit_sys::timer::{Timer, Which};
use runit_sys::watch::{Interest, Watch};
use runit_sys::{Errno, child, clock, fd, file, lock, pipe, poll, spawn};

/// Milliseconds between two looks where nothing tells of a clock that is set.
const LOOK_MS: u64 = 10_000;

/// A moment on a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Which clock.
    pub clock: Clock,
    /// Seconds on it.
    pub due: u64,
}

impl Moment {
    /// Seconds until then; 0 when it is over.
    #[must_use]
    pub fn left(self) -> u64 {
        let now = match self.clock {
            Clock::Wall => u64::try_from(clock::wall().unix_sec()).unwrap_or(0),
            Clock::Boot => clock::since_boot(),
        };
        self.due.saturating_sub(now)
    }

    /// The same moment on the wall, as far as can be told now.
    #[must_use]
    pub fn on_the_wall(self) -> i64 {
        let left = i64::try_from(self.left()).unwrap_or(i64::MAX);
        match self.clock {
            Clock::Wall => i64::try_from(self.due).unwrap_or(i64::MAX),
            Clock::Boot => clock::wall().unix_sec().saturating_add(left),
        }
    }
}

/// Starts the two processes; comes back when the shutdown is known to all.
///
/// # Errors
/// They could not be started, or the file not be written.
pub fn detach(order: &Order, at: Moment, place: Owned) -> Result<(), Errno> {
    let (reader, writer) = pipe::pipe()?;
    // Our ends of both go with the closure; theirs is the same lock.
    spawn::fork(move || keep(order, at, &place, writer))?;
    let mut answer = [0; 1];
    match fd::read(&reader, &mut answer)? {
        0 => Err(Errno::IO),
        _ if answer[0] == 0 => Ok(()),
        _ => Err(Errno::from_raw_os_error(answer[0].into())),
    }
}

/// The watching process.
fn keep(order: &Order, at: Moment, place: &Owned, ready: Owned) -> i32 {
    if let Err(error) = leave_terminal() {
        answer(&ready, Some(error));
        return exit::FATAL;
    }
    let code = match spawn::fork(|| wait(order, at, &ready)) {
        Ok(pid) => {
            drop(ready);
            child::wait_for(pid).map_or(exit::FATAL, |exit| i32::from(!exit.success()))
        }
        Err(error) => {
            answer(&ready, Some(error));
            exit::FATAL
        }
    };
    if code != 0 {
        // Nobody waits any more: all is as if it had never been asked for.
        let stood = slot::stands();
        slot::clean();
        if stood && order.wall {
            tell::everybody(order.what, News::Failed, &[]);
        }
    }
    let _ = lock::release(place);
    code
}

fn leave_terminal() -> Result<(), Errno> {
    signal::ignore(Number::HUP);
    // Refused to a leader of a group, which a child just forked is not.
    spawn::new_session()?;
    let null = fd::open_null()?;
    for n in 0..3 {
        fd::duplicate_to(&null, n)?;
    }
    file::chdir(c"/")
}

/// One byte: 0 or the number of the reason.
fn answer(ready: &Owned, error: Option<Errno>) {
    let reason = error.map_or(0, |error| {
        u8::try_from(error.raw_os_error()).unwrap_or(u8::MAX)
    });
    let _ = fd::write_all(ready, &[reason]);
}

/// The waiting process. 0: it ended as it should, and left nothing behind that it should not.
fn wait(order: &Order, at: Moment, ready: &Owned) -> i32 {
    let end = [Number::TERM, Number::INT, Number::QUIT];
    signal::listen(&end);
    // Those who tell people are taken away by the kernel.
    signal::ignore(Number::CHLD);
    let prepared = prepare(order, at);
    answer(ready, prepared.as_ref().err().copied());
    let Ok((watch, timer)) = prepared else {
        return exit::FATAL;
    };
    let mut countdown = Countdown::default();
    let mut refusing = false;
    loop {
        let arrived = Arrived::take();
        if end.iter().any(|&signal| arrived.has(signal)) || !slot::stands() {
            slot::clean();
            return 0;
        }
        let left = at.left();
        let due = countdown.look(left);
        if due.go {
            return go(order);
        }
        let refuse = due.no_login && order.what != What::OnlyTell;
        if refuse != refusing {
            refusing = refuse;
            if refuse {
                slot::refuse_logins(no_login_text(order, at).as_bytes());
            } else {
                slot::allow_logins();
            }
        }
        if let Some(minutes) = due.tell.filter(|_| order.wall) {
            tell::everybody(order.what, News::In(minutes), &order.message);
        }
        let next = i64::try_from(at.due.saturating_sub(due.next)).unwrap_or(i64::MAX);
        if timer.set(next).is_err() {
            return exit::FATAL;
        }
        let look = timer.fd().is_none().then(|| look_again(left - due.next));
        if poll::wait(&[Some(watch.fd()), timer.fd()], look).is_err() {
            return exit::FATAL;
        }
        watch.drain();
        timer.drain();
    }
}

fn look_again(seconds: u64) -> Mono {
    clock::mono().plus_ms(LOOK_MS.min(seconds.saturating_mul(1000)))
}

fn prepare(order: &Order, at: Moment) -> Result<(Watch, Timer), Errno> {
    let timer = Timer::new(match at.clock {
        Clock::Wall => Which::Wall,
        Clock::Boot => Which::Boot,
    })?;
    let watch = Watch::new()?;
    watch.add(slot::DIR, Interest::Entries)?;
    slot::put(&Pending {
        pid: child::own(),
        what: order.what,
        clock: at.clock,
        due: at.due,
        wall: order.wall,
        message: &order.message,
    })?;
    Ok((watch, timer))
}

fn no_login_text(order: &Order, at: Moment) -> Line<600> {
    let mut text = Line::new();
    text.push(b"the system goes down (").push(order.what.word());
    text.push(b") at ");
    tell::push_time(&mut text, at.on_the_wall(), true);
    if !order.message.is_empty() {
        text.push(b": ").push(&order.message);
    }
    text
}

/// It is time, unless somebody cancels it this very moment.
fn go(order: &Order) -> i32 {
    if !matches!(slot::decide(), Ok(true)) {
        slot::clean();
        return 0;
    }
    if order.wall {
        tell::everybody(order.what, News::Now, &order.message);
    }
    if act::go_down(order, Voice::new(b"shutdown")) != 0 {
        slot::clean();
        if order.wall {
            tell::everybody(order.what, News::Failed, &[]);
        }
    }
    slot::forget_old_no_login();
    0
}
