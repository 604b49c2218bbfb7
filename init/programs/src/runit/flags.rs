//! The flag files: what they are called, where they may be, what they say.
//!
//! Each is kept in /etc/runit, often as a link into /run, or where that cannot be written, in /run
//! itself. Its owner's execute permission is the flag, so that it can be told from a file that was
//! only restored from a backup.

use runit_core::power::{Ending, Flag, Flags, Seen};
use runit_sys::{Errno, file};
use std::ffi::CStr;

/// One flag: its name, and where it may be, the preferred place first.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Below /etc/runit.
    pub etc: &'static CStr,
    /// In /run.
    pub run: &'static CStr,
}

#[allow(missing_docs)]
impl Place {
    pub const STOPIT: Place = Place {
        etc: c"/etc/runit/stopit",
        run: c"/run/runit.stopit",
    };
    pub const REBOOT: Place = Place {
        etc: c"/etc/runit/reboot",
        run: c"/run/runit.reboot",
    };
    pub const HALT: Place = Place {
        etc: c"/etc/runit/halt",
        run: c"/run/runit.halt",
    };
    pub const KEXEC: Place = Place {
        etc: c"/etc/runit/kexec",
        run: c"/run/runit.kexec",
    };
    pub const POWEROFF: Place = Place {
        etc: c"/etc/runit/poweroff",
        run: c"/run/runit.poweroff",
    };

    /// Both paths.
    #[must_use]
    pub const fn paths(self) -> [&'static CStr; 2] {
        [self.etc, self.run]
    }
}

fn look(path: &CStr) -> Flag {
    match file::mode(path) {
        Ok(mode) if mode & 0o100 != 0 => Flag::Set,
        Ok(_) => Flag::Clear,
        // Never made, removed, or on a file system that is unmounted: who looks cannot tell.
        Err(_) => Flag::Unknown,
    }
}

/// There: no sync before the end.
pub const NOSYNC: &CStr = c"/etc/runit/nosync";

/// All flags about how the system is to end.
#[must_use]
pub fn read() -> Seen {
    let flags = |path: fn(Place) -> &'static CStr| Flags {
        poweroff: look(path(Place::POWEROFF)),
        kexec: look(path(Place::KEXEC)),
        reboot: look(path(Place::REBOOT)),
        halt: look(path(Place::HALT)),
    };
    Seen {
        etc: flags(|place| place.etc),
        run: flags(|place| place.run),
    }
}

/// Whether `stopit` asks for a stop; the question is answered once.
#[must_use]
pub fn take_stopit() -> bool {
    let mut set = false;
    for path in Place::STOPIT.paths() {
        if file::owner_may_execute(path) {
            set = true;
            // On a file system that is read-only it stays, and there is no next time.
            let _ = file::chmod(path, 0);
        }
    }
    set
}

/// A power failure is a wish to stop, where the file exists.
pub fn set_stopit_if_there() {
    for path in Place::STOPIT.paths() {
        let _ = file::chmod(path, 0o100);
    }
}

/// A flag that could not be changed.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// `create` or `chmod`.
    pub what: &'static [u8],
    /// The preferred place of the flag.
    pub path: &'static CStr,
    /// The reason.
    pub why: Errno,
}

/// Sets the flags so that process 1, told to look, ends the system in this way.
///
/// # Errors
/// The first flag that could not be changed.
pub fn ask_for(ending: Ending) -> Result<(), Refused> {
    // What an earlier request left must not win.
    let mut others = Ok(());
    for (place, means) in [
        (Place::KEXEC, Ending::Kexec),
        (Place::REBOOT, Ending::Restart),
        (Place::HALT, Ending::Halt),
    ] {
        if means == ending {
            set(place)?;
        } else {
            others = others.and(clear(place));
        }
    }
    if ending == Ending::PowerOff && others.is_err() {
        // On a file system that is read-only by now: say it in the other place.
        set(Place::POWEROFF)?;
    } else {
        others.and(clear(Place::POWEROFF))?;
    }
    set(Place::STOPIT)
}

/// Makes a flag and sets it: in /etc/runit, else in /run.
fn set(place: Place) -> Result<(), Refused> {
    make(place.etc).or_else(|refused| make(place.run).map_err(|_| refused))
}

fn make(path: &'static CStr) -> Result<(), Refused> {
    let refused = |what, why| Refused { what, path, why };
    let created = file::create(path).map_err(|why| refused(b"create", why))?;
    drop(created);
    file::chmod(path, 0o100).map_err(|why| refused(b"chmod", why))
}

/// Clears a flag in both places; refused only where it stays set.
fn clear(place: Place) -> Result<(), Refused> {
    for path in place.paths() {
        match file::chmod(path, 0) {
            Err(why) if file::owner_may_execute(path) => {
                return Err(Refused {
                    what: b"chmod",
                    path,
                    why,
                });
            }
            _ => {}
        }
    }
    Ok(())
}
