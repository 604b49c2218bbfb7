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
use options::Options;
use runit_core::clock::Mono;
use runit_core::stop::{Step, Stop};
use runit_sys::entry::Args;
use runit_sys::{clock, fd, platform, poll, say};
use std::os::fd::OwnedFd;
use targets::Target;

const VOICE: Voice<'static> = Voice::new(b"runsvstop");
/// Milliseconds before the first word about who is waited for.
const SILENT_MS: u64 = 5000;
/// Milliseconds between two looks: at first, and later.
const LOOK_MS: (u64, u64) = (2, 20);
/// A look ends at so many that are still there: the others may take all of the processor to end.
const STANDING: usize = 4;
/// Milliseconds between two looks at every one of them.
const FULL_MS: u64 = 1000;
/// Most services that an exit code tells.
const MOST: usize = 99;

/// A service on its way down.
struct Leaving {
    target: Target,
    stop: Stop,
}

/// `runsvstop [-a] [-w sec] [-x names] [-s file] [dir]`, or `-l`: the number of services that had to be
/// killed or are left (99 at most), 100 after a usage error, 111 when it cannot begin.
pub fn main(args: Args) -> i32 {
    options::read(&args).answer(VOICE, options::USAGE, work)
}

fn work(options: &Options) -> i32 {
    if options.list {
        return list();
    }
    let origin = match fd::open_dir(c".") {
        Ok(origin) => origin,
        Err(error) => return VOICE.fatal_because(&[b"unable to open current directory"], error),
    };
    let begin = clock::mono();
    let found = targets::find(options, &origin);
    if let Some(file) = options.sessions {
        if let Err(error) = sessions::note(file, &found, options) {
            VOICE.warning_because(&[b"unable to write ", file.to_bytes()], error);
        }
    }
    let mut leaving: Vec<Leaving> = Vec::new();
    for target in found.targets {
        if options.leaves_alone(&target.name) {
            continue;
        }
        let seconds = target.tell_to_leave(&origin).unwrap_or(options.seconds);
        let stop = Stop::new(clock::mono(), seconds.saturating_mul(1000));
        leaving.push(Leaving { target, stop });
    }
    let killed = wait(leaving, begin, &origin);
    killed.min(MOST) as i32
}

/// What runs, a line `pid state parent session tty flags` each, for stage 3: what a shell would have
/// to read byte by byte. The kernel's threads are left out, so the flags are 0.
fn list() -> i32 {
    let processes = match platform::processes() {
        Ok(processes) => processes,
        Err(error) => return VOICE.fatal_because(&[b"unable to see what runs"], error),
    };
    let mut text = Vec::new();
    for p in processes.iter().filter(|p| !p.kernel) {
        let state = char::from(p.state);
        let line = format!("{} {state} {} {} {} 0\n", p.pid, p.parent, p.session, p.tty);
        text.extend_from_slice(line.as_bytes());
    }
    let [_, stdout, _] = fd::standard();
    match fd::write_all(stdout, &text) {
        Ok(()) => 0,
        Err(error) => VOICE.fatal_because(&[b"unable to write"], error),
    }
}

/// Waits for all; gives how many had to be killed or are left.
fn wait(mut leaving: Vec<Leaving>, begin: Mono, origin: &OwnedFd) -> usize {
    let all = leaving.len();
    let (mut killed, mut left) = (0, 0);
    let mut progress = Progress::after(SILENT_MS);
    let mut pause = LOOK_MS.0;
    let mut all_at = clock::mono().plus_ms(FULL_MS);
    while !leaving.is_empty() {
        let _ = poll::wait(&[], Some(clock::mono().plus_ms(pause)));
        pause = (pause * 2).min(LOOK_MS.1);
        let now = clock::mono();
        let every_one = now >= all_at;
        if every_one {
            all_at = now.plus_ms(FULL_MS);
        }
        let mut standing = 0;
        leaving.retain_mut(|service| {
            // Those that are gone are taken off in the order of their names, whoever went first.
            if standing >= STANDING && !every_one && now < service.stop.deadline() {
                return true;
            }
            let stays = service.look(origin, &mut progress);
            if stays == Stays::No && service.stop.was_killed() {
                killed += 1;
            }
            left += usize::from(stays == Stays::LeftBehind);
            standing += usize::from(stays == Stays::Yes);
            stays == Stays::Yes
        });
        if let Some(next) = next_to_be_killed(&leaving) {
            progress.show(|| line(next, leaving.len(), all, now, origin));
        }
        // A look at a thousand services takes its time: most of it is theirs.
        pause = pause.max(clock::mono().ms_after(now) * 4);
    }
    progress.clear();
    let ms = clock::mono().ms_after(begin);
    let came = [(killed, "killed"), (left, "left behind")];
    VOICE.took(all, "service", ms, &came);
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
