//! The entries of the directory and their runsv: does what `core::scan` decides for each of them.

use super::place::Place;
use crate::cli::Voice;
use runit_core::clock::{Mono, earlier};
use runit_core::scan::{Action, Event, Identity, Slot};
use runit_sys::error::Result;
use runit_sys::signal::Number;
use runit_sys::spawn::{Child, Session};
use runit_sys::{Errno, child, clock, file, signal};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString};

/// All entries, without any limit on how many.
#[derive(Debug)]
pub struct Table {
    voice: Voice<'static>,
    own_session: bool,
    slots: BTreeMap<CString, Slot>,
    names_by_pid: BTreeMap<u32, CString>,
    /// Entries that could not be looked at, each of them named once.
    unreadable: BTreeSet<CString>,
}

impl Table {
    /// No entries.
    pub fn new(voice: Voice<'static>, own_session: bool) -> Table {
        Table {
            voice,
            own_session,
            slots: BTreeMap::new(),
            names_by_pid: BTreeMap::new(),
            unreadable: BTreeSet::new(),
        }
    }

    /// Looks at every entry; starts what is new, tells to go what is not there any more.
    ///
    /// On an error nothing is believed to be gone.
    pub fn compare_with(&mut self, place: &Place) -> Result<()> {
        let names: BTreeSet<CString> = place.names()?.into_iter().collect();
        let known: Vec<CString> = self.slots.keys().cloned().collect();
        for name in known.iter().filter(|name| !names.contains(*name)) {
            self.step(name, Event::Gone);
        }
        self.unreadable.retain(|name| names.contains(name));
        for name in &names {
            self.look_at(name, place);
        }
        Ok(())
    }

    fn look_at(&mut self, name: &CStr, place: &Place) {
        let known = self.slots.get(name).and_then(Slot::identity);
        let mut found = file::identity_of_dir(name);
        if found != Ok(known) || known.is_none() {
            // Once it is watched, what changed before the watch was there has to be looked at, too.
            place.watch_entry(name);
            found = file::identity_of_dir(name);
        }
        match found {
            Ok(Some(id)) => {
                self.unreadable.remove(name);
                self.seen(name, id, place);
            }
            // A plain file is nobody's service.
            Ok(None) => self.step(name, Event::Gone),
            Err(_) if !file::entry_exists(name) => self.step(name, Event::Gone),
            Err(error) => {
                if self.unreadable.insert(name.to_owned()) {
                    self.voice
                        .warning_because(&[b"unable to stat ", name.to_bytes()], error);
                }
                self.step(name, Event::Gone);
            }
        }
    }

    fn seen(&mut self, name: &CStr, id: Identity, place: &Place) {
        let slot = *self
            .slots
            .entry(name.to_owned())
            .or_insert_with(|| Slot::new(id, clock::mono()));
        let mut complete = true;
        if slot.settling() {
            complete = has_run(name);
            if !complete {
                place.watch_files_of(name);
                complete = has_run(name);
            }
        }
        self.step(name, Event::Seen { id, complete });
    }

    /// A child ended.
    pub fn ended(&mut self, pid: u32, now: Mono) {
        let Some(name) = self.names_by_pid.remove(&pid) else {
            return;
        };
        self.step_at(&name, Event::Ended, now);
        // The directory it served may be waited for under another name.
        let names: Vec<CString> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.blocked())
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            self.step_at(&name, Event::Freed, now);
        }
    }

    /// Starts what is due.
    pub fn wake(&mut self, now: Mono) {
        let due = |slot: &Slot| slot.deadline().is_some_and(|at| at <= now);
        let names: Vec<CString> = self
            .slots
            .iter()
            .filter(|(_, slot)| due(slot))
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            self.step_at(&name, Event::Wake, now);
        }
    }

    /// When `wake` is due, if ever.
    pub fn deadline(&self) -> Option<Mono> {
        self.slots.values().map(Slot::deadline).fold(None, earlier)
    }

    /// Tells every runsv to go; nothing is started any more, as nobody calls `wake` afterwards.
    pub fn terminate_all(&mut self) {
        let names: Vec<CString> = self.slots.keys().cloned().collect();
        for name in names {
            self.step(&name, Event::Gone);
        }
    }

    /// A runsv is left.
    pub fn any_alive(&self) -> bool {
        !self.names_by_pid.is_empty()
    }

    fn step(&mut self, name: &CStr, event: Event) {
        self.step_at(name, event, clock::mono());
    }

    fn step_at(&mut self, name: &CStr, event: Event, now: Mono) {
        let Some(slot) = self.slots.get_mut(name) else {
            return;
        };
        match slot.step(now, event) {
            None => {}
            Some(Action::Start) => {
                let answer = self.start(name);
                self.step_at(name, answer, now);
            }
            Some(Action::Terminate(pid)) => {
                if let Some(pid) = child::pid(pid) {
                    // It may have ended already; then it waits to be reaped.
                    let _ = signal::send(pid, Number::TERM);
                }
            }
            Some(Action::Forget) => {
                self.slots.remove(name);
            }
        }
    }

    fn start(&mut self, name: &CStr) -> Event {
        let id = self.slots.get(name).and_then(Slot::identity);
        // Also one that is leaving: it holds the locks until it is gone.
        if self.slots.values().any(|other| other.serves() == id) {
            return Event::Shared;
        }
        let prefix = self.voice.fatal_prefix();
        let called = [b"runsv ", name.to_bytes()].concat();
        let args = [c"runsv", name];
        let child = Child {
            search: true,
            session: if self.own_session {
                Session::New
            } else {
                Session::Same
            },
            complaint: &prefix,
            called: &called,
            failure: 100,
            ..Child::new(c"runsv", &args)
        };
        match child.spawn() {
            Ok(pid) => {
                let pid = child::number(pid);
                self.names_by_pid.insert(pid, name.to_owned());
                Event::Started(pid)
            }
            Err(error) => {
                self.voice
                    .warning_because(&[b"unable to fork for ", name.to_bytes()], error);
                Event::NotStarted
            }
        }
    }
}

/// Whether the entry has a `run` that can be executed.
fn has_run(name: &CStr) -> bool {
    let path = CString::new([name.to_bytes(), b"/run"].concat());
    path.map_err(|_| Errno::INVAL)
        .is_ok_and(|path| file::owner_may_execute(&path))
}
