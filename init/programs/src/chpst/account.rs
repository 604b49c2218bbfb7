//! Who a user is: /etc/passwd and /etc/group, read by ourselves and never through the name service.
//!
//! A static binary cannot ask that service, and process states are set up before it runs.

use super::VOICE;
use super::change::User;
use runit_core::passwd::{find_account, find_group, groups_of};
use runit_core::user_spec::{self, UserSpec};
use runit_sys::user::{GROUP, MOST_FILE, PASSWD};
use runit_sys::{Errno, file};
use std::ffi::CStr;

/// A user and groups by number; the first group is the primary one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// User id.
    pub uid: u32,
    /// At least one.
    pub gids: Vec<u32>,
}

/// The two files, each read when it is first needed.
#[derive(Debug, Default)]
pub struct Files {
    passwd: Option<Vec<u8>>,
    group: Option<Vec<u8>>,
}

impl Files {
    fn passwd(&mut self) -> Result<&[u8], Errno> {
        read_once(&mut self.passwd, PASSWD)
    }

    fn group(&mut self) -> Result<&[u8], Errno> {
        read_once(&mut self.group, GROUP)
    }

    /// Finds the user; the exit code after a complaint when there is none.
    pub fn find(&mut self, user: User) -> Result<Identity, i32> {
        match user {
            User::Account(name) => self.account(name.to_bytes()),
            User::Spec(text) => self.specified(text.to_bytes()),
        }
    }

    fn account(&mut self, name: &[u8]) -> Result<Identity, i32> {
        let unreadable = |e| VOICE.fatal_because(&[b"unable to get password file entry"], e);
        match find_account(self.passwd().map_err(unreadable)?, name) {
            Some(found) => Ok(Identity {
                uid: found.uid,
                gids: vec![found.gid],
            }),
            None => Err(VOICE.fatal(&[b"unknown account: ", name])),
        }
    }

    fn specified(&mut self, text: &[u8]) -> Result<Identity, i32> {
        let unknown = || match text {
            [b':', ids @ ..] => VOICE.fatal(&[b"invalid uid/gids: ", ids]),
            names => VOICE.fatal(&[b"unknown user/group: ", names]),
        };
        let unreadable = |e| VOICE.fatal_because(&[b"unable to get password/group file entry"], e);
        match user_spec::parse(text).ok_or_else(unknown)? {
            UserSpec::Ids { uid, gids } => Ok(Identity {
                uid,
                gids: gids.iter().collect(),
            }),
            UserSpec::Names {
                user,
                groups,
                supplementary,
            } => {
                let found =
                    find_account(self.passwd().map_err(unreadable)?, user).ok_or_else(unknown)?;
                let (uid, mut gids) = (found.uid, Vec::new());
                match groups {
                    None => gids.push(found.gid),
                    Some(names) => {
                        let file = self.group().map_err(unreadable)?;
                        for name in names.iter() {
                            gids.push(find_group(file, name).ok_or_else(unknown)?.gid);
                        }
                    }
                }
                if supplementary {
                    for gid in groups_of(self.group().map_err(unreadable)?, user) {
                        if !gids.contains(&gid) {
                            gids.push(gid);
                        }
                    }
                }
                Ok(Identity { uid, gids })
            }
        }
    }
}

fn read_once<'a>(content: &'a mut Option<Vec<u8>>, path: &CStr) -> Result<&'a [u8], Errno> {
    let read = match content.take() {
        Some(read) => read,
        None => file::read_all(path, MOST_FILE)?,
    };
    Ok(content.insert(read))
}
