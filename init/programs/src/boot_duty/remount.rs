//! The root file system writable, with the options of its line in fstab, where mount(8) would do just that.
//!
//! mount(8) hands over the bits and the data that the options are, and the kernel does the rest: what is not named is
//! reset. Anything that it would do beyond that is left to it, and so is every file system but the few that are
//! known to have nothing of their own in the way.

use super::VOICE;
use super::mounts::{Options, options, text};
use runit_core::fstab::{READ_ONLY, Word, word};
use runit_sys::{Errno, file, platform};
use std::ffi::CStr;

const ROOT: &CStr = c"/";
/// Nothing was done.
const LEFT_TO_MOUNT: i32 = 3;
/// Where mount(8) looks for a program of a file system's own.
const OWN_PROGRAMS: [&str; 3] = ["/sbin", "/sbin/fs.d", "/sbin/fs"];

/// Gives 0, or 3 where mount(8) is to do it: nothing was changed then.
pub fn root(list: &CStr) -> i32 {
    let Some(options) = plain(list.to_bytes()) else {
        return LEFT_TO_MOUNT;
    };
    let kinds = platform::plain_kinds(ROOT).unwrap_or_default();
    if kinds.is_empty() || kinds.iter().any(|kind| has_own_program(kind)) {
        return LEFT_TO_MOUNT;
    }
    match text(&options.data).and_then(|data| platform::remount(ROOT, options.flags, &data)) {
        Ok(()) => 0,
        Err(error) => {
            VOICE.warning_because(&[b"left to mount: /"], error);
            LEFT_TO_MOUNT
        }
    }
}

/// Options that all are bits or data; `None` where one is not, or is `ro`, taken back or not.
fn plain(list: &[u8]) -> Option<Options> {
    let read_only = |name| word(name) == Word::Set(READ_ONLY);
    if list.split(|&b| b == b',').any(read_only) {
        return None;
    }
    options(list).filter(|options| !options.make)
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
        let read = |list| plain(list).map(|options| (options.flags, options.data));
        assert_eq!(
            read(b"defaults,noatime,errors=remount-ro,nodev,dev,subvol=@"),
            Some((1024, b"errors=remount-ro,subvol=@".to_vec()))
        );
        assert_eq!(read(b"rw"), Some((0, Vec::new())));
        for left in [
            &b"ro"[..],
            b"ro,rw",
            b"noatime,x-initrd.mount",
            b"X-mount.mkdir",
            b"loop",
            b"users",
        ] {
            assert_eq!(read(left), None);
        }
    }
}
