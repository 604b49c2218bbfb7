//! The log in the process title: what the tree writes to standard error, readable with `ps`.
//!
//! Takes the place of standard error, so the services inherit it. A dot goes in every 15 minutes,
//! which tells the age of the text before it.

use crate::cli::Voice;
use runit_core::clock::Mono;
use runit_sys::entry::Args;
use runit_sys::title::Title;
use runit_sys::{clock, fd, pipe};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Shortest argument that is used.
const SHORTEST: usize = 7;
/// How much of the argument's beginning stays: `log: `.
const KEPT: usize = 5;
/// Milliseconds between dots.
const DOT_MS: u64 = 900_000;

/// The pipe behind standard error and the title it is shown in.
#[derive(Debug)]
pub struct TitleLog {
    title: Title,
    reader: OwnedFd,
    dot_at: Mono,
}

impl TitleLog {
    /// Uses argument `n`, where there is one; says why not where it cannot be used.
    pub fn open(args: &Args, n: usize, voice: Voice<'_>) -> Option<TitleLog> {
        let text = args.get(n)?;
        let log = if text.to_bytes().len() < SHORTEST {
            voice.warning(&[b"log must have at least seven characters."]);
            None
        } else {
            TitleLog::over(args, n, voice)
        };
        if log.is_none() {
            voice.warning(&[b"log service disabled."]);
        }
        log
    }

    fn over(args: &Args, n: usize, voice: Voice<'_>) -> Option<TitleLog> {
        let reader = match pipe::pipe_nonblocking().and_then(|(reader, writer)| {
            pipe::make_blocking(&writer)?;
            fd::become_standard_error(&writer).map(|()| reader)
        }) {
            Ok(reader) => reader,
            Err(error) => {
                voice.warning_because(&[b"unable to create pipe for log."], error);
                return None;
            }
        };
        let mut log = TitleLog {
            title: Title::over(args, n)?,
            reader,
            dot_at: clock::mono(),
        };
        // The first dot, before anyone can have written.
        log.turn(false);
        Some(log)
    }

    /// Readable when there is text.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// When the next dot is due.
    pub fn deadline(&self) -> Mono {
        self.dot_at
    }

    /// Takes in what was written (`readable`), and a dot when it is time.
    pub fn turn(&mut self, readable: bool) {
        let mut text = [0u8; 256];
        if readable {
            let len = fd::read(&self.reader, &mut text).unwrap_or(0);
            self.title.push(KEPT, &text[..len]);
        }
        let now = clock::mono();
        if self.dot_at <= now {
            self.title.push(KEPT, b".");
            self.dot_at = now.plus_ms(DOT_MS);
        }
    }
}
