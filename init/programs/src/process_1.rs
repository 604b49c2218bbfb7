//! Ending the system, whoever is process 1: who it is, and how that one is asked.
//!
//! A machine that has just got runit installed runs the init it had until its next restart, and has
//! no command left that could ask for that restart but ours. runit is asked by its flags, systemd by
//! signals (systemd(1)), sysvinit through its FIFO (initctl(5)). It must never set a flag that
//! nobody looks at: it would end the next boot.

use crate::cli::Voice;
use crate::runit::flags::{self, Refused};
use runit_core::exit;
use runit_core::initctl::{self, Record};
use runit_core::power::Ending;
use runit_sys::fd::{self, Owned};
use runit_sys::signal::{self, Number};
use runit_sys::{child, fifo, file};
use std::ffi::CStr;

/// Where sysvinit's init reads requests.
const FIFO: &CStr = c"/run/initctl";

/// What process 1 is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Process1 {
    /// Ours, or the C program; also where it cannot be told.
    Runit,
    /// systemd.
    Systemd,
    /// sysvinit's init.
    Sysvinit,
    /// Another, with its name: it is not known how to ask it.
    Other(Vec<u8>),
}

/// What process 1 is, by its name.
///
/// Without /proc there is no telling, and it is taken for ours. All programs in one file may be
/// called anything there: it is ours where it is the file that asks. One that is called `init` is
/// sysvinit's where it reads from its FIFO.
#[must_use]
pub fn who() -> Process1 {
    let Ok(name) = file::read_all(c"/proc/1/comm", 256) else {
        return Process1::Runit;
    };
    let same_file = || {
        let first = file::identity(c"/proc/1/exe");
        first.is_ok() && first == file::identity(c"/proc/self/exe")
    };
    match name.strip_suffix(b"\n").unwrap_or(&name) {
        b"" | b"runit" | b"runit-init" | b"runit-rs" => Process1::Runit,
        _ if same_file() => Process1::Runit,
        b"systemd" => Process1::Systemd,
        b"init" if fifo::open_writer(FIFO).is_ok() => Process1::Sysvinit,
        b"init" => Process1::Runit,
        other => Process1::Other(other.to_vec()),
    }
}

/// Whether process 1 can be asked for an end; if not, says so and gives the exit code.
///
/// # Errors
/// The exit code.
pub fn can_be_asked(voice: Voice<'_>) -> Result<(), i32> {
    match who() {
        Process1::Other(name) => Err(not_runit(&name, voice)),
        _ => Ok(()),
    }
}

/// Has process 1 end the system in this way. Gives the exit code: 0, or 111 with the reason told.
#[must_use]
pub fn end(ending: Ending, voice: Voice<'_>) -> i32 {
    match who() {
        Process1::Runit => match flags::ask_for(ending) {
            Ok(()) => tell(Number::CONT, voice),
            Err(Refused { what, path, why }) => {
                voice.fatal_because(&[b"unable to ", what, b" ", path.to_bytes()], why)
            }
        },
        Process1::Systemd => match Number::realtime(systemd_signal(ending)) {
            Some(number) => tell(number, voice),
            None => exit::FATAL,
        },
        Process1::Sysvinit => {
            let sent = fifo::open_writer(FIFO).and_then(|fifo| write(&fifo, ending));
            match sent {
                Ok(()) => 0,
                Err(error) => voice.fatal_because(&[b"unable to write ", FIFO.to_bytes()], error),
            }
        }
        Process1::Other(name) => not_runit(&name, voice),
    }
}

fn not_runit(name: &[u8], voice: Voice<'_>) -> i32 {
    voice.fatal(&[b"process 1 is ", name, b", not runit"])
}

/// Which real-time signal starts the unit: halt.target, poweroff.target, reboot.target, kexec.target.
const fn systemd_signal(ending: Ending) -> i32 {
    match ending {
        Ending::Halt => 3,
        Ending::PowerOff => 4,
        Ending::Restart => 5,
        Ending::Kexec => 6,
    }
}

/// Both records in one piece each: nobody else's comes between their bytes.
fn write(fifo: &Owned, ending: Ending) -> Result<(), runit_sys::Errno> {
    let (how, level): (Option<Record>, u8) = match ending {
        Ending::Halt => (Some(initctl::set(b"INIT_HALT=HALT")), b'0'),
        Ending::PowerOff => (Some(initctl::set(b"INIT_HALT=POWEROFF")), b'0'),
        Ending::Restart | Ending::Kexec => (None, b'6'),
    };
    if let Some(record) = how {
        fd::write_all(fifo, &record)?;
    }
    fd::write_all(fifo, &initctl::level(level))
}

/// Sends process 1 a signal. Gives the exit code: 0, or 111 with the reason told.
#[must_use]
pub fn tell(number: Number, voice: Voice<'_>) -> i32 {
    match child::pid(1).map(|pid| signal::send(pid, number)) {
        Some(Err(error)) => voice.fatal_because(&[b"unable to signal process 1"], error),
        _ => 0,
    }
}
