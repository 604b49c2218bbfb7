//! Waits until commands have taken effect: told by the kernel, not by looking every so often.
//!
//! Each service whose command is out is pending until its goal is reached, its time is over or its
//! runsv is gone. The status record is looked at when `supervise/` changes. Where that cannot be
//! watched, and for `./check` that said no, it is looked at again after [`AGAIN_MS`].

use super::report::Report;
use super::target::{self, Target, Trouble};
use crate::cli::Voice;
use runit_core::clock::{Mono, earlier};
use runit_core::exit::Exit;
use runit_core::goal::{Goal, Verdict};
use runit_core::layout;
use runit_core::status::{State, Status, Want};
use runit_core::tai::Tai64n;
use runit_sys::signal::{Arrived, Number};
use runit_sys::spawn::Child;
use runit_sys::watch::{Interest, Watch};
use runit_sys::{child, clock, fd, file, poll, signal};
use std::os::fd::{AsFd, OwnedFd};

/// Milliseconds between two runs of `./check`, and between looks where nothing tells.
const AGAIN_MS: u64 = 420;

/// The record from before a command, where it could not be read: nothing that is now equals it.
const NOTHING_KNOWN: Status = Status {
    since: Tai64n { sec: 0, nano: 0 },
    pid: None,
    paused: false,
    want: Want::Down,
    got_term: false,
    state: State::Down,
};

/// A service whose command was sent.
#[derive(Debug)]
pub struct Pending {
    target: Target,
    before: Status,
    /// Tells when the runsv goes.
    alive: Option<OwnedFd>,
    check: Check,
}

/// The state of `./check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// Not asked yet, or the service changed since.
    Unasked,
    /// It runs as this process.
    Asked(u32),
    /// It said yes.
    Agreed,
    /// It said no; to be asked again at this moment.
    Refused(Mono),
}

/// How a service came out.
enum Outcome {
    Pending,
    Reached(Status),
    Gone,
    Trouble(Trouble),
}

/// All services of one call.
#[derive(Debug)]
pub struct Waiting<'a> {
    goal: Goal,
    kills: bool,
    /// A runsv that is gone is what the goal wants, or as good as that.
    gone_is_well: bool,
    deadline: Mono,
    origin: &'a OwnedFd,
    watch: Option<Watch>,
    /// Some directory could not be watched.
    blind: bool,
    pending: Vec<Pending>,
    failures: u32,
}

impl<'a> Waiting<'a> {
    /// Nobody yet; the time begins now.
    pub fn new(goal: Goal, kills: bool, seconds: u64, origin: &'a OwnedFd) -> Waiting<'a> {
        signal::listen(&[Number::CHLD]);
        Waiting {
            goal,
            kills,
            gone_is_well: goal == Goal::Gone,
            deadline: clock::mono().plus_ms(seconds.saturating_mul(1000)),
            origin,
            watch: Watch::new().ok(),
            blind: false,
            pending: Vec::new(),
            failures: 0,
        }
    }

    /// From now on a service whose runsv is gone counts as one that reached the goal.
    #[must_use]
    pub fn gone_is_well(self) -> Waiting<'a> {
        Waiting {
            gone_is_well: true,
            ..self
        }
    }

    /// Watches the service in whose directory we are, before its command is sent.
    pub fn prepare(&mut self, target: &Target) -> Result<Pending, Trouble> {
        let watched = self
            .watch
            .as_ref()
            .is_some_and(|w| w.add(layout::SERVICE.dir, Interest::Entries).is_ok());
        self.blind |= !watched;
        let alive = target::prove_runsv()?;
        // A record that cannot be read is no reason not to send the command.
        let before = target::read_status().unwrap_or(NOTHING_KNOWN);
        Ok(Pending {
            target: target.clone(),
            before,
            alive: Some(alive),
            check: Check::Unasked,
        })
    }

