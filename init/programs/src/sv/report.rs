//! What sv prints: status lines and troubles, to the letter as scripts parse them.

use super::target::Trouble;
use runit_core::layout;
use runit_core::line::Line;
use runit_core::status::{State, Status, Want};
use runit_core::tai::Tai64n;
use runit_sys::{fd, file, reason};
use std::ffi::CStr;

/// Bytes collected before they are written.
const BATCH: usize = 2048;
/// Room for them and the line that reaches that; what is longer goes out in parts.
const ROOM: usize = BATCH + 512;

/// Lines on their way to standard output, unless made for another place.
///
/// Not on the heap: for one status that costs more than all else sv does.
#[derive(Debug)]
pub struct Report {
    text: [u8; ROOM],
    len: usize,
    to: Place,
}

#[derive(Debug, Default, Clone, Copy)]
enum Place {
    #[default]
    Output,
    Error,
    Nobody,
}

impl Default for Report {
    fn default() -> Report {
        Report {
            text: [0; ROOM],
            len: 0,
            to: Place::default(),
        }
    }
}

impl Report {
    /// Lines for standard error.
    pub fn to_standard_error() -> Report {
        Report {
            to: Place::Error,
            ..Report::default()
        }
    }

    /// Lines that nobody wants.
    pub fn to_nobody() -> Report {
        Report {
            to: Place::Nobody,
            ..Report::default()
        }
    }

    /// Appends text.
    pub fn push(&mut self, text: impl AsRef<[u8]>) -> &mut Report {
        let mut text = text.as_ref();
        while text.len() > ROOM - self.len {
            let (now, later) = text.split_at(ROOM - self.len);
            self.append(now);
            self.flush();
            text = later;
        }
        self.append(text);
        self
    }

    fn append(&mut self, text: &[u8]) {
        self.text[self.len..][..text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    /// Ends a line.
    pub fn end_line(&mut self) {
        self.push(b"\n");
        if self.len >= BATCH {
            self.flush();
        }
    }

    /// Writes what was collected; a reader that is gone ends the matter.
    pub fn flush(&mut self) {
        let [_, output, error] = fd::standard();
        let _ = match self.to {
            Place::Output => fd::write_all(output, &self.text[..self.len]),
            Place::Error => fd::write_all(error, &self.text[..self.len]),
            Place::Nobody => Ok(()),
        };
        self.len = 0;
    }

    /// What `exit` wants is so.
    pub fn gone(&mut self, name: &CStr) {
        self.push("ok: ")
            .push(name.to_bytes())
            .push(": runsv not running")
            .end_line();
    }

    /// A line about a trouble.
    pub fn trouble(&mut self, name: &CStr, trouble: &Trouble) {
        self.trouble_text(name.to_bytes(), trouble).end_line();
    }

    /// The same without ending the line.
    pub fn trouble_text(&mut self, name: &[u8], trouble: &Trouble) -> &mut Report {
        let kind = match trouble {
            Trouble::Fail(..) | Trouble::NotRunning => "fail: ",
            Trouble::Warning(..) => "warning: ",
        };
        let (what, error) = trouble.words();
        self.push(kind).push(name).push(": ").push(what);
        if let Some(error) = error {
            self.push(": ").push(reason(error));
        }
        self
    }

    /// The status of the service (or log) whose directory is the working directory.
    pub fn status(&mut self, name: &[u8], status: &Status, now: Tai64n) -> &mut Report {
        let state: &[u8] = match status.state {
            State::Down => b"down: ",
            State::Run => b"run: ",
            State::Finish => b"finish: ",
        };
        self.push(state).push(name).push(": ");
        let mut numbers = Line::<64>::new();
        if let Some(pid) = status.pid {
            numbers.push(b"(pid ").number(pid).push(b") ");
        }
        let seconds = status.since.seconds_until(now);
        numbers.number(i64::try_from(seconds).unwrap_or(i64::MAX));
        self.push(numbers.push(b"s").as_bytes()).remarks(status)
    }

    /// What is special about the service whose directory is the working directory.
    pub fn remarks(&mut self, status: &Status) -> &mut Report {
        let normally_down = file::exists(layout::DOWN).unwrap_or(false);
        let up = status.pid.is_some();
        let wanted_up = status.want == Want::Up;
        let remarks = [
            (up && normally_down, ", normally down"),
            (!up && !normally_down, ", normally up"),
            (up && status.paused, ", paused"),
            (!up && wanted_up, ", want up"),
            (up && !wanted_up, ", want down"),
            (up && status.got_term, ", got TERM"),
        ];
        for (_, remark) in remarks.iter().filter(|(applies, _)| *applies) {
            self.push(remark);
        }
        self
    }
}
