//! One entry of a services directory: when its runsv starts, is told to go, and starts again.
//!
//! Decides for `runsvdir`, which owns the table. An entry is its name; which directory stands
//! behind the name may change. What must hold: a name never has two runsv at a time, and a new one
//! starts only when the old one is gone (they would fight over the same locks).

use crate::clock::Mono;

/// Milliseconds before a runsv that ended by itself is started again.
pub const RESTART_MS: u64 = 1000;
/// How long a new directory without an executable `run` is given to become complete.
pub const SETTLE_MS: u64 = 1000;

/// Which directory it is: device and inode.
pub type Identity = (u64, u64);

/// What happened to an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The entry is there; `complete`: it has an executable `run`.
    Seen {
        /// The directory behind the name.
        id: Identity,
        /// Ready to be started at once.
        complete: bool,
    },
    /// The entry is not there any more.
    Gone,
    /// Its runsv was started.
    Started(u32),
    /// It could not be: no fork.
    NotStarted,
    /// It must not be: the same directory has a runsv under another name.
    Shared,
    /// Some runsv ended, so that a shared directory may be free now.
    Freed,
    /// Its runsv ended.
    Ended,
    /// Time passed.
    Wake,
}

/// What to do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Start a runsv for it; answer `Started` or `NotStarted`.
    Start,
    /// Tell this runsv to take its service down and go.
    Terminate(u32),
    /// Remove the entry from the table.
    Forget,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Starts at this moment, or when it is complete.
    Settling(Mono),
    /// `Action::Start` for this directory is out.
    Starting(Identity),
    /// Starts again at this moment.
    Waiting(Mono),
    /// Starts when another name of its directory gives it up.
    Blocked,
    /// A runsv serves this directory.
    Served(u32, Identity),
    /// The runsv of this directory was told to go; the directory was removed or replaced.
    Leaving(u32, Identity),
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    state: State,
    /// The directory now behind the name; `None` once it is gone.
    present: Option<Identity>,
}

impl Slot {
    /// An entry that was just found; the next `Seen` decides about its start.
    #[must_use]
    pub const fn new(id: Identity, now: Mono) -> Slot {
        Slot {
            state: State::Settling(now.plus_ms(SETTLE_MS)),
            present: Some(id),
        }
    }

    /// The runsv of this entry, staying or leaving.
    #[must_use]
    pub const fn pid(&self) -> Option<u32> {
        match self.state {
            State::Served(pid, _) | State::Leaving(pid, _) => Some(pid),
            _ => None,
        }
    }

    /// The directory that the runsv of this entry serves, staying or leaving.
    #[must_use]
    pub const fn serves(&self) -> Option<Identity> {
        match self.state {
            State::Served(_, id) | State::Leaving(_, id) => Some(id),
            _ => None,
        }
    }

    /// The directory behind the name.
    #[must_use]
    pub const fn identity(&self) -> Option<Identity> {
        self.present
    }

    /// Waits for its directory to be complete.
    #[must_use]
    pub const fn settling(&self) -> bool {
        matches!(self.state, State::Settling(_))
    }

    /// Waits for another name of its directory to give it up.
    #[must_use]
    pub const fn blocked(&self) -> bool {
        matches!(self.state, State::Blocked)
    }

    /// When `Event::Wake` is due, if ever.
    #[must_use]
    pub const fn deadline(&self) -> Option<Mono> {
        match self.state {
            State::Settling(at) | State::Waiting(at) => Some(at),
            _ => None,
        }
    }

    /// One event in, at most one thing to do out.
    pub fn step(&mut self, now: Mono, event: Event) -> Option<Action> {
        match event {
            Event::Seen { id, complete } => self.seen(id, complete),
            Event::Gone => self.gone(),
            Event::Started(pid) => self.started(pid),
            Event::NotStarted => {
                self.state = State::Waiting(now.plus_ms(RESTART_MS));
                None
            }
            Event::Shared => {
                self.state = State::Blocked;
                None
            }
            Event::Freed => match self.state {
                State::Blocked => self.start(),
                _ => None,
            },
            Event::Ended => self.ended(now),
            Event::Wake => match self.deadline() {
                Some(at) if at <= now => self.start(),
                _ => None,
            },
        }
    }

