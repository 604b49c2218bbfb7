//! The root file system writable, with the options of its line in fstab, where mount(8) would do just that.
//!
//! mount(8) hands over the bits and the data that the options are, and the kernel does the rest: what is not named is
//! reset. Anything that it would do beyond that is left to it, and so is every file system but the few that are
//! known to have nothing of their own in the way.

use super::VOICE;
use super::mounts::{add, text};
use runit_core::fstab::{READ_ONLY, Word, word};
use runit_sys::{Errno, file, platform};
use std::ffi::CStr;

const ROOT: &CStr = c"/";
/// Nothing was done.
const LEFT_TO_MOUNT: i32 = 3;
/// Where mount(8) looks for a program of a file system's own.
const OWN_PROGRAMS: [&str; 3] = ["/sbin", "/sbin/fs.d", "/sbin/fs"];

/// Gives 0, or 3 where mount(8) is to do it: nothing was changed then.
pub fn root(options: &CStr) -> i32 {
    let Some((flags, data)) = plain(options.to_bytes()) else {
        return LEFT_TO_MOUNT;
    };
    let kinds = platform::plain_kinds(ROOT).unwrap_or_default();
    if kinds.is_empty() || kinds.iter().any(|kind| has_own_program(kind)) {
        return LEFT_TO_MOUNT;
    }
    match text(&data).and_then(|data| platform::remount(ROOT, flags, &data)) {
        Ok(()) => 0,
        Err(error) => {
            VOICE.warning_because(&[b"left to mount: /"], error);
            LEFT_TO_MOUNT
        }
    }
}

/// Bits and data of options that all are one or the other; `None` where they are not.
fn plain(options: &[u8]) -> Option<(u32, Vec<u8>)> {
    let mut flags = 0;
    let mut data = Vec::new();
    for text in options.split(|&b| b == b',') {
        match word(text) {
            Word::Set(READ_ONLY) | Word::MakeDirectory | Word::Foreign => return None,
            Word::Set(bits) => flags |= bits,
            Word::Clear(bits) => flags &= !bits,
            Word::Nothing => {}
            Word::Data => add(&mut data, text),
        }
    }
    Some((flags, data))
}

fn has_own_program(kind: &str) -> bool {
    OWN_PROGRAMS.iter().any(|dir| {
        // Where that is not known, either.
        text(format!("{dir}/mount.{kind}").as_bytes())
            .is_ok_and(|path| !matches!(file::exists(&path), Ok(false) | Err(Errno::NOTDIR)))
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn options_are_bits_and_data_in_their_order() {
        let read = plain(b"defaults,noatime,errors=remount-ro,nodev,dev,subvol=@");
        assert_eq!(read, Some((1024, b"errors=remount-ro,subvol=@".to_vec())));
        assert_eq!(plain(b"rw"), Some((0, Vec::new())));
        for left in [&b"ro"[..], b"noatime,x-initrd.mount", b"loop", b"users"] {
            assert_eq!(plain(left), None);
        }
    }
}
