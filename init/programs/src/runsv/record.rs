//! Writes `supervise/pid`, `stat` and `status` so that readers always see a whole, true file.

use crate::cli::Voice;
use runit_core::layout::Supervise;
use runit_core::service::Service;
use runit_core::status::Status;
use runit_core::tai::Tai64n;
use runit_sys::file::{self, ReplaceError};
use std::ffi::CStr;

/// Writes the files of one side, and remembers what need not be written again.
#[derive(Debug)]
pub struct Record {
    files: &'static Supervise,
    /// What the files tell, and since when; `None` before the first write and after a failure.
    written: Option<(Status, Tai64n)>,
}

impl Record {
    /// For the files of one side, none of them written yet.
    #[must_use]
    pub const fn new(files: &'static Supervise) -> Record {
        Record {
            files,
            written: None,
        }
    }

    /// Writes what changed. Failures are warned about and do not stop the supervision.
    pub fn write(&mut self, service: &Service, voice: Voice<'_>) {
        let Supervise {
            pid,
            pid_new,
            stat,
            stat_new,
            status: record,
            status_new,
            ..
        } = *self.files;
        let (status, changed) = (service.status(), service.changed());
        let new_pid = self.written.is_none_or(|(old, _)| old.pid != status.pid);
        let new_stat = self.written.is_none_or(|(old, since)| {
            since != changed || old.to_stat().as_bytes() != status.to_stat().as_bytes()
        });
        let new_record = self.written.is_none_or(|(old, _)| old != status);
        let mut all = true;
        if new_pid {
            all &= replace(pid, pid_new, status.to_pid().as_bytes(), None, voice);
        }
        if new_stat {
            // The time of `stat` is read as "in this state since": new words must not renew it. It
            // is set from the first on, as the file system's own clock is a little behind.
            let since = Some(changed);
            all &= replace(stat, stat_new, status.to_stat().as_bytes(), since, voice);
        }
        if new_record {
            all &= replace(record, status_new, &status.to_record(), None, voice);
        }
        self.written = all.then_some((status, changed));
    }
}

fn replace(
    path: &CStr,
    new: &CStr,
    content: &[u8],
    mtime: Option<Tai64n>,
    voice: Voice<'_>,
) -> bool {
    let what = |doing: &'static [u8]| [doing, new.to_bytes()];
    match file::replace(path, new, content, mtime) {
        Ok(()) => return true,
        Err(ReplaceError::Open(error)) => voice.warning_because(&what(b"unable to open "), error),
        Err(ReplaceError::Write(error)) => voice.warning_because(&what(b"unable to write "), error),
        Err(ReplaceError::Rename(error)) => {
            let name = new.to_bytes().rsplit(|&byte| byte == b'/').next();
            let parts = [
                b"unable to rename ",
                name.unwrap_or_default(),
                b" to ",
                path.to_bytes(),
            ];
            voice.warning_because(&parts, error);
        }
    }
    false
}
