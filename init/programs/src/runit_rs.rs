//! runit-rs: every program in one file, for an initramfs or a container. The name it is called by
//! decides which one it is, or else its first argument.
//!
//! It must do nothing before that program begins: what a supervisor costs, it costs here, too.

use crate::cli::{self, Voice};
use crate::{
    boot_duty, chpst, coldplug, halt, initctld, pause, power_button, runit, runit_init, runlevel,
    runsv,
};
use crate::{
    runsvchdir, runsvdir, runsvstop, seedrng, shutdown, sv, svlogd, svtai, sysv_rc, utmpset,
    wait4path, zzz,
};
use runit_core::exit;
use runit_core::line::Line;
use runit_sys::entry::Args;
use runit_sys::link::{self, MOST_TARGET};
use runit_sys::{Errno, child, file, image, platform, say};
use std::ffi::CStr;

/// A program: given its arguments, name included, to its exit code.
type Main = fn(Args) -> i32;

/// All names, in the order in which they are told.
const NAMES: [(&CStr, Main); 38] = [
    (c"boot-duty", boot_duty::main),
    (c"chpst", chpst::main),
    (c"coldplug", coldplug::main),
    (c"envdir", chpst::main),
    (c"envuidgid", chpst::main),
    (c"halt", halt::main),
    (c"init", runit_init::main),
    (c"initctld", initctld::main),
    (c"pause", pause::main),
    (c"pgrphack", chpst::main),
    (c"power-button", power_button::main),
    (c"poweroff", halt::main),
    (c"reboot", halt::main),
    (c"runit", runit::main),
    (c"runit-init", runit_init::main),
    (c"runlevel", runlevel::main),
    (c"runsv", runsv::main),
    (c"runsvchdir", runsvchdir::main),
    (c"runsvctrl", sv::main),
    (c"runsvdir", runsvdir::main),
    (c"runsvstat", sv::main),
    (c"runsvstop", runsvstop::main),
    (c"seedrng", seedrng::main),
    (c"setlock", chpst::main),
    (c"setuidgid", chpst::main),
    (c"shutdown", shutdown::main),
    (c"softlimit", chpst::main),
    (c"sv", sv::main),
    (c"svlogd", svlogd::main),
    (c"svtai", svtai::main),
    (c"svwaitdown", sv::main),
    (c"svwaitup", sv::main),
    (c"sysv-rc", sysv_rc::main),
    (c"telinit", runit_init::main),
    (c"utmpset", utmpset::main),
    (c"wait4path", wait4path::main),
    (c"zzz", zzz::main),
    (c"ZZZ", zzz::main),
];

/// Names that chpst also has with a letter d in front.
const ALSO_WITH_D: [&[u8]; 6] = [
    b"envdir",
    b"envuidgid",
    b"pgrphack",
    b"setlock",
    b"setuidgid",
    b"softlimit",
];

const VOICE: Voice<'static> = Voice::new(b"runit-rs");
const USAGE: &[u8] = b" NAME [ARG...] | --install DIR";
/// Longest path this program builds.
const LONGEST: usize = 1024;

/// `runit-rs NAME ARG...`, or any of the names. As process 1 it is `runit`, unless its first
/// argument asks for another program. Exit codes of its own: 0, 1 (a name that was taken), 100 on
/// a usage error, 111.
pub fn main(args: Args) -> i32 {
    let first = child::own() == 1;
    if let Some(program) = program(args.program_name(), first) {
        return program(args);
    }
    let named = args.get(1).and_then(|name| program(name.to_bytes(), false));
    match named {
        Some(program) => program(args.skip(1)),
        None if first => runit::main(args),
        None => explain(&args),
    }
}

