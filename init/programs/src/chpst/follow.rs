//! Staying while the program runs: `-F` follows one that goes into the background, `-I` gives it
//! process ids and mounts of its own with us as process 1.
//!
//! Two processes stay. The outer one is what the supervisor sees: it passes signals on and ends as
//! the program ended. The inner one makes the change, starts the program and takes in its orphans.
//! When the outer one is killed, the inner one notices and kills everything, so that the next
//! start does not meet an old daemon.

use super::VOICE;
use super::apply;
use super::change::Change;
use runit_core::clock::Mono;
use runit_core::exit::{self, Exit};
use runit_core::follow::{Follow, Next};
use runit_core::limit::{Limit, Resource};
use runit_sys::entry::Args;
use runit_sys::platform::{self, Reaper};
use runit_sys::signal::{self, Arrived, Number};
use runit_sys::{Pid, child, clock, fd, limit, pipe, poll, spawn};
use std::os::fd::AsFd;

/// Signals that are passed on to the program.
const PASSED_ON: [Number; 8] = [
    Number::ALRM,
    Number::CONT,
    Number::HUP,
    Number::INT,
    Number::QUIT,
    Number::TERM,
    Number::USR1,
    Number::USR2,
];
/// Those of them that end a program which does not know them.
const ENDING: [Number; 4] = [Number::HUP, Number::INT, Number::QUIT, Number::TERM];
/// How long what a dead daemon leaves behind may take to end by itself, in milliseconds.
const LEFT_OVER_MS: u64 = 2_000;
/// What the inner process says when the program was started.
const STARTED: u8 = b's';

/// Stays until the program ended; gives the exit code, or ends by the signal that ended it.
pub fn run(change: &Change, args: &Args) -> i32 {
    if change.isolate {
        if !platform::CAN_ISOLATE {
            return VOICE.fatal(&[b"-I is not available on this system"]);
        }
        if let Err(e) = platform::isolate_children() {
            return VOICE.fatal_because(&[b"unable to isolate"], e);
        }
    }
    // While `life` is open the inner process knows that we live; `news` is what it tells.
    let (Ok((life, alive)), Ok((news, told))) = (pipe::pipe(), pipe::pipe()) else {
        return VOICE.fatal(&[b"unable to create pipe"]);
    };
    listen();
    let mut kept = Some((alive, news));
    let forked = spawn::fork(|| {
        drop(kept.take());
        inner(change, args, &life, &told)
    });
    let Some((_alive, news)) = kept else {
        return exit::FATAL;
    };
    drop((life, told));
    match forked {
        Ok(inner) => end_like(watch(inner, &news)),
        Err(e) => VOICE.fatal_because(&[b"unable to fork"], e),
    }
}

/// What is ignored stays ignored, by the program as well.
fn listen() {
    for signal in PASSED_ON {
        if !signal::is_ignored(signal) {
            signal::listen(&[signal]);
        }
    }
    signal::listen(&[Number::CHLD]);
}

/// The outer process: passes signals on until the inner one ended.
fn watch(inner: Pid, news: &fd::Owned) -> Exit {
    let mut heard = Vec::with_capacity(8);
    let mut open = true;
    loop {
        let ready = poll::wait(&[open.then(|| news.as_fd())], None).unwrap_or_default();
        if ready.has(0) {
            open = hear(news, &mut heard);
        }
        let arrived = Arrived::take();
        for signal in PASSED_ON.into_iter().filter(|&s| arrived.has(s)) {
            if !heard.contains(&STARTED) && ENDING.contains(&signal) {
                // It may be waiting for a lock, and as process 1 of its own it would not end.
                let _ = signal::send(inner, Number::KILL);
                let _ = child::wait_for(inner);
                return Exit::by_signal(signal.raw() as u8);
            }
            let _ = signal::send(inner, signal);
        }
        if let Some((_, end)) = child::reap() {
            // The last news may have come with the end.
            while open && hear(news, &mut heard) {}
            return heard.get(1..5).map_or(end, told_exit);
        }
    }
}

/// Reads what was told; `false` when no more can come.
fn hear(news: &fd::Owned, heard: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 8];
    match fd::read(news, &mut buffer) {
        Ok(0) | Err(_) => false,
        Ok(n) => {
            heard.extend_from_slice(&buffer[..n]);
            true
        }
    }
}

fn told_exit(bytes: &[u8]) -> Exit {
    Exit(bytes.iter().rev().fold(0, |n, &b| n << 8 | i32::from(b)))
}

