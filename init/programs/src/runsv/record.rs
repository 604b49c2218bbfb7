//! Writes `supervise/pid`, `stat` and `status` so that readers always see a whole, true file.

use crate::cli::Voice;
use runit_core::layout::Supervise;
use runit_core::service::Service;
use runit_sys::file::{self, ReplaceError};
use std::ffi::CStr;

/// Writes the files of one side, and remembers what need not be written again.
#[derive(Debug)]
pub struct Record {
    files: Supervise,
    /// The pid in the file; `None` before the first write.
    pid: Option<Option<u32>>,
}

impl Record {
    /// For the files of one side, none of them written yet.
    #[must_use]
    pub const fn new(files: Supervise) -> Record {
        Record { files, pid: None }
    }

    /// Writes what changed. Failures are warned about and do not stop the supervision.
    pub fn write(&mut self, service: &Service, voice: Voice<'_>) {
        let status = service.status();
        let Supervise {
            pid,
            pid_new,
            stat,
            stat_new,
            status: record,
            status_new,
            ..
        } = self.files;
        if self.pid != Some(status.pid)
            && replace(pid, pid_new, status.to_pid().as_bytes(), None, voice)
        {
            self.pid = Some(status.pid);
        }
        // The time of `stat` is read as "in this state since": new words must not renew it. It is
        // set from the first on, as the file system's own clock is a little behind.
        let since = Some(service.changed());
        replace(stat, stat_new, status.to_stat().as_bytes(), since, voice);
        replace(record, status_new, &status.to_record(), None, voice);
    }
}

fn replace(
    path: &CStr,
    new: &CStr,
    content: &[u8],
    mtime: Option<runit_core::tai::Tai64n>,
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
