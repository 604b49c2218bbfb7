//! The names sv had before it was one program: runsvctrl, runsvstat, svwaitup and svwaitdown.
//!
//! Scripts and books still use them. They take directories, not names; they tell troubles on
//! standard error and count them in the exit code (100 at most), where 111 means that the time was
//! over or that nothing could be done at all.

use super::target::{self, Target, Trouble};
use super::wait::Waiting;
use super::words::{self, Order};
use super::{number, report::Report};
use crate::cli::Voice;
use runit_core::exit;
use runit_core::goal::Goal;
use runit_core::layout;
use runit_core::options::{Opt, Options};
use runit_core::status::{State, Status};
use runit_sys::entry::Args;
use runit_sys::watch::{Interest, Watch};
use runit_sys::{clock, file, poll};
use std::ffi::CStr;
use std::os::fd::OwnedFd;

/// Most troubles an exit code tells.
const MOST: u32 = 100;
/// Seconds svwaitdown waits where nothing else is said.
const WAIT_DOWN: u64 = 600;
/// Seconds a service must have been up for svwaitup where nothing else is said.
const UP_FOR: u64 = 2;
/// Milliseconds between looks at a service that is down, beside being told.
const AGAIN_MS: u64 = 420;

/// One of the programs, by its name; `None` when the name is another.
#[must_use]
pub fn main(name: &'static [u8], args: &Args, origin: &OwnedFd) -> Option<i32> {
    let tool = Tool {
        voice: Voice::new(name),
        origin,
    };
    Some(match name {
        b"runsvctrl" => tool.control(args),
        b"runsvstat" => tool.status(args),
        b"svwaitup" => tool.wait_up(args),
        b"svwaitdown" => tool.wait_down(args),
        _ => return None,
    })
}

struct Tool<'a> {
    voice: Voice<'static>,
    origin: &'a OwnedFd,
}