/// The program of this name; `first`: as process 1.
fn program(name: &[u8], first: bool) -> Option<Main> {
    let daemontools = name.strip_prefix(b"d");
    if daemontools.is_some_and(|name| ALSO_WITH_D.contains(&name)) {
        return Some(chpst::main);
    }
    let (_, program) = NAMES.iter().find(|(known, _)| known.to_bytes() == name)?;
    // What runit-init would execute is here already, and need not be found on any disk.
    let becomes_runit = first && matches!(name, b"init" | b"runit-init" | b"telinit");
    Some(if becomes_runit { runit::main } else { *program })
}

/// Functions of their own below: what they need of the stack must not stay with a supervisor.
#[cold]
#[inline(never)]
fn explain(args: &Args) -> i32 {
    match (args.get(1).map(CStr::to_bytes), args.get(2)) {
        (None, _) => {
            for (name, _) in NAMES {
                say::output(&[name.to_bytes()]);
            }
            0
        }
        (Some(b"-V"), None) => {
            cli::version();
            VOICE.usage(USAGE);
            0
        }
        (Some(b"--install"), Some(dir)) if args.len() == 3 => install(args, dir),
        (Some(b"-V" | b"--install"), _) => {
            VOICE.usage(USAGE);
            exit::FATAL_100
        }
        (Some(word), _) => {
            let _ = VOICE.fatal(&[b"no program of this name: ", word]);
            VOICE.usage(USAGE);
            exit::FATAL_100
        }
    }
}

/// Puts a link for every name into a directory. What is there already stays as it is.
#[cold]
#[inline(never)]
fn install(args: &Args, dir: &CStr) -> i32 {
    let mut buffer = [0u8; MOST_TARGET];
    let own = match link::target(platform::OWN_IMAGE, &mut buffer) {
        Ok(Some(path)) => path,
        // No /proc: then as the kernel was told.
        _ => match image::started_by(args) {
            Some(path) => path,
            None => return VOICE.fatal(&[b"unable to find out where this program is"]),
        },
    };
    let mut code = 0;
    for (name, _) in NAMES {
        let linked = path(dir, name.to_bytes()).and_then(|link| {
            let (link, target) = (text(&link)?, target(dir, own)?);
            link::keep_or_make(link, text(&target)?)
        });
        let name = name.to_bytes();
        match linked {
            Ok(()) => {}
            Err(Errno::EXIST) => {
                VOICE.warning(&[b"left as it is: ", dir.to_bytes(), b"/", name]);
                code = exit::USAGE;
            }
            Err(why) => {
                let what = [b"unable to link ", dir.to_bytes(), b"/", name];
                return VOICE.fatal_because(&what, why);
            }
        }
    }
    code
}

/// Where a link in `dir` leads: beside itself if this program lies there, so that the directory
/// may be moved; else to the whole path.
fn target(dir: &CStr, own: &CStr) -> Result<[u8; LONGEST], Errno> {
    let name = own.to_bytes().rsplit(|&b| b == b'/').next();
    let name = name.unwrap_or_default();
    let beside = path(dir, name)?;
    match file::identity(text(&beside)?) {
        Ok(there) if file::identity(own) == Ok(there) => joined(&[name]),
        _ => joined(&[own.to_bytes()]),
    }
}

fn path(dir: &CStr, name: &[u8]) -> Result<[u8; LONGEST], Errno> {
    joined(&[dir.to_bytes(), b"/", name])
}

/// The parts in one, ending with a NUL.
fn joined(parts: &[&[u8]]) -> Result<[u8; LONGEST], Errno> {
    let mut line = Line::<LONGEST>::new();
    for part in parts {
        line.push(part);
    }
    let mut text = [0u8; LONGEST];
    match line.as_bytes().len() {
        LONGEST => Err(Errno::NAMETOOLONG),
        len => {
            text[..len].copy_from_slice(line.as_bytes());
            Ok(text)
        }
    }
}

fn text(joined: &[u8; LONGEST]) -> Result<&CStr, Errno> {
    CStr::from_bytes_until_nul(joined).map_err(|_| Errno::INVAL)
}
