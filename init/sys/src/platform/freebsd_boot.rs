//! What the duties of Linux's stage 1 ask for; FreeBSD has other duties.

use crate::error::{Errno, Result};
use std::ffi::CStr;

/// Not this way.
pub fn mount(_source: &CStr, _dir: &CStr, _kind: &CStr, _flags: u32, _data: &CStr) -> Result<()> {
    Err(Errno::NOSYS)
}

/// Not this way.
pub fn remount(_dir: &CStr, _flags: u32, _data: &CStr) -> Result<()> {
    Err(Errno::NOSYS)
}

/// Not this way.
pub fn is_mount_point(_dir: &CStr) -> Result<bool> {
    Err(Errno::NOSYS)
}

/// Of no file system.
pub fn plain_kinds(_dir: &CStr) -> Result<&'static [&'static str]> {
    Ok(&[])
}

/// Not this way.
pub fn loopback_up() -> Result<()> {
    Err(Errno::NOSYS)
}

/// Not this way.
pub fn kernel_log() -> Result<Vec<u8>> {
    Err(Errno::NOSYS)
}
