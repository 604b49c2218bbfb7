//! runsv: starts a service and its logger, watches both, and obeys the control FIFOs.
//!
//! The story: set up the service directory, then for ever wait for a child, a command, a signal
//! or a deadline, hand it to `core::pair`, and do what that answers. It never sleeps, never waits
//! for a script, and allocates nothing after set-up.

mod act;
mod record;
mod setup;

use crate::cli::Voice;
use act::Runsv;
use runit_core::control::Command;
use runit_core::exit;
use runit_core::pair::PairEvent;
use runit_core::service::{Event, Side};
use runit_sys::entry::Args;
use runit_sys::poll::Ready;
use runit_sys::signal::{Arrived, Number};
use runit_sys::{child, heap_seal, poll, signal};

/// Where the control FIFOs stand in the list given to poll.
const SERVICE_CONTROL: usize = 0;
const LOG_CONTROL: usize = 1;

/// `runsv dir`; exits 1 on a usage error, 111 when it cannot supervise, 0 when told to exit.
pub fn main(args: Args) -> i32 {
    let (Some(dir), 2) = (args.get(1), args.len()) else {
        let name = args.get(0).map_or(&b"runsv"[..], |name| name.to_bytes());
        Voice::new(name).usage(b" dir");
        return exit::USAGE;
    };
    signal::listen(&[Number::CHLD, Number::TERM]);
    // When the system goes down runsvdir, which reads what we say, is gone before us. A warning must
    // not end us then and leave the service without anybody.
    signal::block(&[Number::PIPE]);
    match &mut setup::open(dir) {
        Ok(Some(runsv)) => {
            heap_seal::close();
            runsv.begin();
            supervise(runsv)
        }
        Ok(None) => 0,
        Err(code) => *code,
    }
}

fn supervise(runsv: &mut Runsv) -> i32 {
    runsv.handle(PairEvent::Both(Event::Wake));
    while !runsv.may_quit() {
        // poll fails only when the kernel is out of memory; the next round tries again.
        let ready = poll::wait(&runsv.controls(), runsv.deadline()).unwrap_or_default();
        let arrived = Arrived::take();
        if arrived.has(Number::CHLD) {
            while let Some((pid, exit)) = child::reap() {
                runsv.child_ended(pid, exit);
            }
        }
        if arrived.has(Number::TERM) {
            runsv.handle(PairEvent::Only(
                Side::Service,
                Event::Command(Command::Exit),
            ));
        }
        obey(runsv, ready);
        runsv.handle(PairEvent::Both(Event::Wake));
    }
    0
}

/// Reads the control FIFOs empty and hands every command on.
fn obey(runsv: &mut Runsv, ready: Ready) {
    for (position, side) in [(SERVICE_CONTROL, Side::Service), (LOG_CONTROL, Side::Log)] {
        if !ready.has(position) {
            continue;
        }
        let mut bytes = [0u8; 64];
        let len = runsv.read_control(side, &mut bytes);
        for command in bytes[..len]
            .iter()
            .filter_map(|&byte| Command::from_byte(byte))
        {
            runsv.handle(PairEvent::Only(side, Event::Command(command)));
        }
    }
}
