//! What was typed: the options of chpst and of the six names it also goes by, as one description.
//!
//! It decides which change of state is wanted and refuses what makes no sense. It never looks at
//! the system: whether a user or a directory exists is found out when the change is made.

use runit_core::decimal;
use runit_core::limit::{self, Limit, Limits, Resource};
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use std::ffi::CStr;

/// The names that are not chpst itself; each may have a `d` before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Name {
    Chpst,
    Setuidgid,
    Envuidgid,
    Envdir,
    Pgrphack,
    Setlock,
    Softlimit,
}

impl Name {
    /// By the last part of the path the program was called by; any other name is chpst.
    #[must_use]
    pub fn of(called: &[u8]) -> Name {
        match called.strip_prefix(b"d").unwrap_or(called) {
            b"setuidgid" => Name::Setuidgid,
            b"envuidgid" => Name::Envuidgid,
            b"envdir" => Name::Envdir,
            b"pgrphack" => Name::Pgrphack,
            b"setlock" => Name::Setlock,
            b"softlimit" => Name::Softlimit,
            _ => Name::Chpst,
        }
    }

    /// What follows the name in its usage line.
    #[must_use]
    pub const fn usage(self) -> &'static [u8] {
        match self {
            Name::Chpst => {
                b" [-vVPFIN012] [-u [+]user[:group]] [-U user[:group]] [-b argv0] [-e dir] \
                [-/ root] [-C pwd] [-n nice] [-l|-L lock] [-m n] [-d n] [-o n] [-p n] [-f n] \
                [-c n] [-t n] [-A secs] prog"
            }
            Name::Setuidgid | Name::Envuidgid => b" account child",
            Name::Envdir => b" dir child",
            Name::Pgrphack => b" child",
            Name::Setlock => b" [ -nNxX ] file program [ arg ... ]",
            Name::Softlimit => {
                b" [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes] [-l lockbytes] \
                [-m membytes] [-o openfiles] [-p processes] [-r residentbytes] [-s stackbytes] \
                [-t cpusecs] child"
            }
        }
    }
}

/// A user as it was typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum User {
    /// chpst's `[:]user[:group]`.
    Spec(&'static CStr),
    /// The name of an account and nothing else.
    Account(&'static CStr),
}

/// A lock file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lock {
    /// The file.
    pub path: &'static CStr,
    /// Whether to wait while another process holds it.
    pub wait: bool,
}

/// A directory of variables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EnvDir {
    /// The directory.
    pub path: &'static CStr,
    /// A directory in it is an error (envdir), and not passed over (chpst).
    pub only_files: bool,
}

/// Everything that can be asked for.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Become this user.
    pub user: Option<User>,
    /// Tell this user's ids in $UID and $GID.
    pub env_user: Option<User>,
    /// What to call the program.
    pub argv0: Option<&'static CStr>,
    /// Directory of variables.
    pub env_dir: Option<EnvDir>,
    /// New root directory.
    pub root: Option<&'static CStr>,
    /// Working directory.
    pub dir: Option<&'static CStr>,
    /// Step of the nice level.
    pub nice: i32,
    /// Lock to hold.
    pub lock: Option<Lock>,
    /// Resource limits.
    pub limits: Limits,
    /// Say more.
    pub verbose: bool,
    /// Begin a session.
    pub session: bool,
    /// Standard descriptors to close.
    pub close: [bool; 3],
    /// /dev/null for all three.
    pub null: bool,
    /// Stay, and follow a program that puts itself into the background.
    pub follow: bool,
    /// Process ids and mounts of its own.
    pub isolate: bool,
    /// ALRM after so many seconds.
    pub alarm: Option<u32>,
    /// When it cannot be done, say nothing and exit 0 (setlock's `-x`).
    pub lenient: bool,
    /// Position of the program among the arguments.
    pub program: usize,
}

/// Why there is no change to make; each ends in the usage line and exit code 100.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Something is missing, or a value makes no sense.
    Usage,
    /// A letter that is no option.
    Illegal(u8),
    /// An option without its value.
    NoValue(u8),
    /// The version was asked for.
    Version,
}

/// Reads the arguments.
pub fn read(name: Name, args: &Args) -> Result<Change, Refusal> {
    let mut change = Change::default();
    match name {
        Name::Chpst => chpst(&mut change, args)?,
        Name::Setlock => setlock(&mut change, args)?,
        Name::Softlimit => softlimit(&mut change, args)?,
        Name::Pgrphack => {
            change.session = true;
            change.program = 1;
        }
        Name::Setuidgid => {
            change.user = Some(User::Account(args.get(1).ok_or(Refusal::Usage)?));
            change.program = 2;
        }
        Name::Envuidgid => {
            change.env_user = Some(User::Account(args.get(1).ok_or(Refusal::Usage)?));
            change.program = 2;
        }
        Name::Envdir => {
            change.env_dir = Some(EnvDir {
                path: args.get(1).ok_or(Refusal::Usage)?,
                only_files: true,
            });
            change.program = 2;
        }
    }
    match args.get(change.program) {
        Some(_) => Ok(change),
        None => Err(Refusal::Usage),
    }
}

