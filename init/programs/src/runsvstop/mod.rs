//! runsvstop: takes all services down at the end of the system, in parallel, each within its own
//! time, and says whom it waits for.
//!
//! The story: find the supervisors, note who belongs to whom, tell all of them to leave, then look
//! again and again until the last one is gone or was given up. `core::stop` decides about each. It
//! must never hang: it opens FIFOs without waiting, and each service has its limit.

mod options;
mod sessions;
mod targets;

use crate::cli::Voice;
use crate::progress::Progress;
use crate::sv::report::Report;
use options::{Asked, Options};
use runit_core::clock::Mono;
use runit_core::exit;
use runit_core::stop::{Step, Stop};
use runit_sys::entry::Args;
use runit_sys::{clock, fd, poll, say};
use std::os::fd::OwnedFd;
use targets::Target;

const VOICE: Voice<'static> = Voice::new(b"runsvstop");
/// Milliseconds before the first word about who is waited for.
const SILENT_MS: u64 = 5000;
/// Milliseconds between two looks, beside what a look takes.
const LOOK_MS: u64 = 20;
/// Most services that an exit code tells.
const MOST: usize = 99;

/// A service on its way down.
struct Leaving {
    target: Target,
    stop: Stop,
}

/// `runsvstop [-a] [-w sec] [-x names] [-s file] [dir]`: the number of services that had to be
/// killed or are left (99 at most), 100 after a usage error, 111 when it cannot begin.
pub fn main(args: Args) -> i32 {
    match options::read(&args) {
        Asked::Work(options) => work(&options),
        Asked::Version => {
            say::error(&[b"runit-rs ", env!("CARGO_PKG_VERSION").as_bytes()]);
            usage()
        }
        Asked::Unknown(letter) => {
            say::error(&[b"runsvstop: illegal option -- ", &[letter]]);
            usage()
        }
        Asked::Mistake => usage(),
    }
}

fn usage() -> i32 {
    VOICE.usage(options::USAGE);
    exit::FATAL_100
}

fn work(options: &Options) -> i32 {
    let origin = match fd::open_dir(c".") {
        Ok(origin) => origin,
        Err(error) => return VOICE.fatal_because(&[b"unable to open current directory"], error),
    };
    let begin = clock::mono();
    let targets = targets::find(options, &origin);
    if let Some(file) = options.sessions {
        if let Err(error) = sessions::note(file, &targets) {
            VOICE.warning_because(&[b"unable to write ", file.to_bytes()], error);
        }
    }
    let mut leaving: Vec<Leaving> = Vec::new();
    for target in targets {
        if options.leaves_alone(&target.name) {
            continue;
        }
        let seconds = target.limit(&origin).unwrap_or(options.seconds);
        target.tell_to_leave(&origin);
        let stop = Stop::new(clock::mono(), seconds.saturating_mul(1000));
        leaving.push(Leaving { target, stop });
    }
    let killed = wait(leaving, begin, &origin);
    killed.min(MOST) as i32
}

/// Waits for all; gives how many had to be killed or are left.
fn wait(mut leaving: Vec<Leaving>, begin: Mono, origin: &OwnedFd) -> usize {
    let all = leaving.len();
    let (mut killed, mut left) = (0, 0);
    let mut progress = Progress::after(SILENT_MS);
    loop {
        let before = clock::mono();
        leaving.retain_mut(|service| {
            let stays = service.look(origin, &mut progress);
            if stays == Stays::No && service.stop.was_killed() {
                killed += 1;
            }
            left += usize::from(stays == Stays::LeftBehind);
            stays == Stays::Yes
        });
        let now = clock::mono();
        let Some(next) = next_to_be_killed(&leaving) else {
            break;
        };
        progress.show(|| line(next, leaving.len(), all, now, origin));
        // With a thousand services a look takes its time: no more than half of it is spent looking.
        let pause = LOOK_MS.max(now.ms_after(before));
        let _ = poll::wait(&[], Some(now.plus_ms(pause)));
    }
    progress.clear();
    let ms = clock::mono().ms_after(begin);
    let plural = if all == 1 { "" } else { "s" };
    let mut text = format!(
        "runsvstop: {all} service{plural} in {}.{:02} s",
        ms / 1000,
        ms % 1000 / 10
    );
    for (count, what) in [(killed, "killed"), (left, "left behind")] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    say::output(&[text.as_bytes()]);
    killed + left
}

/// The one whose time is over first.
fn next_to_be_killed(leaving: &[Leaving]) -> Option<&Leaving> {
    leaving.iter().min_by_key(|service| service.stop.deadline())
}

fn line(service: &Leaving, left: usize, all: usize, now: Mono, origin: &OwnedFd) -> String {
    let seconds = service.stop.deadline().ms_after(now).div_ceil(1000);
    let name = String::from_utf8_lossy(&service.target.name).into_owned();
    let who = if service.stop.at_logger() {
        format!("the log of {name}")
    } else {
        match service.target.status(origin).and_then(|status| status.pid) {
            Some(pid) => format!("{name} (pid {pid})"),
            None => name,
        }
    };
    format!("waiting for {who}, {left} of {all} left, kill in {seconds} s")
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stays {
    Yes,
    No,
    LeftBehind,
}

impl Leaving {
    fn look(&mut self, origin: &OwnedFd, progress: &mut Progress) -> Stays {
        let seen = self.target.look(origin);
        let name = &self.target.name;
        match self.stop.step(clock::mono(), seen) {
            Step::Done => return Stays::No,
            Step::Wait => {}
            Step::Kill { first } => {
                if first {
                    progress.clear();
                    self.tell(b"kill: ", origin);
                }
                self.target.kill(origin);
            }
            Step::KillLogger { first } => {
                if first {
                    progress.clear();
                    say::output(&[b"kill: the log of ", name, b", which does not end"]);
                }
                self.target.kill_logger(origin);
            }
            Step::GiveUp => {
                progress.clear();
                self.tell(b"left behind: ", origin);
                return Stays::LeftBehind;
            }
        }
        Stays::Yes
    }

    /// As sv says it.
    fn tell(&self, prefix: &[u8], origin: &OwnedFd) {
        let mut report = Report::default();
        report.push(prefix);
        let status = self.target.status(origin);
        self.target.inside(origin, || match status {
            Some(status) => drop(report.status(&self.target.name, &status, clock::wall())),
            None => drop(report.push(&self.target.name)),
        });
        report.end_line();
        report.flush();
    }
}
