//! The tables of who is logged in: made where they are missing, then the record of this boot in them.

use super::{VOICE, errno};
use runit_core::passwd::find_group;
use runit_sys::user::{GROUP, MOST_FILE};
use runit_sys::utmp::{self, Mark};
use runit_sys::{Errno, file};
use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, fchown};

const TABLES: [&str; 2] = ["/run/utmp", "/var/log/wtmp"];
/// Members of this group may write there: programs that log people in.
const OWNER: &[u8] = b"utmp";
const MODE: u32 = 0o664;

/// Gives 0, or 1 where a table could not be made or written.
pub fn make() -> i32 {
    let mut code = 0;
    for table in TABLES {
        if let Err(error) = make_one(table) {
            VOICE.warning_because(&[b"unable to make ", table.as_bytes()], errno(&error));
            code = 1;
        }
    }
    match utmp::write(Mark::Boot) {
        Ok(()) => code,
        // A file on a root that stays read-only.
        Err(trouble) if trouble.error == Errno::ROFS => code,
        Err(trouble) => {
            VOICE.warning_because(
                &[b"no record of this boot in ", trouble.path.as_bytes()],
                trouble.error,
            );
            1
        }
    }
}

/// Nothing is done where the table is there, or cannot be: no directory, or a read-only one.
fn make_one(table: &str) -> io::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(table);
    let made = match made {
        Ok(made) => made,
        Err(e) if [Errno::EXIST, Errno::NOENT, Errno::ROFS].contains(&errno(&e)) => return Ok(()),
        Err(e) => return Err(e),
    };
    made.set_permissions(Permissions::from_mode(MODE))?;
    let groups = file::read_all(GROUP, MOST_FILE).unwrap_or_default();
    match find_group(&groups, OWNER) {
        Some(group) => fchown(&made, None, Some(group.gid)),
        None => Ok(()),
    }
}
