//! Standard input: one buffer, one large read at a time, through the journal where there is one.
//!
//! The buffer holds what was read and what some log has not dealt with yet, which is less than the
//! head of a line; so there is always room for a read of the size that was promised.

use super::journal::Journal;
use runit_core::clock::Mono;
use runit_core::log_clean::Clean;
use runit_sys::error::{Errno, Result};
use runit_sys::{clock, fd, poll};
use std::os::fd::BorrowedFd;

/// What one read asks for at least: twice what a pipe holds that was not widened.
const READ: usize = 128 << 10;
/// How long the next byte of a line is waited for that was begun when svlogd was told to end, and
/// how long the end of the line.
const NEXT_BYTE_MS: u64 = 1_000;
const REST_OF_LINE_MS: u64 = 5_000;

/// What is read from standard input.
#[derive(Debug)]
pub struct Input {
    buffer: Vec<u8>,
    end: usize,
    /// The position of the first byte in the buffer.
    pub start: u64,
    clean: Option<Clean>,
    /// The rest of the last line could not be taken: it is left to a later svlogd.
    pub broken_off: bool,
    /// What it comes through.
    pub journal: Option<Journal>,
}

impl Input {
    /// A buffer of the promised size and room for a head; the system gives memory as it is used.
    #[must_use]
    pub fn new(promised: usize, head: usize, clean: Option<Clean>) -> Input {
        Input {
            buffer: vec![0; promised.max(READ) + head],
            end: 0,
            start: 0,
            clean,
            broken_off: false,
            journal: None,
        }
    }

    /// Where it comes from.
    #[must_use]
    pub fn fd() -> BorrowedFd<'static> {
        fd::standard()[0]
    }

    /// How many bytes wait in the pipe; where it is unknown, some.
    #[must_use]
    pub fn waiting() -> u64 {
        fd::waiting(Self::fd()).unwrap_or(1)
    }

    /// What there is.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// The position of a byte in the buffer.
    #[must_use]
    pub fn position(&self, at: usize) -> u64 {
        self.start + at as u64
    }

    /// There is more at once, whatever standard input does.
    #[must_use]
    pub fn backlog(&self) -> bool {
        self.journal.as_ref().is_some_and(Journal::backlog)
    }

    /// Reads once: how many bytes came; `None` when there was nothing after all.
    pub fn read(&mut self) -> Result<Option<usize>> {
        self.read_at_most(usize::MAX)
    }

    fn read_at_most(&mut self, most: usize) -> Result<Option<usize>> {
        let room = (self.buffer.len() - self.end).min(most);
        let place = &mut self.buffer[self.end..self.end + room];
        let read = match &mut self.journal {
            Some(journal) if journal.backlog() => journal.copy(place),
            Some(journal) if journal.takes => match journal.take(Self::fd(), room) {
                Ok(1..) => journal.copy(place),
                other => other,
            },
            _ => fd::read(Self::fd(), place),
        };
        let read = match read {
            Ok(read) => read,
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(error),
        };
        if let Some(clean) = &self.clean {
            clean.apply(&mut place[..read]);
        }
        self.end += read;
        Ok(Some(read))
    }

    /// Forgets the first bytes.
    pub fn forget(&mut self, bytes: usize) {
        self.buffer.copy_within(bytes..self.end, 0);
        self.end -= bytes;
        self.start += bytes as u64;
    }

    /// Whether another read has room.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.end < self.buffer.len()
    }

    /// Reads on to the end of the line, byte by byte, so that nothing behind it is taken from
    /// whoever reads next; does not wait long. `inside`: the last byte read was inside a line.
    pub fn finish_line(&mut self, mut inside: bool) {
        let last = clock::mono().plus_ms(REST_OF_LINE_MS);
        let mut until = clock::mono().plus_ms(NEXT_BYTE_MS);
        while inside && self.has_room() && clock::mono() < until {
            if !self.backlog() && !ready(until) {
                continue;
            }
            match self.read_at_most(1) {
                Ok(Some(1)) => {
                    inside = self.bytes().last() != Some(&b'\n');
                    until = clock::mono().plus_ms(NEXT_BYTE_MS).min(last);
                }
                Ok(None) => {}
                Ok(_) => return,
                Err(_) => {
                    self.broken_off = self.journal.is_some();
                    return;
                }
            }
        }
        self.broken_off = inside && !self.has_room() && self.journal.is_some();
    }
}

fn ready(until: Mono) -> bool {
    poll::wait(&[Some(Input::fd())], Some(until)).is_ok_and(|ready| ready.has(0))
}
