//! Waits until commands have taken effect: told by the kernel, not by looking every so often.
//!
//! Most commands have within a millisecond. So a few naps come first, each a little longer than the
//! one before, and only who waits for longer asks the kernel: to forget a watch keeps Linux busy
//! for some 15 ms, which the caller would spend waiting for the end of sv.
//!
//! Each service whose command is out is pending until its goal is reached, its time is over or its
//! runsv is gone. Its status record is looked at when it was replaced. Where that cannot be watched,
//! and for `./check` that said no, it is looked at again after [`AGAIN_MS`].

use super::check::{AGAIN_MS, Check};
use super::report::Report;
use super::target::{self, Target, Trouble};
use runit_core::clock::{Mono, earlier};
use runit_core::exit::Exit;
use runit_core::goal::{Goal, Verdict};
use runit_core::layout;
use runit_core::status::{State, Status, Want};
use runit_core::tai::Tai64n;
use runit_sys::signal::{Arrived, Number};
use runit_sys::watch::{Interest, Told, Watch, Watched};
use runit_sys::{child, clock, poll, signal};
use std::os::fd::{AsFd, OwnedFd};

/// The first nap, in microseconds; each further one is a quarter longer.
const FIRST_NAP_US: u32 = 100;
/// The first nap that is too long to be one: some 10 ms have passed by then.
const TOO_LONG_US: u32 = 2000;

/// With more services than this pending, changes are collected for a moment before they are looked
/// at: a wake-up for each of a thousand would cost more than all the looks.
const MANY: usize = 32;
/// That moment, in milliseconds; a thousand services take some twenty times as long to stop.
const COLLECT_MS: u64 = 4;

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
    alive: OwnedFd,
    /// `None`: its record cannot be watched.
    watched: Option<Watched>,
    /// Something may have changed since the last look.
    look: bool,
    check: Check,
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
    /// The next nap; `None` when the kernel is to tell.
    nap: Option<u32>,
    watch: Option<Watch>,
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
            nap: Some(FIRST_NAP_US),
            watch: None,
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

    /// Looks at the service in whose directory we are, before its command is sent.
    pub fn prepare(&mut self, target: &Target) -> Result<Pending, Trouble> {
        let alive = target::prove_runsv()?;
        // A record that cannot be read is no reason not to send the command.
        let before = target::read_status().unwrap_or(NOTHING_KNOWN);
        Ok(Pending {
            target: target.clone(),
            before,
            alive,
            watched: None,
            look: true,
            check: Check::Unasked,
        })
    }

    /// The command is out.
    pub fn add(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    /// Waits for all of them; gives how many failed.
    pub fn run(mut self, report: &mut Report) -> u32 {
        if self.pending.len() > MANY {
            self.begin_to_watch();
        }
        loop {
            // All that has ended so far is reaped by this look.
            let _ = Arrived::take();
            self.look_where_due(report);
            report.flush();
            if self.pending.is_empty() {
                return self.failures;
            }
            if let Some(nap) = self.nap {
                self.take(nap);
                continue;
            }
            if self.pending.len() > MANY {
                let _ = poll::wait(&[], Some(clock::mono().plus_ms(COLLECT_MS)));
            }
            // A check that ended during the rest wakes nobody a second time.
            if !Arrived::take().has(Number::CHLD) {
                self.sleep();
            }
        }
    }

    /// A nap, or the end of napping; everybody is looked at afterwards.
    fn take(&mut self, nap: u32) {
        if nap < TOO_LONG_US {
            poll::nap(nap);
            self.nap = Some(nap + nap / 4);
        } else {
            self.begin_to_watch();
        }
        for pending in &mut self.pending {
            pending.look = true;
        }
    }

    fn begin_to_watch(&mut self) {
        self.nap = None;
        self.watch = Watch::new().ok();
        let add = |watch: &Watch| watch.add(layout::SERVICE.dir, Interest::Replaced).ok();
        for pending in &mut self.pending {
            if pending.target.enter(self.origin).is_ok() {
                pending.watched = self.watch.as_ref().and_then(add);
            }
        }
    }

    /// Until something changes; marks whom it may concern.
    fn sleep(&mut self) {
        let again = |pending: &Pending| match (pending.check, pending.watched) {
            (Check::Refused(again), _) => Some(again),
            (_, None) => Some(clock::mono().plus_ms(AGAIN_MS)),
            _ => None,
        };
        let until = self.pending.iter().map(again).fold(None, earlier);
        let mut fds: Vec<_> = self.pending.iter().map(|p| p.alive.as_fd()).collect();
        fds.extend(self.watch.as_ref().map(Watch::fd));
        let until = earlier(Some(self.deadline), until);
        for position in poll::wait_for_any(&fds, until).unwrap_or_default() {
            // The last one is the watch.
            if let Some(gone) = self.pending.get_mut(position) {
                gone.look = true;
                gone.watched = None;
            }
        }
        let (told, anywhere) = self.told();
        let now = clock::mono();
        for pending in &mut self.pending {
            pending.look |= anywhere
                || pending
                    .watched
                    .is_none_or(|w| told.binary_search(&w).is_ok())
                || matches!(pending.check, Check::Refused(again) if again <= now);
        }
    }

    /// The directories whose status records changed, in order; `true` for all of them.
    fn told(&self) -> (Vec<Watched>, bool) {
        let (mut told, mut anywhere) = (Vec::new(), false);
        let status = layout::SERVICE.status.to_bytes();
        if let Some(watch) = &self.watch {
            watch.told(&mut |what| match what {
                Told::In(_, Some(name)) if !status.ends_with(name.to_bytes()) => {}
                Told::In(watched, _) => told.push(watched),
                Told::Anywhere => anywhere = true,
            });
        }
        told.sort_unstable();
        (told, anywhere)
    }

    fn look_where_due(&mut self, report: &mut Report) {
        while let Some((pid, exit)) = child::reap() {
            self.check_ended(pid, exit);
        }
        let late = clock::mono() >= self.deadline;
        for mut pending in std::mem::take(&mut self.pending) {
            if !late && !std::mem::take(&mut pending.look) {
                self.pending.push(pending);
                continue;
            }
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
            // Another directory may have taken the place of the one we knew.
            Ok(alive) => pending.alive = alive,
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
            Verdict::IfCheckAgrees if pending.check.agrees(pending.target.name.to_bytes()) => {
                Outcome::Reached(status)
            }
            Verdict::IfCheckAgrees => Outcome::Pending,
        }
    }

    fn check_ended(&mut self, pid: u32, exit: Exit) {
        for pending in self
            .pending
            .iter_mut()
            .filter(|p| p.check == Check::Asked(pid))
        {
            pending.look = true;
            pending.check.ended(pid, exit);
        }
    }

    fn time_is_over(&mut self, pending: &Pending, report: &mut Report) {
        self.failures += 1;
        pending.check.give_up();
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
