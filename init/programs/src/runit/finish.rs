//! The end: everything is killed, everything is written, and the machine or container stops.
//!
//! reboot(2) is called in a child: where it ends its caller, that must not be process 1, whose end
//! is a panic of the kernel.

use super::{flags, messages};
use runit_core::power::Ending;
use runit_sys::signal::Number;
use runit_sys::{Errno, child, clock, console, file, reap, reason, reboot, reexec, signal, spawn};

/// Exit code of process 1 in a container that is to be started again (as systemd has it).
const RESTART_CONTAINER: i32 = 133;
/// Exit code of the child where reboot(2) was refused.
const REFUSED: i32 = 111;
/// Milliseconds that killed processes have to be gone.
const DYING_MS: u64 = 2000;
/// Milliseconds after a power-off that did not happen yet.
const POWER_MS: u64 = 2000;

/// Ends everything. In a container that may not reboot, gives the exit code of process 1; a
/// machine that goes nowhere stays here, with the three keys working.
pub fn finish(ending: Ending, in_container: bool) -> i32 {
    if reexec::has_console() {
        let _ = console::open();
    }
    messages::info(&[b"sending KILL signal to all processes..."]);
    let _ = signal::send_all(Number::KILL);
    // What writes to a file system is gone before it is synced; what hangs in the kernel may stay.
    reap::all_until(clock::mono().plus_ms(DYING_MS));
    let refused = match spawn::fork(|| end(ending, in_container)) {
        Ok(pid) => child::wait_for(pid).is_none_or(|exit| !exit.success()),
        Err(_) => end(ending, in_container) != 0,
    };
    if in_container {
        return match ending {
            Ending::Restart | Ending::Kexec => RESTART_CONTAINER,
            Ending::PowerOff | Ending::Halt => 0,
        };
    }
    if refused {
        messages::warning(&[b"the system stands still."]);
        let _ = reboot::release_ctrl_alt_del();
    }
    reap::for_ever()
}

/// In the child: the last words, sync, and the system call. Gives its exit code if that returns.
fn end(ending: Ending, in_container: bool) -> i32 {
    messages::info(&[match ending {
        Ending::PowerOff => b"power off..." as &[u8],
        Ending::Halt => b"system halt.",
        Ending::Restart => b"system reboot.",
        Ending::Kexec => b"system reboot by kexec.",
    }]);
    if !matches!(file::exists(flags::NOSYNC), Ok(true)) {
        reboot::sync();
    }
    let error = reboot::now(ending);
    if in_container {
        return REFUSED;
    }
    complain(error);
    if ending == Ending::PowerOff {
        // Some machines take their time.
        clock::pause_ms(POWER_MS);
        messages::info(&[b"system halt."]);
        complain(reboot::now(Ending::Halt));
    }
    REFUSED
}

fn complain(error: Errno) {
    messages::warning(&[b"unable to reboot: ", reason(error).as_bytes()]);
}
