//! What was typed after sysv-rc.

use crate::cli::Asked;
use runit_core::decimal;
use runit_core::lsb;
use runit_core::options::{self, Opt};
use runit_sys::entry::Args;
use std::ffi::{CStr, CString};

/// What follows the name of the program.
pub const USAGE: &[u8] = b" [-an] [-j num] [-r root] [-t sec] [-x names] start|stop dir";
/// Seconds that a script gets where nothing else is said.
const LIMIT: u64 = 90;
/// Scripts that run at the same time where nothing else is said.
const AT_ONCE: u64 = 8;

/// What the scripts are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// The links S..., `start`.
    Start,
    /// The links K..., `stop`.
    Stop,
}

impl Verb {
    /// The letter of the links.
    #[must_use]
    pub const fn letter(self) -> u8 {
        match self {
            Verb::Start => b'S',
            Verb::Stop => b'K',
        }
    }

    /// The argument of the scripts.
    #[must_use]
    pub const fn word(self) -> &'static CStr {
        match self {
            Verb::Start => c"start",
            Verb::Stop => c"stop",
        }
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Also the scripts whose work boot.d does.
    pub all: bool,
    /// Say what would be run, and run nothing.
    pub only_show: bool,
    /// Most scripts at the same time.
    pub at_once: usize,
    /// Milliseconds for a script; 0: no limit.
    pub limit_ms: u64,
    /// Start or stop.
    pub verb: Verb,
    /// The directory of links.
    pub dir: &'static CStr,
    root: &'static [u8],
    /// Scripts to leave alone.
    except: Vec<&'static [u8]>,
}

impl Options {
    /// Is the script one of those of `-x`?
    #[must_use]
    pub fn leaves_alone(&self, name: &[u8]) -> bool {
        self.except.contains(&name)
    }

    /// A path of the system, below the root that was given.
    #[must_use]
    pub fn path(&self, parts: &[&[u8]]) -> CString {
        let mut path = self.root.to_vec();
        for part in parts {
            path.extend_from_slice(part);
        }
        CString::new(path).unwrap_or_default()
    }

    /// The run level that the directory is for, `S` for /etc/rcS.d; `N` for any other.
    #[must_use]
    pub fn level(&self) -> u8 {
        let path = self.dir.to_bytes();
        let path = path.strip_suffix(b"/").unwrap_or(path);
        match path.strip_suffix(b".d") {
            Some([.., b'r', b'c', level]) => *level,
            _ => b'N',
        }
    }
}

/// Reads all arguments.
pub fn read(args: &Args) -> Asked<Options> {
    let (mut all, mut only_show, mut at_once, mut limit) = (false, false, AT_ONCE, LIMIT);
    let mut root: &'static [u8] = b"";
    let mut except: Vec<&'static [u8]> = Vec::new();
    let mut options = options::Options::new(b"anj:r:t:x:V", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'a') => all = true,
            Opt::Flag(b'n') => only_show = true,
            Opt::Flag(_) => return Asked::Version,
            Opt::Value(b'r', value) => root = value.to_bytes(),
            Opt::Value(b'x', names) => except.extend(lsb::words(names.to_bytes())),
            Opt::Value(letter, value) => match decimal::unsigned(value.to_bytes()) {
                Some(seconds) if letter == b't' => limit = seconds,
                Some(number) if number > 0 => at_once = number,
                _ => return Asked::Mistake,
            },
            Opt::Unknown(letter) => return Asked::Unknown(letter),
            Opt::Missing(_) => return Asked::Mistake,
        }
    }
    let rest = args.skip(options.operands());
    let verb = match rest.get(0).map(CStr::to_bytes) {
        Some(b"start") => Verb::Start,
        Some(b"stop") => Verb::Stop,
        _ => return Asked::Mistake,
    };
    match rest.get(1) {
        Some(dir) if rest.len() == 2 => Asked::Work(Options {
            all,
            only_show,
            at_once: usize::try_from(at_once).unwrap_or(usize::MAX),
            limit_ms: limit.saturating_mul(1000),
            verb,
            dir,
            root,
            except,
        }),
        _ => Asked::Mistake,
    }
}