/// Ends as the program did: with its code, or by its signal, but without a second core file.
fn end_like(exit: Exit) -> i32 {
    let Some(signal) = exit.signal() else {
        return i32::from(exit.code().unwrap_or(exit::FATAL as u8));
    };
    let no_core = Limit::Soft(0).applied_to(limit::get(Resource::Core));
    let _ = limit::set(Resource::Core, no_core);
    signal::die_of(signal);
    128 + i32::from(signal)
}

/// The inner process: makes the change, starts the program and stays with it.
fn inner(change: &Change, args: &Args, life: &fd::Owned, told: &fd::Owned) -> i32 {
    if change.isolate {
        if let Err(e) = platform::isolate_mounts() {
            return VOICE.fatal_because(&[b"unable to isolate"], e);
        }
    }
    let reaper = match Reaper::new() {
        Ok(reaper) => reaper,
        Err(e) => return VOICE.fatal_because(&[b"unable to follow: /proc"], e),
    };
    let ready = match apply::prepare(change) {
        Ok(ready) => ready,
        Err(code) => return code,
    };
    // Nobody wants the program any more.
    if poll::wait(&[Some(life.as_fd())], Some(Mono(0))).is_ok_and(|ready| ready.has(0)) {
        return exit::FATAL;
    }
    let program = spawn::fork(|| {
        if change.session {
            let _ = spawn::new_session();
        }
        signal::hand_over_clean();
        apply::become_program(change, &ready, args)
    });
    let program = match program {
        Ok(program) => program,
        Err(e) => return VOICE.fatal_because(&[b"unable to fork"], e),
    };
    let _ = fd::write_all(told, &[STARTED]);
    let follow = Follow::new(child::number(program), change.follow);
    match stay(follow, &reaper, life) {
        Some(end) => {
            let _ = fd::write_all(told, &end.0.to_le_bytes());
            if !change.isolate {
                clear_up(&reaper, life, Some(clock::mono().plus_ms(LEFT_OVER_MS)));
            }
            0
        }
        None => {
            // As process 1 of its own, ending is enough.
            if !change.isolate {
                clear_up(&reaper, life, None);
            }
            exit::FATAL
        }
    }
}

/// Passes signals on and takes in orphans until it is over; `None` when the outer process is gone.
fn stay(mut follow: Follow, reaper: &Reaper, life: &fd::Owned) -> Option<Exit> {
    let mut stopping = false;
    loop {
        let arrived = Arrived::take();
        for signal in PASSED_ON.into_iter().filter(|&s| arrived.has(s)) {
            stopping |= signal == Number::TERM;
            pass_on(&follow, signal);
        }
        while let Some((pid, exit)) = child::reap() {
            let mut next = follow.ended(pid, exit);
            if next == Next::Look {
                next = follow.left(reaper.children().ok()?.first().copied());
            }
            match next {
                Next::Over(exit) => return Some(exit),
                // Whoever takes over has not heard that it is to end.
                Next::Adopted(_) if stopping => {
                    pass_on(&follow, Number::TERM);
                    pass_on(&follow, Number::CONT);
                }
                _ => {}
            }
        }
        let ready = poll::wait(&[Some(life.as_fd())], None).unwrap_or_default();
        if ready.has(0) {
            return None;
        }
    }
}

fn pass_on(follow: &Follow, signal: Number) {
    if let Some(leader) = follow.leader().and_then(child::pid) {
        let _ = signal::send(leader, signal);
    }
}

/// Ends what is left: asks until the deadline, if there is one, and then kills.
fn clear_up(reaper: &Reaper, life: &fd::Owned, patience: Option<Mono>) {
    let mut patience = patience;
    loop {
        while child::reap().is_some() {}
        let Ok(left) = reaper.children() else { return };
        if left.is_empty() {
            return;
        }
        let now = clock::mono();
        patience = patience.filter(|until| until.ms_after(now) > 0);
        for pid in left.into_iter().filter_map(child::pid) {
            match patience {
                Some(_) => {
                    let _ = signal::send(pid, Number::TERM);
                    let _ = signal::send(pid, Number::CONT);
                }
                None => {
                    let _ = signal::send(pid, Number::KILL);
                }
            }
        }
        // Orphans of those that end come to us with the next look.
        let until = patience.unwrap_or(now.plus_ms(50));
        let ready = poll::wait(&[Some(life.as_fd())], Some(until)).unwrap_or_default();
        if ready.has(0) {
            patience = None;
        }
        let _ = Arrived::take();
    }
}
