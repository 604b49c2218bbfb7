//! What was typed after runsvstop.

use crate::cli::Asked;
use runit_core::decimal;
use runit_core::lsb;
use runit_core::options::{self, Opt};
use runit_sys::entry::Args;
use std::ffi::CStr;

/// What follows the name of the program.
pub const USAGE: &[u8] = b" [-a] [-w sec] [-x names] [-s file] [dir] | -l";
/// Seconds a service gets where nothing else is said.
const WAIT: u64 = 25;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only list what runs.
    pub list: bool,
    /// All supervisors there are, not only those of the directory.
    pub all: bool,
    /// Seconds for a service without a time of its own.
    pub seconds: u64,
    /// Services to leave alone.
    except: Vec<&'static [u8]>,
    /// Where to note which session belongs to which service.
    pub sessions: Option<&'static CStr>,
    /// The directory of services.
    pub dir: Option<&'static CStr>,
}

impl Options {
    /// Is the service one of those of `-x`?
    #[must_use]
    pub fn leaves_alone(&self, name: &[u8]) -> bool {
        self.except.contains(&name)
    }
}

/// Reads all arguments.
pub fn read(args: &Args) -> Asked<Options> {
    let mut asked = Options {
        list: false,
        all: false,
        seconds: WAIT,
        except: Vec::new(),
        sessions: None,
        dir: None,
    };
    let mut options = options::Options::new(b"alw:x:s:V", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'a') => asked.all = true,
            Opt::Flag(b'l') => asked.list = true,
            Opt::Flag(_) => return Asked::Version,
            Opt::Value(b'w', value) => match decimal::unsigned(value.to_bytes()) {
                Some(seconds) => asked.seconds = seconds,
                None => return Asked::Mistake,
            },
            Opt::Value(b'x', names) => asked.except.extend(lsb::words(names.to_bytes())),
            Opt::Value(_, file) => asked.sessions = Some(file),
            Opt::Unknown(letter) => return Asked::Unknown(letter),
            Opt::Missing(_) => return Asked::Mistake,
        }
    }
    let rest = args.skip(options.operands());
    asked.dir = rest.get(0);
    if rest.len() > 1 {
        return Asked::Mistake;
    }
    Asked::Work(asked)
}
