//! Services as somebody sees them who acts on many at once: what is in a directory of services, and
//! how each of them is.
//!
//! An entry is known by its name and by the directory behind it; both must be the same for runsvdir
//! to leave its runsv alone. Questions to a service change the working directory and go back.

use crate::sv::target::{self, Trouble};
use runit_core::status::Status;
use runit_sys::{Errno, dir, fd, fifo, file};
use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;

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
    find(place, |_| true)
}

/// Those of them that have a runsv, as far as can be seen.
pub fn supervised_of(place: &CStr) -> Result<Vec<Service>, Errno> {
    find(place, |entry| {
        let ok = [entry.to_bytes(), b"/supervise/ok"].concat();
        let proof = CString::new(ok).map(|ok| fifo::open_writer(&ok));
        !matches!(proof, Ok(Err(Errno::NXIO | Errno::NOENT)))
    })
}

/// The working directory tells where an entry leads to: one call for each, whatever the links on the way.
fn find(place: &CStr, wanted: impl Fn(&CStr) -> bool) -> Result<Vec<Service>, Errno> {
    let origin = fd::open_dir(c".")?;
    let folder = fd::open_dir(place)?;
    file::fchdir(&folder)?;
    let top = file::working_directory();
    let mut found = Vec::new();
    let names = top.and_then(|top| Ok((top, dir::visible_names(&folder)?)));
    if let Ok((top, names)) = &names {
        for name in names {
            let entry = CString::new([top.to_bytes(), b"/", name.to_bytes()].concat());
            let Ok(entry) = entry else { continue };
            if wanted(&entry) {
                found.extend(service(name, &entry));
            }
        }
    }
    let back = file::fchdir(&origin);
    names.and(back)?;
    found.sort_by(|a: &Service, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Goes into a service directory to see where it is.
fn service(name: &CStr, entry: &CStr) -> Option<Service> {
    file::chdir(entry).ok()?;
    let path = file::working_directory().ok()?;
    let id = file::identity_of_dir(c".").ok()??;
    let name = name.to_owned();
    Some(Service { name, path, id })
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
