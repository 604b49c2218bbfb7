//! Names of the files in a service directory, as runsv, sv, runsvdir and every other tool know them.

use core::ffi::CStr;

/// The program of a service.
pub const RUN: &CStr = c"./run";
/// What runs when it ended.
pub const FINISH: &CStr = c"./finish";
/// Present: the service does not start by itself.
pub const DOWN: &CStr = c"down";
/// Asks whether the service is available. Called without `./`, as ever.
pub const CHECK: &CStr = c"check";
/// What runsvdir writes into the services directory when it was told to look again (Debian).
pub const FORCED_RESCAN: &CStr = c".forced-rescan";
/// The logger's own service directory.
pub const LOG: &CStr = c"log";

/// Where a supervisor keeps its files; the same set for the service and for its logger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Supervise {
    /// The directory itself.
    pub dir: &'static CStr,
    /// Held locked while a runsv is alive.
    pub lock: &'static CStr,
    /// FIFO: commands, a byte each.
    pub control: &'static CStr,
    /// FIFO: has a reader while a runsv is alive.
    pub ok: &'static CStr,
    /// Decimal process id and newline; empty when down.
    pub pid: &'static CStr,
    /// The pid file before it is renamed into place.
    pub pid_new: &'static CStr,
    /// The state in words.
    pub stat: &'static CStr,
    /// The stat file before it is renamed into place.
    pub stat_new: &'static CStr,
    /// The 20-byte record.
    pub status: &'static CStr,
    /// The record before it is renamed into place.
    pub status_new: &'static CStr,
    /// The `down` file of this side.
    pub down: &'static CStr,
}

/// Files of the service.
pub static SERVICE: Supervise = Supervise {
    dir: c"supervise",
    lock: c"supervise/lock",
    control: c"supervise/control",
    ok: c"supervise/ok",
    pid: c"supervise/pid",
    pid_new: c"supervise/pid.new",
    stat: c"supervise/stat",
    stat_new: c"supervise/stat.new",
    status: c"supervise/status",
    status_new: c"supervise/status.new",
    down: c"down",
};

/// Files of its logger.
pub static LOGGER: Supervise = Supervise {
    dir: c"log/supervise",
    lock: c"log/supervise/lock",
    control: c"log/supervise/control",
    ok: c"log/supervise/ok",
    pid: c"log/supervise/pid",
    pid_new: c"log/supervise/pid.new",
    stat: c"log/supervise/stat",
    stat_new: c"log/supervise/stat.new",
    status: c"log/supervise/status",
    status_new: c"log/supervise/status.new",
    down: c"log/down",
};
