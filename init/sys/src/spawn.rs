//! Everything between fork and exec, and nothing else.
//!
//! The child must not allocate and must not run anything of the parent: it sets descriptors,
//! session, directory and signals, and executes. When that fails it says why in one line and
//! exits with the code the caller chose.

use crate::entry::Args;
use crate::environment::Environment;
use crate::error::{Errno, Result, reason};
use crate::signal::Number;
use crate::{Pid, console, fd, say, signal};
use rustix::fd::{AsRawFd, BorrowedFd};
use std::ffi::{CStr, c_char};
use std::{iter, ptr};

/// Most arguments a child gets.
const MOST_ARGS: usize = 8;
/// Most further descriptors a child gets.
const MOST_DESCRIPTORS: usize = 4;
/// Longest path that a search in $PATH builds.
const MOST_PATH: usize = 1024;

/// The session of the child.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Session {
    /// That of the parent.
    #[default]
    Same,
    /// Its own, without a terminal.
    New,
    /// Its own, with standard input as controlling terminal (where it is one).
    NewOnStandardInput,
    /// That of the parent, in a process group of its own, in the foreground of standard input.
    Foreground,
    /// Its own, without a terminal, after that at standard input was taken from whoever had it.
    NewReleasingTerminal,
}

/// How a child is to begin.
#[derive(Clone, Copy, Debug)]
pub struct Child<'a> {
    /// The file to execute; with `search`, a name to look up in $PATH.
    pub program: &'a CStr,
    /// All arguments, the zeroth included.
    pub args: &'a [&'a CStr],
    /// Look the program up in $PATH (`/bin:/usr/bin` where unset).
    pub search: bool,
    /// Descriptors that become 0, 1 and 2; `None` leaves that of the parent.
    pub stdio: [Option<BorrowedFd<'a>>; 3],
    /// Further descriptors, and the numbers they get.
    pub more: &'a [(i32, BorrowedFd<'a>)],
    /// Working directory.
    pub dir: Option<BorrowedFd<'a>>,
    /// Session.
    pub session: Session,
    /// Begin of the message when the child cannot become the program, e.g. `runsv x: fatal: `.
    pub complaint: &'a [&'a [u8]],
    /// What that message calls the program.
    pub called: &'a [u8],
    /// What could not be done to it, in the words of the caller.
    pub verb: &'a [u8],
    /// What the child says right before it becomes the program; nothing when empty, and nothing
    /// where that would have to wait.
    pub announce: &'a [u8],
    /// Exit code of such a child.
    pub failure: i32,
    /// An open file to execute instead of `program`.
    pub image: Option<BorrowedFd<'a>>,
    /// The environment, where it is not that of this process; takes memory before the fork. Not for
    /// an `image`.
    pub env: Option<&'a Environment>,
}

