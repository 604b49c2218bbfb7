//! reboot(2): the last system call.

use crate::error::{Errno, Result};
use crate::platform;
use runit_core::power::Ending;

/// Ends the system at once, without sync; returns only where that was refused.
///
/// Kexec without a loaded kernel restarts; a power-off that the machine does not know halts.
pub fn now(ending: Ending) -> Errno {
    let first = platform::reboot(ending);
    match ending {
        Ending::Kexec => platform::reboot(Ending::Restart),
        Ending::PowerOff | Ending::Halt | Ending::Restart => first,
    }
}

/// Writes everything to the disks.
pub fn sync() {
    rustix::fs::sync();
}

/// Has the three keys reported to process 1 instead of restarting the machine at once.
///
/// The kernel refuses it to whoever does not own the machine: in every pid namespace but the
/// first, and without the right to reboot.
pub fn report_ctrl_alt_del() -> Result<()> {
    platform::report_ctrl_alt_del(true)
}

/// Back to the keys restarting the machine at once.
pub fn release_ctrl_alt_del() -> Result<()> {
    platform::report_ctrl_alt_del(false)
}
