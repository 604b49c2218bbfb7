//! A service and its logger under one runsv: who gets which event, and when the runsv may go.
//!
//! Decides the order of leaving: first the service is down, then the pipe is closed, then the
//! logger has read it empty and ended, then the runsv exits. It must never end while either of
//! the two lives, or while lines that a logger could still take wait in the pipe.

use crate::clock::{Mono, Now, earlier};
use crate::control::Command;
use crate::list::List;
use crate::service::{self, Action, Event, Service, Side};
use crate::status::Want;

/// What happened to the pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PairEvent {
    /// To one side only.
    Only(Side, Event),
    /// To whom it concerns: time passed, a child ended.
    Both(Event),
    /// The logger ended while lines waited in its pipe, as one does that is told to end by somebody
    /// else than its runsv just before the service says its last word.
    LogEndedEarly(Event),
}

/// What the caller is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PairAction {
    /// An action of one side.
    Of(Side, Action),
    /// Close the writing end of the log pipe; the reading end stays open until the logger is gone.
    CloseLogPipe,
    /// Both are gone: exit 0.
    Quit,
}

/// The actions of one step.
pub type PairActions = List<PairAction, 16>;

/// Most actions that are ahead at any time, where the answer to one is taken before the next.
pub const MOST_AHEAD: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Leaving {
    /// Nobody asked, or the service is not down yet.
    No,
    /// The pipe is closed; the logger reads what is left.
    Draining,
    /// Told to quit.
    Done,
}

/// A service and, perhaps, its logger.
#[derive(Clone, Debug)]
pub struct Pair {
    service: Service,
    log: Option<Service>,
    leaving: Leaving,
    /// The logger was started for what a logger before it has left in the pipe: once, as it may be
    /// one that never reads.
    started_anew: bool,
}

impl Pair {
    /// A service that is down, without a logger.
    #[must_use]
    pub const fn new(want: Want, now: Now) -> Pair {
        Pair {
            service: Service::new(Side::Service, want, now),
            log: None,
            leaving: Leaving::No,
            started_anew: false,
        }
    }

    /// Sets what `new` was not told, before anything happens: for a pair that lies in a static.
    pub fn begin(&mut self, want: Want, now: Now) {
        self.service.begin(want, now);
    }

    /// A logger appeared, with its pipe; it starts at the next event.
    pub fn add_log(&mut self, want: Want, now: Now) {
        self.log.get_or_insert(Service::new(Side::Log, want, now));
    }

    /// One side, where it exists.
    #[must_use]
    pub const fn side(&self, side: Side) -> Option<&Service> {
        match side {
            Side::Service => Some(&self.service),
            Side::Log => self.log.as_ref(),
        }
    }

    /// When `Event::Wake` is due for either.
    #[must_use]
    pub fn deadline(&self) -> Option<Mono> {
        earlier(
            self.service.deadline(),
            self.log.as_ref().and_then(Service::deadline),
        )
    }

    /// One event in, what to do out.
    pub fn step(&mut self, now: Now, event: PairEvent) -> PairActions {
        let mut out = PairActions::new();
        match event {
            PairEvent::Only(side, event) => self.step_side(now, side, event, &mut out),
            PairEvent::LogEndedEarly(event) => {
                self.step_side(now, Side::Log, event, &mut out);
                self.start_anew(&mut out);
            }
            PairEvent::Both(event) => {
                // The logger first, so that it is there when the service begins to write.
                self.step_side(now, Side::Log, event, &mut out);
                self.step_side(now, Side::Service, event, &mut out);
            }
        }
        self.leave(&mut out);
        out
    }

    fn step_side(&mut self, now: Now, side: Side, event: Event, out: &mut PairActions) {
        // Once the pipe is closed a new ./run would write into nothing: orders come too late.
        if self.leaving != Leaving::No
            && matches!(event, Event::Command(Command::Up | Command::Once))
        {
            return;
        }
        let machine = match side {
            Side::Service => Some(&mut self.service),
            Side::Log => self.log.as_mut(),
        };
        if let Some(machine) = machine {
            out.extend(of(side, &machine.step(now, event)));
        }
    }

    /// What is left in the pipe gets a logger, where nobody would start one any more.
    fn start_anew(&mut self, out: &mut PairActions) {
        if self.leaving != Leaving::Draining || self.started_anew {
            return;
        }
        if let Some(log) = self.log.as_mut().filter(|log| log.at_rest()) {
            self.started_anew = true;
            out.extend(of(Side::Log, &log.start_to_drain()));
        }
    }

    fn leave(&mut self, out: &mut PairActions) {
        if self.leaving == Leaving::No
            && self.service.want() == Want::Exit
            && self.service.at_rest()
        {
            self.leaving = Leaving::Draining;
            if let Some(log) = &mut self.log {
                let missed_its_last_lines = log.at_rest() && log.want() == Want::Up;
                out.extend(of(Side::Log, &log.drain()));
                if missed_its_last_lines {
                    out.extend(of(Side::Log, &log.start_to_drain()));
                }
                out.push(PairAction::CloseLogPipe);
            }
        }
        if self.leaving == Leaving::Draining && self.log.as_ref().is_none_or(Service::at_rest) {
            self.leaving = Leaving::Done;
            out.push(PairAction::Quit);
        }
    }
}

fn of(side: Side, actions: &service::Actions) -> impl Iterator<Item = PairAction> + '_ {
    actions
        .iter()
        .map(move |action| PairAction::Of(side, action))
}