impl<'a> Child<'a> {
    /// A child with everything as its parent has it.
    #[must_use]
    pub const fn new(program: &'a CStr, args: &'a [&'a CStr]) -> Child<'a> {
        Child {
            program,
            args,
            search: false,
            stdio: [None; 3],
            more: &[],
            dir: None,
            session: Session::Same,
            complaint: &[],
            called: b"",
            verb: b"unable to start ",
            failure: 111,
            image: None,
            announce: b"",
            env: None,
        }
    }

    /// Forks; the child becomes the program, or complains and exits.
    pub fn spawn(&self) -> Result<Pid> {
        let mut argv = [ptr::null::<c_char>(); MOST_ARGS + 1];
        for (slot, arg) in argv
            .iter_mut()
            .zip(&self.args[..self.args.len().min(MOST_ARGS)])
        {
            *slot = arg.as_ptr();
        }
        let own = self.env.map(Environment::pointers);
        let env = own.as_ref().map_or_else(environment, |own| own.as_ptr());
        // SAFETY: the process has one thread, and the child only makes system calls.
        match unsafe { libc::fork() } {
            -1 => Err(signal::last_error()),
            0 => self.become_program(&argv, env),
            pid => Pid::from_raw(pid).ok_or(Errno::SRCH),
        }
    }

    fn become_program(&self, argv: &[*const c_char], env: *const *const c_char) -> ! {
        match self.session {
            Session::Same => {}
            Session::Foreground => {
                let _ = rustix::process::setpgid(None, None);
            }
            Session::New | Session::NewOnStandardInput | Session::NewReleasingTerminal => {
                let _ = rustix::process::setsid();
            }
        }
        for (target, source) in self.stdio.iter().enumerate() {
            if let Some(source) = source {
                // SAFETY: both numbers name descriptors of this child, which is ours alone.
                if unsafe { libc::dup2(source.as_raw_fd(), target as i32) } < 0 {
                    self.give_up(b"unable to setup filedescriptor for ", signal::last_error());
                }
            }
        }
        match self.session {
            // Not a terminal, or taken by another session: the program runs without one.
            Session::NewOnStandardInput => {
                let _ = rustix::process::ioctl_tiocsctty(fd::standard()[0]);
            }
            Session::Foreground => {
                // From the background this would stop the process, were it not for the block.
                signal::block_for_terminal();
                let own = rustix::process::getpid();
                let _ = rustix::termios::tcsetpgrp(fd::standard()[0], own);
            }
            Session::NewReleasingTerminal => crate::platform::release_terminal(),
            Session::Same | Session::New => {}
        }
        if let Some(dir) = self.dir {
            if let Err(error) = rustix::process::fchdir(dir) {
                self.give_up(b"unable to change directory for ", error);
            }
        }
        self.place_more();
        if !self.announce.is_empty() {
            // Where nobody reads, that must not end the child.
            signal::block(&[Number::PIPE]);
            console::tell(&[self.announce]);
            signal::forget(libc::SIGPIPE);
        }
        signal::hand_over_clean();
        let error = match self.image {
            Some(image) => crate::platform::execute_file(image.as_raw_fd(), argv),
            None if self.search => search(self.program, |path| exec_in(path, argv.as_ptr(), env)),
            None => exec_in(self.program, argv.as_ptr(), env),
        };
        self.give_up(self.verb, error)
    }

    /// Gives the further descriptors their numbers: first all of them away from those numbers, since
    /// one may stand where another is to go.
    fn place_more(&self) {
        const FAR: i32 = 64;
        let mut far = [-1; MOST_DESCRIPTORS];
        for (far, (_, source)) in far.iter_mut().zip(self.more) {
            // SAFETY: a descriptor of this child, which is ours alone.
            *far = unsafe { libc::fcntl(source.as_raw_fd(), libc::F_DUPFD_CLOEXEC, FAR) };
        }
        for (far, (target, _)) in far.iter().zip(self.more) {
            // SAFETY: as above; a number that is not open is an error like any other.
            if unsafe { libc::dup2(*far, *target) } < 0 {
                self.give_up(b"unable to setup filedescriptor for ", signal::last_error());
            }
        }
    }

    fn give_up(&self, what: &[u8], error: Errno) -> ! {
        let mut parts: [&[u8]; 16] = [b""; 16];
        let tail: [&[u8]; 4] = [what, self.called, b": ", reason(error).as_bytes()];
        for (slot, part) in parts
            .iter_mut()
            .zip(self.complaint.iter().copied().chain(tail))
        {
            *slot = part;
        }
        say::error(&parts);
        exit_now(self.failure)
    }
}

/// Forks a child that only does `work`, and exits with the code it gives.
pub fn fork(work: impl FnOnce() -> i32) -> Result<Pid> {
    // SAFETY: the process has one thread.
    match unsafe { libc::fork() } {
        -1 => Err(signal::last_error()),
        0 => exit_now(work()),
        pid => Pid::from_raw(pid).ok_or(Errno::SRCH),
    }
}

/// Begins a session; an error when this process leads a group already.
pub fn new_session() -> Result<()> {
    rustix::process::setsid().map(drop)
}

/// Ends this process at once, without what the parent may have left to do at exit.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: does not return and touches no memory.
    unsafe { libc::_exit(code) }
}

/// The environment, as it was given.
pub(crate) fn environment() -> *const *const c_char {
    // SAFETY: reads a pointer that the C library sets before `main`.
    unsafe { environ }
}

/// Replaces this process; returns only the reason why it could not. `argv` ends with a null.
pub(crate) fn exec(path: &CStr, argv: &[*const c_char]) -> Errno {
    exec_in(path, argv.as_ptr(), environment())
}

/// The same with another environment. Both lists end with a null pointer.
fn exec_in(path: &CStr, argv: *const *const c_char, env: *const *const c_char) -> Errno {
    // SAFETY: path and arguments are C strings that live here, and each list ends with a null
    // pointer: `become_program`, `exec_with` and `Replacement` see to that.
    unsafe {
        libc::execve(path.as_ptr(), argv, env);
    }
    signal::last_error()
}

/// A program that is to replace this process, with all that takes memory done beforehand: limits
/// that are set in between may leave none.
#[derive(Debug)]
pub struct Replacement<'a> {
    args: &'a Args,
    /// The arguments, where the program is called something else.
    renamed: Option<Vec<*const c_char>>,
    /// The environment, where it is not that of this process.
    env: Option<Vec<*const c_char>>,
}

