//! From the input to one log after the other: rendering, sending, and the alerts on standard error.
//!
//! Rendered bytes that could not be written stay here, and go out before anything else does.

use super::append::Stuck;
use super::input::Input;
use super::log::{Log, Mark};
use super::options::Call;
use super::slot::Slot;
use memchr::memchr;
use runit_core::log_cut::Piece;
use runit_core::log_pattern::Chosen;
use runit_core::log_render::{CUT, Manner, Place, Receiver, render};
use runit_core::tai::Tai64n;
use runit_sys::fd;
use std::ffi::CStr;

/// Size of the buffer for rendered bytes.
const ROOM: usize = 256 << 10;

/// The buffers on the way out.
#[derive(Debug)]
pub struct Outlet {
    rendered: Vec<u8>,
    /// What of it is not written yet.
    from: usize,
    to: usize,
    /// Whose that is.
    owner: Option<&'static CStr>,
    /// Where the input is behind it.
    behind: Mark,
    alerts: Vec<u8>,
    packet: Vec<u8>,
}

impl Outlet {
    /// Empty buffers; the system gives memory as it is used.
    #[must_use]
    pub fn new() -> Outlet {
        Outlet {
            rendered: vec![0; ROOM],
            from: 0,
            to: 0,
            owner: None,
            behind: Mark::default(),
            alerts: Vec::new(),
            packet: Vec::new(),
        }
    }

    /// Makes sure that the beginning of a line of this log always fits.
    pub fn make_room_for(&mut self, slot: &Slot, call: &Call) {
        if let Some(log) = &slot.log {
            let need = manner(log, call).before_a_line() + ROOM;
            if need > self.rendered.len() {
                self.rendered.resize(need, 0);
            }
        }
    }

    /// Whether rendered bytes of this log wait to be written.
    #[must_use]
    pub fn holds_for(&self, slot: &Slot) -> bool {
        self.from < self.to && self.owner == Some(slot.tell.dir)
    }

    /// Gives a log what it has not seen yet. The error: it is stuck, and that has been told.
    pub fn serve(
        &mut self,
        slot: &mut Slot,
        call: &Call,
        input: &Input,
        last: bool,
        now: Tai64n,
    ) -> Result<(), ()> {
        let result = self.serve_quietly(slot, call, input, last, now);
        if !self.alerts.is_empty() {
            // There is nobody left to tell where standard error takes nothing.
            let _ = fd::write_all(fd::standard()[2], &self.alerts);
            self.alerts.clear();
        }
        result.map_err(|stuck| slot.tell.pausing(stuck.trouble))
    }

    fn serve_quietly(
        &mut self,
        slot: &mut Slot,
        call: &Call,
        input: &Input,
        last: bool,
        now: Tai64n,
    ) -> Result<(), Stuck> {
        let Some(log) = &mut slot.log else {
            slot.at = input.bytes().len();
            slot.place = Place::Start;
            return Ok(());
        };
        if self.owner == Some(slot.tell.dir) {
            self.write_out(log)?;
        }
        log.append(b"", log.mark)?;
        if slot.at < input.bytes().len() {
            log.stamp(now);
        }
        while slot.at < input.bytes().len() {
            let bytes = &input.bytes()[slot.at..];
            if manner(log, call).verbatim() {
                let piece = &bytes[..log.piece(bytes)];
                let behind = |done| Mark {
                    at: input.position(slot.at + done),
                    place: place_behind(&piece[..done], slot.place),
                };
                let result = log.append(piece, behind(piece.len()));
                let done = result.map_or_else(|stuck| stuck.done, |()| piece.len());
                let behind = behind(done);
                slot.at += done;
                slot.place = behind.place;
                if result.is_err() {
                    // Every byte is a mark where output is input.
                    log.dealt_with(behind);
                }
                result?;
                continue;
            }
            let (piece, room) = extent(log, call, slot.place, bytes);
            let piece = &bytes[..piece];
            let manner = manner(log, call);
            let mut heads = Heads {
                manner: &manner,
                log,
                packet: &mut self.packet,
                alerts: &mut self.alerts,
            };
            let room = room.min(self.rendered.len());
            let out = &mut self.rendered[..room];
            let last = last && piece.len() == bytes.len();
            let done = render(&mut slot.place, &manner, piece, last, out, &mut heads);
            slot.at += done.read;
            self.behind = Mark {
                at: input.position(slot.at),
                place: slot.place,
            };
            (self.from, self.to, self.owner) = (0, done.wrote, Some(slot.tell.dir));
            self.write_out(log)?;
            if !done.full && piece.len() == bytes.len() {
                break;
            }
        }
        log.move_to(Mark {
            at: input.position(slot.at),
            place: slot.place,
        });
        Ok(())
    }

