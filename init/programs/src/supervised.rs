//! Services as somebody sees them who acts on many at once: what is in a directory of services, and
//! how each of them is.
//!
//! An entry is known by its name and by the directory behind it; both must be the same for runsvdir
//! to leave its runsv alone. Questions to a service change the working directory and go back.

use crate::sv::target::{self, Trouble};
use runit_core::status::Status;
use runit_sys::{Errno, dir, fd, file};
use std::ffi::{CStr, CString, OsStr};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// A service directory under the name it has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Service {
    /// The entry.
    pub name: CString,
    /// The directory itself, absolute, no link.
    pub path: CString,
    /// Device and inode of it.
    pub id: (u64, u64),
}

/// How a service is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// There is no runsv.
    Alone,
    /// There is one, and this is its record; `None`: it cannot be read now.
    Supervised(Option<Status>),
    /// The directory cannot be entered.
    Hidden,
}

/// The services of a directory as runsvdir would see them, by name.
pub fn services_of(place: &CStr) -> Result<Vec<Service>, Errno> {
    let folder = fd::open_dir(place)?;
    let mut found = Vec::new();
    for name in dir::visible_names(&folder)? {
        let joined = [place.to_bytes(), b"/", name.to_bytes()].concat();
        let Ok(path) = Path::new(OsStr::from_bytes(&joined)).canonicalize() else {
            continue;
        };
        let Ok(path) = CString::new(path.into_os_string().into_vec()) else {
            continue;
        };
        if let Ok(Some(id)) = file::identity_of_dir(&path) {
            found.push(Service { name, path, id });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

impl Service {
    /// The same entry, for runsvdir: the same directory under the same name.
    #[must_use]
    pub fn is(&self, other: &Service) -> bool {
        self.name == other.name && self.id == other.id
    }

    /// Its name as text for messages.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.name.to_bytes()).into_owned()
    }

    /// How it is now.
    #[must_use]
    pub fn look(&self, origin: &OwnedFd) -> Seen {
        self.inside(origin, || match target::prove_runsv() {
            Ok(_) => Seen::Supervised(target::read_status().ok()),
            Err(Trouble::NotRunning | Trouble::Warning(_, Some(Errno::NOENT))) => Seen::Alone,
            Err(_) => Seen::Hidden,
        })
        .unwrap_or(Seen::Hidden)
    }

    /// Is there a runsv, as far as can be seen? (Less work than [`Service::look`].)
    #[must_use]
    pub fn may_be_supervised(&self, origin: &OwnedFd) -> bool {
        let alone = self.inside(origin, || {
            matches!(
                target::prove_runsv(),
                Err(Trouble::NotRunning | Trouble::Warning(_, Some(Errno::NOENT)))
            )
        });
        alone != Some(true)
    }

    /// Sends control bytes; `false`: nobody takes them.
    pub fn send(&self, origin: &OwnedFd, commands: &[u8]) -> bool {
        self.inside(origin, || target::send(commands).is_ok()) == Some(true)
    }

    /// Does something in its directory, and goes back.
    pub fn inside<T>(&self, origin: &OwnedFd, act: impl FnOnce() -> T) -> Option<T> {
        file::chdir(&self.path).ok()?;
        let done = act();
        let _ = file::fchdir(origin);
        Some(done)
    }
}