impl<'a> Replacement<'a> {
    /// The program that `args` names, with the rest of `args` as its arguments, however many.
    ///
    /// `argv0`: what the program is called instead of its name. `env`: instead of the environment.
    #[must_use]
    pub fn new(args: &'a Args, argv0: Option<&'a CStr>, env: Option<&'a Environment>) -> Self {
        let renamed = argv0.map(|argv0| {
            let rest = args.iter().skip(1).map(CStr::as_ptr);
            let renamed = iter::once(argv0.as_ptr()).chain(rest);
            renamed.chain([ptr::null()]).collect()
        });
        let env = env.map(Environment::pointers);
        Replacement { args, renamed, env }
    }

    /// Replaces this process, once the program is found in $PATH. Takes no memory.
    pub fn run(&self) -> Errno {
        let Some(name) = self.args.get(0) else {
            return Errno::NOENT;
        };
        let argv = self.renamed.as_ref().map(|argv| argv.as_ptr());
        let argv = argv.unwrap_or_else(|| self.args.as_ptr());
        let env = self.env.as_ref().map(|env| env.as_ptr());
        let env = env.unwrap_or_else(environment);
        search(name, |path| exec_in(path, argv, env))
    }
}

/// Replaces this process by the program at a path, which is its only argument, with this
/// environment.
pub fn replace_by(path: &CStr, env: &Environment) -> Errno {
    let argv = [path.as_ptr(), ptr::null()];
    exec_in(path, argv.as_ptr(), env.pointers().as_ptr())
}

/// Replaces this process by a program, with the environment it has.
pub fn exec_with(path: &CStr, args: &[&CStr], search: bool) -> Errno {
    let mut argv = [ptr::null::<c_char>(); MOST_ARGS + 1];
    for (slot, arg) in argv.iter_mut().zip(&args[..args.len().min(MOST_ARGS)]) {
        *slot = arg.as_ptr();
    }
    if search {
        search_and_exec(path, &argv)
    } else {
        exec(path, &argv)
    }
}

fn search_and_exec(name: &CStr, argv: &[*const c_char]) -> Errno {
    search(name, |path| exec(path, argv))
}

/// Tries the directories of $PATH in order; a file that may not be executed does not end the search.
fn search(name: &CStr, exec: impl Fn(&CStr) -> Errno) -> Errno {
    if name.to_bytes().contains(&b'/') {
        return exec(name);
    }
    let mut result = Errno::NOENT;
    for dir in variable(c"PATH")
        .unwrap_or(b"/bin:/usr/bin")
        .split(|&b| b == b':')
    {
        let dir: &[u8] = if dir.is_empty() { b"." } else { dir };
        let mut path = [0u8; MOST_PATH];
        let len = dir.len() + 1 + name.to_bytes().len();
        if len >= MOST_PATH {
            continue;
        }
        path[..dir.len()].copy_from_slice(dir);
        path[dir.len()] = b'/';
        path[dir.len() + 1..len].copy_from_slice(name.to_bytes());
        let Ok(path) = CStr::from_bytes_until_nul(&path) else {
            continue;
        };
        match exec(path) {
            Errno::NOENT | Errno::NOTDIR => {}
            error @ (Errno::ACCESS | Errno::PERM | Errno::ISDIR) => result = error,
            error => return error,
        }
    }
    result
}

/// A variable of the environment, without copying it.
#[must_use]
pub fn variable(name: &CStr) -> Option<&'static [u8]> {
    // SAFETY: getenv reads the environment, which nothing of ours changes while programs of one
    // thread run; the string stays where it is.
    unsafe {
        let value = libc::getenv(name.as_ptr());
        if value.is_null() {
            None
        } else {
            Some(CStr::from_ptr(value).to_bytes())
        }
    }
}

// SAFETY: the C library defines it, with this type, before `main`.
unsafe extern "C" {
    static environ: *const *const c_char;
}