    fn start(&mut self) -> Option<Action> {
        let Some(id) = self.present else {
            return Some(Action::Forget);
        };
        self.state = State::Starting(id);
        Some(Action::Start)
    }

    fn seen(&mut self, id: Identity, complete: bool) -> Option<Action> {
        self.present = Some(id);
        match self.state {
            State::Settling(_) if complete => self.start(),
            State::Served(pid, served) if served != id => {
                self.state = State::Leaving(pid, served);
                Some(Action::Terminate(pid))
            }
            _ => None,
        }
    }

    fn gone(&mut self) -> Option<Action> {
        self.present = None;
        match self.state {
            State::Served(pid, served) => {
                self.state = State::Leaving(pid, served);
                Some(Action::Terminate(pid))
            }
            State::Leaving(..) => None,
            State::Settling(_) | State::Starting(_) | State::Waiting(_) | State::Blocked => {
                Some(Action::Forget)
            }
        }
    }

    fn started(&mut self, pid: u32) -> Option<Action> {
        let State::Starting(id) = self.state else {
            return None;
        };
        if self.present == Some(id) {
            self.state = State::Served(pid, id);
            None
        } else {
            self.state = State::Leaving(pid, id);
            Some(Action::Terminate(pid))
        }
    }

    fn ended(&mut self, now: Mono) -> Option<Action> {
        match (self.state, self.present) {
            (State::Served(..), _) => {
                self.state = State::Waiting(now.plus_ms(RESTART_MS));
                None
            }
            (State::Leaving(..), Some(_)) => self.start(),
            (State::Leaving(..), None) => Some(Action::Forget),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            ((0..3u64), any::<bool>()).prop_map(|(inode, complete)| Event::Seen {
                id: (1, inode),
                complete
            }),
            Just(Event::Gone),
            Just(Event::Ended),
            Just(Event::Wake),
        ]
    }

    proptest! {
        /// A model of the world: at most one runsv per name, and every runsv of a directory that is
        /// no longer behind the name has been told to go.
        #[test]
        fn a_name_has_one_runsv_and_it_serves_the_present_directory(
            events in proptest::collection::vec((any_event(), 0..1500u64, any::<bool>()), 1..60)
        ) {
            let mut now = Mono(0);
            let mut slot = Slot::new((1, 0), now);
            let mut alive: Option<(u32, Identity)> = None;
            let mut told = false;
            let mut next_pid = 100;
            for (event, ms, fork_works) in events {
                now = now.plus_ms(ms);
                if event == Event::Ended {
                    if alive.is_none() { continue; }
                    alive = None;
                    told = false;
                }
                let mut next = slot.step(now, event);
                while let Some(action) = next {
                    next = match action {
                        Action::Start => {
                            prop_assert!(alive.is_none(), "two runsv for one name");
                            if fork_works {
                                next_pid += 1;
                                alive = Some((next_pid, slot.identity().unwrap()));
                                slot.step(now, Event::Started(next_pid))
                            } else {
                                slot.step(now, Event::NotStarted)
                            }
                        }
                        Action::Terminate(pid) => {
                            prop_assert_eq!(alive.map(|a| a.0), Some(pid));
                            told = true;
                            None
                        }
                        Action::Forget => {
                            prop_assert!(alive.is_none(), "forgot a living runsv");
                            slot = Slot::new((1, 0), now);
                            None
                        }
                    };
                }
                prop_assert_eq!(slot.pid(), alive.map(|a| a.0));
                if let Some((_, serves)) = alive {
                    prop_assert!(told || slot.identity() == Some(serves));
                }
            }
        }
    }
}