impl Tool<'_> {
    fn usage(&self, text: &[u8]) -> i32 {
        self.voice.usage(text);
        exit::USAGE
    }

    /// Enters one directory after the other; gives the exit code for the troubles there were.
    fn each(
        &self,
        directories: Args,
        mut act: impl FnMut(&'static CStr) -> Result<(), Trouble>,
    ) -> i32 {
        let mut troubles = 0;
        for name in directories.iter() {
            let entered = Target::directory(name).enter(self.origin);
            if let Err(trouble) = entered.and_then(|()| act(name)) {
                self.tell(name, &trouble);
                troubles += 1;
            }
        }
        code(troubles)
    }

    fn tell(&self, name: &CStr, trouble: &Trouble) {
        let (what, why) = trouble.words();
        let text: [&[u8]; 3] = [name.to_bytes(), b": ", what.as_bytes()];
        match why {
            Some(why) => self.voice.warning_because(&text, why),
            None => self.voice.warning(&text),
        }
    }

    /// `runsvctrl command service ...`
    fn control(&self, args: &Args) -> i32 {
        let order = args
            .get(1)
            .and_then(|word| words::by_first_letter(*word.to_bytes().first()?));
        let (Some(Order::Control { send, .. }), true) = (order, args.len() > 2) else {
            return self.usage(b" u|d|o|x|p|c|h|a|i|q|1|2|t|k service ...");
        };
        self.each(args.skip(2), |_| target::send(send))
    }

    /// `runsvstat [-l] service ...`
    fn status(&self, args: &Args) -> i32 {
        const USAGE: &[u8] = b" [-l] service ...";
        let mut with_log = false;
        let mut options = Options::new(b"l", |n| args.get(n));
        for option in &mut options {
            match option {
                Opt::Flag(_) => with_log = true,
                _ => return self.usage(USAGE),
            }
        }
        let directories = args.skip(options.operands());
        if directories.is_empty() {
            return self.usage(USAGE);
        }
        let mut report = Report::default();
        let code = self.each(directories, |name| {
            describe(&mut report, name.to_bytes())?;
            if with_log && file::chdir(layout::LOG).is_ok() {
                describe(&mut report, b"  log")?;
            }
            Ok(())
        });
        report.flush();
        code
    }

    /// `svwaitup [-v] [-s sec] service ...`
    fn wait_up(&self, args: &Args) -> i32 {
        const USAGE: &[u8] = b" [-v] [-s 1..600] service ...";
        let (mut verbose, mut seconds) = (false, UP_FOR);
        let mut options = Options::new(b"vs:", |n| args.get(n));
        for option in &mut options {
            match option {
                Opt::Flag(_) => verbose = true,
                Opt::Value(_, value) => match number(value.to_bytes()) {
                    Some(value @ 1..=600) => seconds = value,
                    _ => return self.usage(USAGE),
                },
                _ => return self.usage(USAGE),
            }
        }
        let directories = args.skip(options.operands());
        if directories.is_empty() {
            return self.usage(USAGE);
        }
        self.each(directories, |name| {
            target::prove_runsv()?;
            let up = until_up_for(seconds)?;
            if verbose {
                runit_sys::say::error(&[
                    self.voice.name(),
                    b": ",
                    name.to_bytes(),
                    b" is up for ",
                    &decimal(up),
                    b" seconds",
                ]);
            }
            Ok(())
        })
    }

    /// `svwaitdown [-v] [-k] [-x] [-t sec] service ...`
    fn wait_down(&self, args: &Args) -> i32 {
        const USAGE: &[u8] = b" [-v] [-k] [-x] [-t 1..6000] service ...";
        let (mut verbose, mut kills, mut exits, mut seconds) = (false, false, false, WAIT_DOWN);
        let mut options = Options::new(b"vkxt:", |n| args.get(n));
        for option in &mut options {
            match option {
                Opt::Flag(b'v') => verbose = true,
                Opt::Flag(b'k') => kills = true,
                Opt::Flag(_) => exits = true,
                Opt::Value(_, value) => match number(value.to_bytes()) {
                    Some(value @ 1..=6000) => seconds = value,
                    _ => return self.usage(USAGE),
                },
                _ => return self.usage(USAGE),
            }
        }
        let directories = args.skip(options.operands());
        if directories.is_empty() {
            return self.usage(USAGE);
        }
        let (goal, send): (_, &[u8]) = if exits {
            (Goal::Gone, b"dx")
        } else {
            (Goal::Down, b"d")
        };
        let mut waiting = Waiting::new(goal, kills, seconds, self.origin).gone_is_well();
        let troubles = self.each(directories, |name| {
            let prepared = waiting
                .prepare(&Target::directory(name))
                .and_then(|pending| {
                    target::send(send)?;
                    Ok(pending)
                });
            match prepared {
                Ok(pending) => waiting.add(pending),
                // Nobody supervises it: as good as down.
                Err(Trouble::NotRunning) => {}
                Err(trouble) => return Err(trouble),
            }
            Ok(())
        });
        let mut report = if verbose {
            Report::to_standard_error()
        } else {
            Report::to_nobody()
        };
        match waiting.run(&mut report) {
            0 => troubles,
            _ => exit::FATAL,
        }
    }
}

fn code(troubles: u32) -> i32 {
    troubles.min(MOST) as i32
}

fn decimal(number: u64) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// Waits until the service in whose directory we are has been up for that long; gives how long.
fn until_up_for(seconds: u64) -> Result<u64, Trouble> {
    let watch = Watch::new().ok();
    if let Some(watch) = &watch {
        // Where it cannot be watched the deadline below looks again.
        let _ = watch.add(layout::SERVICE.dir, Interest::Entries);
    }
    loop {
        let status = target::read_status()?;
        let up = status.since.seconds_until(clock::wall());
        let runs = status.state == State::Run;
        if runs && up >= seconds {
            return Ok(up);
        }
        let again = if runs {
            (seconds - up) * 1000
        } else {
            AGAIN_MS
        };
        let fd = watch.as_ref().map(Watch::fd);
        let _ = poll::wait(&[fd], Some(clock::mono().plus_ms(again)));
        if let Some(watch) = &watch {
            watch.drain();
        }
    }
}

/// One line of runsvstat about the directory we are in.
fn describe(report: &mut Report, name: &[u8]) -> Result<(), Trouble> {
    target::prove_runsv()?;
    let status: Status = target::read_status()?;
    let seconds = decimal(status.since.seconds_until(clock::wall()));
    let state = match status.state {
        State::Down => "down ",
        State::Run => "run ",
        State::Finish => "finish ",
    };
    report.push(name).push(": ").push(state);
    if let Some(pid) = status.pid {
        report.push(format!("(pid {pid}) "));
    }
    report
        .push(seconds)
        .push(" seconds")
        .remarks(&status)
        .end_line();
    Ok(())
}
