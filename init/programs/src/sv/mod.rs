//! sv: tells services what to do, and tells how they are.
//!
//! The story: find out what was typed, send the commands to all services, then wait for all of
//! them together. Under any other name than `sv` it is an LSB init script for the service of that
//! name, with LSB's exit codes.

pub(crate) mod check;
mod log;
mod older;
pub(crate) mod report;
pub(crate) mod target;
mod wait;
mod words;

use crate::cli::{self, Voice};
use report::Report;
use runit_core::exit;
use runit_core::goal::Goal;
use runit_core::options::{Opt, Options};
use runit_core::status::State;
use runit_sys::entry::Args;
use runit_sys::{clock, fd, file, spawn};
use std::cell::OnceCell;
use std::ffi::CStr;
use std::os::fd::OwnedFd;
use target::{Target, Trouble};
use wait::Waiting;
use words::Order;

/// Seconds to wait where nothing else is said.
const WAIT: u64 = 7;
/// Where services are looked for: the first that exists. `$SVDIR` overrides it.
const SERVICES: [&CStr; 3] = [c"/etc/service", c"/var/service", c"/service"];
/// Most failures an exit code can tell.
const MOST_FAILURES: u32 = 99;

/// Exit codes of an LSB init script.
mod lsb {
    pub const FAILURE: i32 = 1;
    pub const USAGE: i32 = 2;
    pub const STATUS_DOWN: i32 = 3;
    pub const STATUS_UNKNOWN: i32 = 4;
    pub const FATAL: i32 = 151;
}

/// One call.
struct Call {
    name: &'static [u8],
    is_lsb: bool,
    verbose: bool,
    seconds: u64,
}

/// `sv [-v] [-w sec] command service ...`; exits with the number of services that failed, 100 on a
/// usage error.
pub fn main(args: Args) -> i32 {
    let name = args.program_name();
    let origin = match fd::open_dir(c".") {
        Ok(origin) => origin,
        Err(error) => {
            let _ = Voice::new(name).fatal_because(&[b"unable to open current directory"], error);
            return if name == b"sv" {
                exit::FATAL_100
            } else {
                lsb::FATAL
            };
        }
    };
    if let Some(code) = older::main(name, &args, &origin) {
        return code;
    }
    let seconds = spawn::variable(c"SVWAIT").and_then(number).unwrap_or(WAIT);
    let mut call = Call {
        name,
        is_lsb: name != b"sv",
        verbose: false,
        seconds,
    };
    let mut options = Options::new(b"w:vV", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'v') => call.verbose = true,
            Opt::Flag(_) => cli::version(),
            Opt::Value(_, value) => match number(value.to_bytes()) {
                Some(seconds) => {
                    call.seconds = seconds;
                    call.verbose = true;
                }
                None => return call.usage(),
            },
            Opt::Unknown(letter) => {
                Voice::new(name).illegal_option(letter);
                return call.usage();
            }
            Opt::Missing(letter) => {
                Voice::new(name).missing_argument(letter);
                return call.usage();
            }
        }
    }
    let words = args.skip(options.operands());
    if !call.is_lsb
        && words
            .get(0)
            .is_some_and(|word| word.to_bytes() == log::WORD)
    {
        return log::main(&words, services_dir(), &origin);
    }
    let Some(order) = words.get(0).and_then(|word| words::order(word.to_bytes())) else {
        return call.usage();
    };
    let services = if call.is_lsb {
        args.skip(0)
    } else {
        words.skip(1)
    };
    let count = if call.is_lsb { 1 } else { services.len() };
    if count == 0 {
        return call.usage();
    }
    let names = services.iter().take(count).map(|service| {
        if call.is_lsb {
            own_name(service)
        } else {
            service
        }
    });
    call.carry_out(order, names, &origin)
}

/// The last part of the path sv was called by, as a C string.
fn own_name(path: &'static CStr) -> &'static CStr {
    let bytes = path.to_bytes_with_nul();
    let start = bytes
        .iter()
        .rposition(|&b| b == b'/')
        .map_or(0, |slash| slash + 1);
    CStr::from_bytes_with_nul(&bytes[start..]).unwrap_or(path)
}

fn number(text: &[u8]) -> Option<u64> {
    let plain = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text)
        .ok()
        .filter(|_| plain)?
        .parse()
        .ok()
}

pub(crate) fn services_dir() -> &'static [u8] {
    spawn::variable(c"SVDIR").unwrap_or_else(|| {
        let exists = |dir: &&&CStr| file::is_dir(dir) == Ok(Some(true));
        SERVICES
            .iter()
            .find(exists)
            .unwrap_or(&SERVICES[0])
            .to_bytes()
    })
}