fn chpst(change: &mut Change, args: &Args) -> Result<(), Refusal> {
    const LETTERS: &[u8] = b"u:U:b:e:m:d:o:p:f:c:r:t:/:C:n:l:L:A:vPFIN012V";
    let mut options = Options::new(LETTERS, |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'v') => change.verbose = true,
            Opt::Flag(b'P') => change.session = true,
            Opt::Flag(b'F') => change.follow = true,
            Opt::Flag(b'I') => change.isolate = true,
            Opt::Flag(b'N') => change.null = true,
            Opt::Flag(digit @ b'0'..=b'2') => change.close[usize::from(digit - b'0')] = true,
            Opt::Flag(b'V') => return Err(Refusal::Version),
            Opt::Value(b'u', user) => change.user = Some(User::Spec(user)),
            Opt::Value(b'U', user) => change.env_user = Some(User::Spec(user)),
            Opt::Value(b'b', argv0) => change.argv0 = Some(argv0),
            Opt::Value(b'e', path) => {
                let only_files = false;
                change.env_dir = Some(EnvDir { path, only_files });
            }
            Opt::Value(b'/', root) => change.root = Some(root),
            Opt::Value(b'C', dir) => change.dir = Some(dir),
            Opt::Value(b'n', step) => {
                change.nice = decimal::step(step.to_bytes()).ok_or(Refusal::Usage)?;
            }
            Opt::Value(letter @ (b'l' | b'L'), path) => {
                let wait = letter == b'l';
                if change.lock.replace(Lock { path, wait }).is_some() {
                    return Err(Refusal::Usage);
                }
            }
            Opt::Value(b'A', seconds) => {
                let seconds = decimal::unsigned(seconds.to_bytes());
                let seconds = seconds.and_then(|n| u32::try_from(n).ok());
                change.alarm = Some(seconds.ok_or(Refusal::Usage)?);
            }
            Opt::Value(letter, number) => {
                let limit = limit::parse(number.to_bytes()).ok_or(Refusal::Usage)?;
                limit_by_letter(&mut change.limits, letter, limit);
            }
            Opt::Flag(letter) | Opt::Unknown(letter) => return Err(Refusal::Illegal(letter)),
            Opt::Missing(letter) => return Err(Refusal::NoValue(letter)),
        }
    }
    change.program = options.operands();
    Ok(())
}

fn setlock(change: &mut Change, args: &Args) -> Result<(), Refusal> {
    let mut wait = false;
    let mut options = Options::new(b"nNxX", |n| args.get(n));
    for option in &mut options {
        match option {
            // As in the C program, which has them the other way round than daemontools.
            Opt::Flag(b'n') => wait = true,
            Opt::Flag(b'N') => wait = false,
            Opt::Flag(b'x') => change.lenient = true,
            Opt::Flag(b'X') => change.lenient = false,
            Opt::Flag(letter) | Opt::Value(letter, _) | Opt::Unknown(letter) => {
                return Err(Refusal::Illegal(letter));
            }
            Opt::Missing(letter) => return Err(Refusal::NoValue(letter)),
        }
    }
    let path = args.get(options.operands()).ok_or(Refusal::Usage)?;
    change.lock = Some(Lock { path, wait });
    change.program = options.operands() + 1;
    Ok(())
}

fn softlimit(change: &mut Change, args: &Args) -> Result<(), Refusal> {
    let mut options = Options::new(b"a:c:d:f:l:m:o:p:r:s:t:", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Value(letter, number) => {
                let limit = limit::parse_or_highest(number.to_bytes()).ok_or(Refusal::Usage)?;
                limit_by_letter(&mut change.limits, letter, limit);
            }
            Opt::Flag(letter) | Opt::Unknown(letter) => return Err(Refusal::Illegal(letter)),
            Opt::Missing(letter) => return Err(Refusal::NoValue(letter)),
        }
    }
    change.program = options.operands();
    Ok(())
}

/// The letters mean the same to chpst and to softlimit; chpst takes fewer of them.
fn limit_by_letter(limits: &mut Limits, letter: u8, limit: Limit) {
    let resource = match letter {
        b'm' => return limits.set_memory(limit),
        b'a' => Resource::AddressSpace,
        b'd' => Resource::Data,
        b's' => Resource::Stack,
        b'l' => Resource::Locked,
        b'o' => Resource::OpenFiles,
        b'p' => Resource::Processes,
        b'f' => Resource::FileSize,
        b'c' => Resource::Core,
        b'r' => Resource::Resident,
        _ => Resource::CpuSeconds,
    };
    limits.set(resource, limit);
}