    /// Writes what is rendered.
    fn write_out(&mut self, log: &mut Log) -> Result<(), Stuck> {
        let result = log.append(&self.rendered[self.from..self.to], self.behind);
        match result {
            Ok(()) => (self.from, self.to, self.owner) = (0, 0, None),
            Err(stuck) => self.from += stuck.done,
        }
        result
    }
}

/// How much input is rendered at once, into how much output, so that the log is rotated behind a
/// piece and not within it: only between two pieces can be noted how far it has come.
fn extent(log: &mut Log, call: &Call, place: Place, input: &[u8]) -> (usize, usize) {
    let least = match place {
        Place::Start => manner(log, call).before_a_line() + 1,
        _ => 1,
    };
    let limit = log.settings.limit;
    let mut piece = limit.piece(log.size, least);
    if piece == Piece::Rotate {
        log.rotate_now();
        piece = limit.piece(0, least);
    }
    let line = || memchr(b'\n', input).map_or(input.len(), |end| end + 1);
    match piece {
        Piece::Bytes(room) if !log.rotate_at_line_end => (input.len(), room),
        Piece::Bytes(room) | Piece::Line(room) => (line(), room),
        // Files so small that not even what stands before a line has room.
        Piece::Rotate => (line(), usize::MAX),
    }
}

/// Where a log stands behind bytes that were passed on as they are.
fn place_behind(bytes: &[u8], before: Place) -> Place {
    match bytes.last() {
        None => before,
        Some(b'\n') => Place::Start,
        Some(_) => Place::Kept,
    }
}

/// What a log does with its lines.
fn manner<'a>(log: &'a Log, call: &Call) -> Manner<'a> {
    let settings = &log.settings;
    Manner {
        label: log.label(),
        prefix: &settings.prefix,
        rules: &settings.rules,
        config: &settings.text,
        head: call.head,
        sends: settings.send.is_some(),
        sends_only: settings.send.is_some_and(|send| send.only),
    }
}

/// Takes the heads of lines.
struct Heads<'a> {
    manner: &'a Manner<'a>,
    log: &'a Log,
    packet: &'a mut Vec<u8>,
    alerts: &'a mut Vec<u8>,
}

impl Receiver for Heads<'_> {
    #[inline]
    fn head(&mut self, chosen: Chosen, head: &[u8], cut: bool) -> bool {
        let cut = if cut { CUT } else { b"" };
        let line = [self.manner.label, self.manner.prefix, head, cut, b"\n"];
        if chosen.alert {
            line.iter()
                .for_each(|part| self.alerts.extend_from_slice(part));
        }
        let Some(send) = self.log.settings.send.filter(|_| chosen.keep) else {
            return true;
        };
        self.packet.clear();
        if let Some(priority) = send.priority {
            self.packet
                .extend_from_slice(format!("<{priority}>").as_bytes());
        }
        line.iter()
            .for_each(|part| self.packet.extend_from_slice(part));
        self.log
            .sender
            .as_ref()
            .is_some_and(|to| to.send(self.packet))
    }
}
