//! The processor of a log: `sh -c COMMAND` over each file that was rotated.
//!
//! A file that waits is called `.u`; the list of those is the directory itself, so nothing has to
//! be remembered over a restart. Input is fd 0, output fd 1, the state of the last run fd 4, that
//! for the next fd 5. Logging never waits for any of this.

use super::log::Log;
use super::tell::{Teller, Trouble};
use runit_core::clock::Mono;
use runit_core::exit::Exit;
use runit_core::log_keep::{Kind, Name};
use runit_core::log_processor::Schedule;
use runit_core::tai::Tai64n;
use runit_sys::error::Errno;
use runit_sys::folder::{self, Folder};
use runit_sys::signal::{self, Number};
use runit_sys::spawn::{Child, Session};
use runit_sys::{Pid, child, clock};
use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};

/// The bit of a finished file.
const FINISHED: u32 = 0o100;

const LEFT: &[u8] = b"processor failed, left for the next start";

/// A processor that runs.
#[derive(Debug)]
struct Running {
    pid: Pid,
    stamp: Tai64n,
    /// The directory it works in, which the log may have left since.
    folder: Folder,
}

/// What there is to do for one log's processor.
#[derive(Debug, Default)]
pub struct Work {
    /// When.
    pub schedule: Schedule,
    running: Option<Running>,
}

/// The files of one run.
struct Files {
    input: OwnedFd,
    output: OwnedFd,
    state: OwnedFd,
    newstate: OwnedFd,
}

impl Work {
    /// The stamp of the file being processed.
    #[must_use]
    pub fn stamp(&self) -> Option<Tai64n> {
        self.running.as_ref().map(|running| running.stamp)
    }

    /// Whether this is the process of the processor.
    #[must_use]
    pub fn is(&self, pid: u32) -> bool {
        self.running
            .as_ref()
            .is_some_and(|r| child::number(r.pid) == pid)
    }

    /// Starts the processor on the oldest file that waits, if it is time.
    pub fn start_if_due(&mut self, log: &Log, now: Mono, end: bool) {
        let Some(command) = &log.settings.processor else {
            return;
        };
        if !self.schedule.due(now, end) {
            return;
        }
        let oldest = {
            let mut census = log.census.borrow_mut();
            census.take(&log.folder, false);
            census.first_raw()
        };
        let Some(stamp) = oldest else {
            self.schedule.nothing_left();
            return;
        };
        match start(log, command, stamp) {
            Ok(running) => {
                self.schedule.started();
                self.running = Some(running);
            }
            Err(trouble) => {
                log.tell.trouble(trouble);
                self.schedule.failed(now);
            }
        }
    }

    /// It ended.
    pub fn ended(&mut self, exit: Exit, tell: &Teller, end: bool) {
        let Some(running) = self.running.take() else {
            return;
        };
        if !exit.success() {
            tell.warning(if end {
                LEFT
            } else {
                b"processor failed, restart"
            });
            let half = Name::new(running.stamp, Kind::Half);
            let _ = running.folder.remove_if_there(half.as_c_str());
            self.schedule.failed(clock::mono());
            return;
        }
        match keep_output(&running, tell) {
            Ok(()) => self.schedule.succeeded(),
            Err(trouble) => {
                tell.trouble(trouble);
                self.schedule.failed(clock::mono());
            }
        }
    }

    /// At the end: says it where files are left that a processor failed on before.
    pub fn tell_left(&self, tell: &Teller) {
        if self.schedule.stuck() {
            tell.warning(LEFT);
        }
    }

    /// Ends a processor that does not end by itself; its file stays for the next start.
    pub fn abandon(&mut self, tell: &Teller) {
        if let Some(running) = self.running.take() {
            tell.warning(b"processor still running, left for the next start");
            let _ = signal::send_group(running.pid, Number::TERM);
        }
    }
}

/// Opens the files of a run and starts it.
fn start(log: &Log, command: &CStr, stamp: Tai64n) -> Result<Running, Trouble> {
    let files = Files::open(&log.folder, stamp)?;
    let folder = log
        .folder
        .again()
        .map_err(Trouble::with(b"unable to change directory, want processor"))?;
    let raw = Name::new(stamp, Kind::Raw);
    log.tell.info_file(b"processing: ", raw.as_bytes());
    let about = [b"processor: ", log.tell.dir.to_bytes()].concat();
    let pid = Child {
        stdio: [Some(files.input.as_fd()), Some(files.output.as_fd()), None],
        more: &[(4, files.state.as_fd()), (5, files.newstate.as_fd())],
        dir: Some(folder.fd()),
        session: Session::New,
        complaint: &[b"svlogd: fatal: "],
        verb: b"unable to run ",
        called: &about,
        ..Child::new(c"/bin/sh", &[c"sh", c"-c", command])
    }
    .spawn()
    .map_err(Trouble::with(b"unable to fork for processor"))?;
    Ok(Running { pid, stamp, folder })
}

impl Files {
    fn open(folder: &Folder, stamp: Tai64n) -> Result<Files, Trouble> {
        let name = |kind| Name::new(stamp, kind);
        Ok(Files {
            input: folder
                .read(name(Kind::Raw).as_c_str())
                .map_err(Trouble::with(b"unable to open input for processor"))?,
            output: folder
                .create_anew(name(Kind::Half).as_c_str())
                .map_err(Trouble::with(b"unable to open output for processor"))?,
            state: open_state(folder)?,
            newstate: folder
                .create_anew(c"newstate")
                .map_err(Trouble::with(b"unable to open newstate for processor"))?,
        })
    }
}

/// The state that the last run left; the first finds an empty one.
fn open_state(folder: &Folder) -> Result<OwnedFd, Trouble> {
    match folder.read(c"state") {
        Err(Errno::NOENT) => {
            folder
                .append(c"state", 0o644)
                .map_err(Trouble::with(b"unable to create empty state for processor"))?;
            folder.read(c"state")
        }
        other => other,
    }
    .map_err(Trouble::with(b"unable to open state for processor"))
}

/// Puts the output in the place of the input. At every moment one of the two is whole.
fn keep_output(running: &Running, tell: &Teller) -> Result<(), Trouble> {
    let Running { stamp, folder, .. } = running;
    let [done, raw, half] = [Kind::Done, Kind::Raw, Kind::Half].map(|kind| Name::new(*stamp, kind));
    let what = Trouble::with(b"unable to set mode of processed");
    let output = folder.read(half.as_c_str()).map_err(what)?;
    if let Err(why) = folder::to_disk(&output) {
        let what = b"unable to fsync processed";
        tell.trouble(Trouble { what, why });
    }
    folder::about_file(&output)
        .and_then(|about| folder::set_mode(&output, about.mode | FINISHED))
        .map_err(Trouble::with(b"unable to set mode of processed"))?;
    folder
        .rename(half.as_c_str(), done.as_c_str())
        .map_err(Trouble::with(b"unable to rename processed"))?;
    if let Err(why) = folder.remove_if_there(raw.as_c_str()) {
        let what = b"unable to unlink processor leftover";
        tell.trouble(Trouble { what, why });
    }
    if let Err(why) = folder.rename(c"newstate", c"state") {
        let what = b"unable to rename state";
        tell.trouble(Trouble { what, why });
    }
    tell.info_file(b"processed: ", done.as_bytes());
    Ok(())
}
