//! boot-duty: what some duties of stage 1 do, in one small process where they called a program for each step.
//!
//! When, and whether at all, is decided by the duties in `stages/boot.d`. It must never do what it was not told, nor
//! mount over what is there.

mod dmesg;
mod mounts;
mod remount;
mod tables;

use crate::cli::{self, Voice};
use runit_core::exit;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::{Errno, platform};
use std::ffi::{CStr, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

const VOICE: Voice<'static> = Voice::new(b"boot-duty");

/// `boot-duty word [argument ...]`: 0 done, 1 some of it failed, 3 left to mount(8), 100 wrong usage, 111.
pub fn main(args: Args) -> i32 {
    let mut options = Options::new(b"V", |n| args.get(n));
    match options.next() {
        None => {}
        Some(Opt::Flag(_)) => {
            cli::version();
            return usage();
        }
        Some(Opt::Unknown(letter) | Opt::Missing(letter) | Opt::Value(letter, _)) => {
            VOICE.illegal_option(letter);
            return usage();
        }
    }
    let args = args.skip(options.operands());
    let word = args.get(0).map(CStr::to_bytes);
    match (word, args.get(1), args.get(2)) {
        (Some(b"proc"), Some(dir), None) => mounts::proc(dir),
        (Some(b"mounts"), Some(table), links) => mounts::all(table, links, &args.skip(3)),
        (Some(b"remount-root"), Some(options), None) => remount::root(options),
        (Some(b"loopback"), None, None) => loopback(),
        (Some(b"utmp"), None, None) => tables::make(),
        (Some(b"dmesg"), Some(file), None) => dmesg::keep(path(file)),
        _ => usage(),
    }
}

fn usage() -> i32 {
    VOICE.usage(b" proc dir | mounts table [links [dir ...]] | remount-root options | loopback | utmp | dmesg file");
    exit::FATAL_100
}

fn loopback() -> i32 {
    match platform::loopback_up() {
        Ok(()) => 0,
        Err(error) => VOICE.fatal_because(&[b"unable to bring up lo"], error),
    }
}

fn path(text: &CStr) -> &Path {
    Path::new(OsStr::from_bytes(text.to_bytes()))
}

fn errno(error: &io::Error) -> Errno {
    error
        .raw_os_error()
        .map_or(Errno::IO, Errno::from_raw_os_error)
}