    /// The command is out.
    pub fn add(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    /// Waits for all of them; gives how many failed.
    pub fn run(mut self, report: &mut Report) -> u32 {
        loop {
            let before = clock::mono();
            // All that has ended so far is reaped by this look.
            let _ = Arrived::take();
            self.look_at_all(report);
            report.flush();
            if self.pending.is_empty() {
                return self.failures;
            }
            // Looking at a thousand services for each of a thousand changes would take longer than
            // the changes: rest as long as the look took.
            let now = clock::mono();
            let took = now.ms_after(before);
            if took > 0 {
                let _ = poll::wait(&[], Some(now.plus_ms(took)));
            }
            // A check that ended during the rest wakes nobody a second time.
            if !Arrived::take().has(Number::CHLD) {
                self.sleep();
            }
        }
    }

    fn sleep(&self) {
        let again = self
            .pending
            .iter()
            .fold(None, |at, pending| match pending.check {
                Check::Refused(again) => earlier(at, Some(again)),
                _ => at,
            });
        let look = self.blind.then(|| clock::mono().plus_ms(AGAIN_MS));
        let until = earlier(Some(self.deadline), earlier(again, look));
        let mut fds: Vec<_> = self
            .pending
            .iter()
            .filter_map(|p| p.alive.as_ref())
            .map(AsFd::as_fd)
            .collect();
        fds.extend(self.watch.as_ref().map(Watch::fd));
        let _ = poll::wait_for_any(&fds, until);
        if let Some(watch) = &self.watch {
            watch.drain();
        }
    }

    fn look_at_all(&mut self, report: &mut Report) {
        while let Some((pid, exit)) = child::reap() {
            self.check_ended(pid, exit);
        }
        let late = clock::mono() >= self.deadline;
        for mut pending in std::mem::take(&mut self.pending) {
            match self.look_at(&mut pending) {
                Outcome::Pending if late => self.time_is_over(&pending, report),
                Outcome::Pending => self.pending.push(pending),
                Outcome::Reached(status) => {
                    report
                        .push("ok: ")
                        .status(pending.target.name.to_bytes(), &status, clock::wall())
                        .end_line();
                }
                Outcome::Gone if self.gone_is_well => report.gone(pending.target.name),
                Outcome::Gone => self.fail(&pending, &Trouble::NotRunning, report),
                Outcome::Trouble(trouble) => self.fail(&pending, &trouble, report),
            }
        }
    }

    fn fail(&mut self, pending: &Pending, trouble: &Trouble, report: &mut Report) {
        report.trouble(pending.target.name, trouble);
        self.failures += 1;
    }

    fn look_at(&self, pending: &mut Pending) -> Outcome {
        match pending
            .target
            .enter(self.origin)
            .and_then(|()| target::prove_runsv())
        {
            Ok(_) => {}
            Err(Trouble::NotRunning) => return Outcome::Gone,
            Err(trouble) => return Outcome::Trouble(trouble),
        }
        // The next record may be a good one; if none comes, the end of the time tells.
        let Ok(status) = target::read_status() else {
            return Outcome::Pending;
        };
        match self.goal.judge(&pending.before, &status) {
            Verdict::NotYet => {
                if !matches!(pending.check, Check::Asked(_)) {
                    pending.check = Check::Unasked;
                }
                Outcome::Pending
            }
            Verdict::Reached => Outcome::Reached(status),
            Verdict::IfCheckAgrees if agrees(pending) => Outcome::Reached(status),
            Verdict::IfCheckAgrees => Outcome::Pending,
        }
    }

    fn check_ended(&mut self, pid: u32, exit: Exit) {
        for pending in self
            .pending
            .iter_mut()
            .filter(|p| p.check == Check::Asked(pid))
        {
            pending.check = match exit.success() {
                true => Check::Agreed,
                false => Check::Refused(clock::mono().plus_ms(AGAIN_MS)),
            };
        }
    }

    fn time_is_over(&mut self, pending: &Pending, report: &mut Report) {
        self.failures += 1;
        if let Check::Asked(pid) = pending.check {
            if let Some(pid) = child::pid(pid) {
                // A check that hangs must not outlive the call that asked it.
                let _ = signal::send(pid, Number::KILL);
            }
        }
        match target::read_status() {
            Ok(status) => {
                let name = pending.target.name.to_bytes();
                report.push(if self.kills { "kill: " } else { "timeout: " });
                report.status(name, &status, clock::wall()).end_line();
            }
            Err(trouble) => report.trouble(pending.target.name, &trouble),
        }
        if self.kills {
            if let Err(trouble) = target::send(b"k") {
                report.trouble(pending.target.name, &trouble);
            }
        }
    }
}

/// Whether `./check` says yes; starts it where it has not been asked.
fn agrees(pending: &mut Pending) -> bool {
    match pending.check {
        Check::Agreed => return true,
        Check::Asked(_) => return false,
        Check::Refused(again) if again > clock::mono() => return false,
        Check::Refused(_) | Check::Unasked => {}
    }
    if !file::exists(layout::CHECK).unwrap_or(false) {
        return true;
    }
    let name = pending.target.name.to_bytes();
    let called = [name, b"/check"].concat();
    // Its output is nobody's business: sv prints one line a service.
    let quiet = fd::open_null().ok();
    let child = Child {
        complaint: &[b"warning: "],
        called: &called,
        verb: b"unable to run ",
        stdio: [None, quiet.as_ref().map(AsFd::as_fd), None],
        ..Child::new(layout::CHECK, &[layout::CHECK])
    };
    pending.check = match child.spawn() {
        Ok(pid) => Check::Asked(child::number(pid)),
        Err(error) => {
            Voice::new(b"sv").warning_because(&[b"unable to fork for ", &called], error);
            Check::Refused(clock::mono().plus_ms(AGAIN_MS))
        }
    };
    false
}
