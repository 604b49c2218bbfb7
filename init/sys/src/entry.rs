//! How a program begins: before and instead of the standard library's start.
//!
//! An ordinary `main` is killed inside std when descriptors 0-2 are closed and there is no
//! /dev/null, and std sets SIGPIPE to ignored, which every service would inherit. So our programs
//! are `no_main` with a C entry (the [`entry!`](crate::entry!) macro) that lands in [`start`].

use crate::fd;
use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

/// The arguments of the process; they live as long as it does, and nothing is copied.
#[derive(Clone, Copy, Debug)]
pub struct Args {
    argv: *const *mut c_char,
    len: usize,
    first: usize,
}

impl Args {
    /// Argument `n`, where 0 is the name of the program.
    #[must_use]
    pub fn get(&self, n: usize) -> Option<&'static CStr> {
        let n = self.first.checked_add(n).filter(|&n| n < self.len)?;
        // SAFETY: the kernel hands over `len` pointers to strings that stay for good.
        Some(unsafe { CStr::from_ptr(*self.argv.add(n)) })
    }

    /// How many there are, the name of the program included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len - self.first
    }

    /// No arguments, not even a name.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static CStr> + use<> {
        let all = *self;
        (0..self.len()).filter_map(move |n| all.get(n))
    }

    /// The arguments from `n` on, as if the program had been started with only those.
    #[must_use]
    pub fn skip(&self, n: usize) -> Args {
        Args {
            first: (self.first + n).min(self.len),
            ..*self
        }
    }

    /// The last part of the path in argument 0: the name the program goes by.
    #[must_use]
    pub fn program_name(&self) -> &'static [u8] {
        let path = self.get(0).map_or(&b""[..], CStr::to_bytes);
        path.rsplit(|&b| b == b'/').next().unwrap_or(path)
    }

    /// The list as execve(2) takes it: pointers, and a null at the end.
    pub(crate) fn as_ptr(&self) -> *const *const c_char {
        // SAFETY: `first` is at most `len`, and the kernel's list has a null at `len`.
        unsafe { self.argv.add(self.first).cast() }
    }

    /// The bytes of argument `n`, to be written over (what `ps` shows). Given out once.
    pub(crate) fn claim_bytes(&self, n: usize) -> Option<&'static mut [u8]> {
        static CLAIMED: AtomicBool = AtomicBool::new(false);
        let len = self.get(n)?.to_bytes().len();
        if CLAIMED.swap(true, Ordering::Relaxed) {
            return None;
        }
        // SAFETY: the string is writable memory of this process, `len` bytes before its NUL; the
        // flag keeps a second claim away, and callers drop the `&CStr` of this argument first.
        Some(unsafe {
            std::slice::from_raw_parts_mut((*self.argv.add(self.first + n)).cast(), len)
        })
    }
}

/// Makes the descriptors right and runs the program.
///
/// # Safety
/// To be called by the C entry only, with what it was given.
pub unsafe fn start(argc: c_int, argv: *const *mut c_char, main: fn(Args) -> i32) -> c_int {
    fd::ensure_standard();
    main(Args {
        argv,
        len: usize::try_from(argc).unwrap_or(0),
        first: 0,
    })
}

/// Makes a function `fn(Args) -> i32` the entry of a `no_main` program.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        // SAFETY: `main` is the C entry of this program and nothing else has that name.
        #[unsafe(no_mangle)]
        extern "C" fn main(
            argc: ::std::ffi::c_int,
            argv: *const *mut ::std::ffi::c_char,
        ) -> ::std::ffi::c_int {
            // SAFETY: this is the C entry, and these are its arguments.
            unsafe { $crate::entry::start(argc, argv, $main) }
        }
    };
}
