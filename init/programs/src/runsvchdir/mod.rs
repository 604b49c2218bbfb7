//! runsvchdir: points `current`, and with it the running runsvdir, to another services directory.
//!
//! The story: find the level, wait for our turn, start the guard that would undo it, switch in the
//! order that was asked for, wait for the services. Without options it is the original.

mod confirm;
mod links;
mod list;
mod options;
mod order;
mod plan;
mod settle;
mod turn;

use crate::cli::Voice;
use crate::runlevel;
use crate::supervised::{Seen, Service, services_of};
use crate::sv::report::Report;
use links::Wanted;
use options::{Manner, Mistake, Order, Task};
use plan::Plan;
use runit_core::{alias, exit};
use runit_sys::entry::Args;
use runit_sys::{clock, dir, fd, say};
use settle::{End, Item, Wish, settle};
use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;
use turn::Turn;

/// Most services that are not as wanted, as an exit code tells them.
const MOST_LEFT: usize = 99;

/// `runsvchdir level`: 0, 1 after a usage error, 111 when it could not be done; with `-w` the number
/// of services that are not as wanted.
pub fn main(args: Args) -> i32 {
    let voice = Voice::new(args.get(0).map_or(b"runsvchdir", CStr::to_bytes));
    let done = match options::read(&args) {
        Ok(Task::Switch(level, manner)) => switch(level, manner, voice),
        Ok(Task::Plan(level)) => plan::show(level, voice),
        Ok(Task::List) => list::show(voice),
        Ok(Task::Confirm) => confirm::say_yes(voice),
        Err(Mistake::Nothing) => {
            voice.usage(b" dir");
            Err(exit::USAGE)
        }
        Err(Mistake::Option) => {
            voice.usage(options::USAGE);
            Err(exit::USAGE)
        }
    };
    done.unwrap_or_else(|code| code)
}

fn switch(level: &CStr, manner: Manner, voice: Voice) -> Result<i32, i32> {
    let wanted = links::find(level, voice)?;
    let mut turn = Turn::take(voice)?;
    let origin = fd::open_dir(c".").map_err(|e| voice.fatal_because(&[b"unable to open: ."], e))?;
    let leaving = if links::is_current(&wanted) {
        // After a boot this is the first to be known of it.
        runlevel::note();
        tell(&wanted, b": current.");
        Vec::new()
    } else {
        let plan = match (manner.order, manner.wait) {
            (Order::AtOnce, None) => Plan::default(),
            _ => Plan::of(&wanted, voice)?,
        };
        carry_out(&wanted, &plan, manner, &mut turn, &origin, voice)?;
        tell(&wanted, b": now current.");
        if let Some(seconds) = manner.confirm {
            let line = format!(": confirm with `runsvchdir --yes` within {seconds} s.");
            tell(&wanted, line.as_bytes());
        }
        plan.stop
    };
    drop(turn);
    match manner.wait {
        Some(seconds) => wait(&wanted, leaving, seconds, &origin, voice),
        None => Ok(0),
    }
}

fn carry_out(
    wanted: &Wanted,
    plan: &Plan,
    manner: Manner,
    turn: &mut Turn,
    origin: &OwnedFd,
    voice: Voice,
) -> Result<(), i32> {
    let guard = match manner.confirm {
        Some(seconds) => Some(confirm::start(wanted, seconds, turn, voice)?),
        None => None,
    };
    let seconds = manner.wait.unwrap_or(options::WAIT);
    if manner.order != Order::AtOnce {
        settle::listen();
    }
    let done = match manner.order {
        Order::AtOnce => links::make_current(wanted, voice),
        Order::StopFirst => order::stop_first(wanted, plan, seconds, origin, voice),
        Order::StartFirst => order::start_first(wanted, plan, seconds, origin, voice),
    };
    order::remove_both();
    match (&done, guard) {
        (Err(_), Some(guard)) => drop(confirm::end(&guard, voice)),
        // Whoever orders yet another level is not locked out.
        (Ok(()), None) => {
            if let Some(pending) = confirm::pending() {
                confirm::end(&pending, voice)?;
            }
        }
        _ => {}
    }
    done
}

/// Waits until every service of the level is up and all others are gone; gives how many are not.
fn wait(
    wanted: &Wanted,
    leaving: Vec<Service>,
    seconds: u64,
    origin: &OwnedFd,
    voice: Voice,
) -> Result<i32, i32> {
    let level = services_of(&wanted.name)
        .map_err(|e| voice.fatal_because(&[b"unable to read: ", wanted.name.to_bytes()], e))?;
    let others = others(&level, leaving);
    let up = level.iter().map(|s| Item::new(s, Wish::Up));
    let gone = others.iter().map(|s| Item::new(s, Wish::Gone));
    let mut items: Vec<_> = gone.chain(up).collect();
    settle::listen();
    let called = String::from_utf8_lossy(wanted.called.to_bytes()).into_owned();
    // Others may switch meanwhile: then nobody can say any more what this level waits for.
    let overtaken = || wanted.is_overtaken();
    let end = settle(&mut items, &called, seconds, origin, overtaken);
    if end == End::Overtaken {
        let now = links::current().unwrap_or_default();
        return Err(voice.fatal(&[
            b"another level was made current meanwhile: ",
            now.to_bytes(),
        ]));
    }
    let mut report = Report::default();
    for item in &items {
        report.push(match item.wish {
            Wish::Up => "not up: ",
            Wish::Down | Wish::Gone => "not down: ",
        });
        let name = item.service.name.to_bytes();
        let seen = item.service.look(origin);
        item.service.inside(origin, || match seen {
            Seen::Supervised(Some(status)) => drop(report.status(name, &status, clock::wall())),
            Seen::Alone => drop(report.push(name).push(": runsv not running")),
            _ => drop(report.push(name).push(": no status")),
        });
        report.end_line();
    }
    report.flush();
    match end {
        End::Interrupted => Err(voice.fatal(&[b"interrupted"])),
        End::Reached | End::Late | End::Overtaken => Ok(items.len().min(MOST_LEFT) as i32),
    }
}

/// Every service of any level that is not in this one: what is to be gone.
fn others(level: &[Service], leaving: Vec<Service>) -> Vec<Service> {
    let names = fd::open_dir(c".").and_then(|dir| dir::visible_names(&dir));
    let is_level = |name: &CString| alias::is_name(name.to_bytes());
    let everywhere = names.unwrap_or_default().into_iter().filter(is_level);
    let all = everywhere.flat_map(|name| services_of(&name).unwrap_or_default());
    let mut others: Vec<Service> = Vec::new();
    for service in leaving.into_iter().chain(all) {
        let known = |one: &Service| one.id == service.id;
        if !level.iter().any(known) && !others.iter().any(known) {
            others.push(service);
        }
    }
    others
}

fn tell(wanted: &Wanted, how: &[u8]) {
    say::output(&[b"runsvchdir: ", wanted.called.to_bytes(), how]);
}
