//! Variables from a directory: a file each.

use super::VOICE;
use super::change::EnvDir;
use runit_core::envdir::{self, MOST_VALUE};
use runit_sys::environment::Environment;
use runit_sys::{Errno, fd, file};
use std::ffi::CStr;

/// Sets and removes what the directory says; the exit code after a complaint.
///
/// All files are read before any variable changes, which cannot be seen: on a complaint the
/// program is not started.
pub fn apply(dir: EnvDir, verbose: bool, env: &mut Environment) -> Result<(), i32> {
    let EnvDir { path, only_files } = dir;
    let place = path.to_bytes();
    let opened = fd::open_dir(path).map_err(|e| {
        let what: &[u8] = match e {
            // One may enter it, but not list it.
            Errno::ACCESS if file::may_enter(path) => b"unable to open directory: ",
            _ => b"unable to switch to directory: ",
        };
        VOICE.fatal_because(&[what, place], e)
    })?;
    let names = runit_sys::dir::visible_names(&opened)
        .map_err(|e| VOICE.fatal_because(&[b"unable to read directory: ", place], e))?;
    for name in names {
        let text = name.to_bytes();
        if !envdir::is_valid(text) {
            let complaint: [&[u8]; 4] = [place, b"/", text, b": a variable's name has no ="];
            return Err(VOICE.fatal(&complaint));
        }
        match read_first_line(&opened, &name) {
            Ok(mut content) => match envdir::value(&mut content) {
                Some(value) => env.set(text, value),
                None => env.unset(text),
            },
            // A link that points nowhere stands for an empty file.
            Err(Errno::NOENT) => env.unset(text),
            Err(Errno::ISDIR) if !only_files => {
                if verbose {
                    let what: [&[u8]; 4] = [b"unable to read ", place, b"/", text];
                    VOICE.warning_because(&what, Errno::ISDIR);
                }
            }
            Err(e) => {
                return Err(VOICE.fatal_because(&[b"unable to read ", place, b"/", text], e));
            }
        }
    }
    Ok(())
}

/// The file up to the end of its first line, or some more.
fn read_first_line(dir: &fd::Owned, name: &CStr) -> Result<Vec<u8>, Errno> {
    let file = fd::open_read_in(dir, name)?;
    let mut content = vec![0; 4096];
    let mut len = 0;
    loop {
        let more = fd::read(&file, &mut content[len..])?;
        let ended = more == 0 || envdir::line_end(&content[len..len + more]).is_some();
        len += more;
        if ended {
            content.truncate(len);
            return Ok(content);
        }
        if len > MOST_VALUE {
            return Err(Errno::TOOBIG);
        }
        if len == content.len() {
            content.resize(len * 2, 0);
        }
    }
}
