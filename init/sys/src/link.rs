//! The `supervise` directory, which may be a symbolic link to a place that is yet to be made.

use crate::error::{Errno, Result};
use rustix::fs::Mode;
use std::ffi::CStr;

/// Longest link target that is followed, one less than its C string.
const TARGET: usize = 255;

/// Makes the directory `path`, or, if `path` is a link, the directory the link names. Mode 0700.
///
/// It is no error when the directory exists.
pub fn make_dir_through(path: &CStr) -> Result<()> {
    let mut buffer = [0u8; TARGET + 1];
    let made = match rustix::fs::readlinkat_raw(rustix::fs::CWD, path, &mut buffer[..]) {
        Ok(len) if len > TARGET => return Err(Errno::NAMETOOLONG),
        Ok(len) => {
            buffer[len] = 0;
            let target = CStr::from_bytes_until_nul(&buffer).map_err(|_| Errno::NAMETOOLONG)?;
            make_dir(target)
        }
        Err(Errno::NOENT | Errno::INVAL) => make_dir(path),
        Err(error) => return Err(error),
    };
    match made {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(error),
    }
}

fn make_dir(path: &CStr) -> Result<()> {
    rustix::fs::mkdir(path, Mode::from_raw_mode(0o700))
}