impl Call {
    fn usage(&self) -> i32 {
        if self.is_lsb {
            Voice::new(self.name).usage(b" [-w sec] command");
            lsb::USAGE
        } else {
            Voice::new(self.name).usage(b" [-v] [-w sec] command service ...");
            exit::FATAL_100
        }
    }

    fn carry_out(
        &self,
        order: Order,
        names: impl Iterator<Item = &'static CStr>,
        origin: &OwnedFd,
    ) -> i32 {
        // Looked for when a name asks for it.
        let services: OnceCell<&[u8]> = OnceCell::new();
        let targets = names.map(|name| Target::new(name, || *services.get_or_init(services_dir)));
        let mut report = Report::default();
        let code = match order {
            Order::Status => self.status(targets, origin, &mut report),
            Order::Control {
                send,
                goal,
                waits,
                kills,
            } => {
                let waiting = Waiting::new(goal, kills, self.seconds, origin);
                let failures = if waits || self.verbose {
                    control_and_wait(waiting, send, goal, targets, origin, &mut report)
                } else {
                    control(send, goal, targets, origin, &mut report)
                };
                self.code(failures)
            }
        };
        report.flush();
        code
    }

    fn code(&self, failures: u32) -> i32 {
        match failures {
            0 => 0,
            _ if self.is_lsb => lsb::FAILURE,
            n => n.min(MOST_FAILURES) as i32,
        }
    }

    fn status(
        &self,
        targets: impl Iterator<Item = Target>,
        origin: &OwnedFd,
        report: &mut Report,
    ) -> i32 {
        let now = clock::wall();
        let mut failures = 0;
        let mut lsb_code = 0;
        for target in targets {
            let name = target.name.to_bytes();
            let asked = target
                .enter(origin)
                .and_then(|()| target::prove_runsv())
                .and_then(|_| target::read_status());
            match asked {
                Ok(status) => {
                    if status.state == State::Down {
                        lsb_code = lsb::STATUS_DOWN;
                    }
                    report.status(name, &status, now);
                    // The logger's troubles count for the caller, but not for LSB: there the
                    // service decides.
                    failures += u32::from(!status_of_log(name, report));
                    report.end_line();
                }
                Err(trouble) => {
                    report.trouble(target.name, &trouble);
                    lsb_code = match trouble {
                        Trouble::Warning(..) => lsb::STATUS_UNKNOWN,
                        Trouble::Fail(..) | Trouble::NotRunning => lsb::FAILURE,
                    };
                    failures += 1;
                }
            }
        }
        if self.is_lsb {
            lsb_code
        } else {
            self.code(failures)
        }
    }
}

/// Appends the logger of the service in whose directory we are, where it has one. `false`: there
/// is something wrong with it.
fn status_of_log(service: &[u8], report: &mut Report) -> bool {
    let in_log = match file::is_dir(c"log") {
        Ok(None) => return true,
        Ok(Some(true)) => file::chdir(c"log"),
        Ok(Some(false)) => Err(runit_sys::Errno::NOTDIR),
        Err(error) => Err(error),
    };
    let asked = in_log
        .map_err(|error| Trouble::Warning("unable to change directory", Some(error)))
        .and_then(|()| target::prove_runsv())
        .and_then(|_| target::read_status());
    report.push("; ");
    match asked {
        Ok(status) => {
            report.status(b"log", &status, clock::wall());
            true
        }
        Err(trouble) => {
            report.trouble_text(&[service, b"/log"].concat(), &trouble);
            false
        }
    }
}

/// Only sends; gives how many failed.
fn control(
    send: &[u8],
    goal: Goal,
    targets: impl Iterator<Item = Target>,
    origin: &OwnedFd,
    report: &mut Report,
) -> u32 {
    let mut failures = 0;
    for target in targets {
        match target.enter(origin).and_then(|()| target::send(send)) {
            Ok(()) => {}
            Err(Trouble::NotRunning) if goal == Goal::Gone => report.gone(target.name),
            Err(trouble) => {
                report.trouble(target.name, &trouble);
                failures += 1;
            }
        }
    }
    failures
}

/// Sends to all, then waits for all; gives how many failed.
fn control_and_wait(
    mut waiting: Waiting<'_>,
    send: &[u8],
    goal: Goal,
    targets: impl Iterator<Item = Target>,
    origin: &OwnedFd,
    report: &mut Report,
) -> u32 {
    let mut failures = 0;
    for target in targets {
        let sent = target.enter(origin).and_then(|()| {
            // The record from before the command tells the old process from the new.
            let prepared = waiting.prepare(&target);
            if !send.is_empty() {
                target::send(send)?;
            }
            prepared
        });
        match sent {
            Ok(pending) => waiting.add(pending),
            Err(Trouble::NotRunning) if goal == Goal::Gone => report.gone(target.name),
            Err(trouble) => {
                report.trouble(target.name, &trouble);
                failures += 1;
            }
        }
    }
    failures + waiting.run(report)
}
