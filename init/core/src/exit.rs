//! How a child ended, and the exit codes runit gives itself.

/// A usage error of `runsv`, `runsvdir`, `runsvchdir` and `utmpset`.
pub const USAGE: i32 = 1;
/// A fatal error of `runsvdir` and `sv`; a usage error of `sv` and `chpst`.
pub const FATAL_100: i32 = 100;
/// A fatal error of `runsv`, `runit`, `chpst`, `svlogd`; also a child that could not be executed.
pub const FATAL: i32 = 111;

/// The raw status word of wait(2), asked instead of taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit(pub i32);

impl Exit {
    /// A child that called exit with `code`.
    #[must_use]
    pub const fn with_code(code: u8) -> Exit {
        Exit((code as i32) << 8)
    }

    /// A child that died of `signal`.
    #[must_use]
    pub const fn by_signal(signal: u8) -> Exit {
        Exit(signal as i32)
    }

    /// The code, where the child exited by itself.
    #[must_use]
    pub const fn code(self) -> Option<u8> {
        if self.0 & 0x7f == 0 {
            Some((self.0 >> 8) as u8)
        } else {
            None
        }
    }

    /// The signal, where one ended the child.
    #[must_use]
    pub const fn signal(self) -> Option<u8> {
        match self.0 & 0x7f {
            0 => None,
            signal => Some(signal as u8),
        }
    }

    /// First argument of `./finish`: the exit code, or -1 when a signal ended the service.
    #[must_use]
    pub const fn finish_code(self) -> i32 {
        match self.code() {
            Some(code) => code as i32,
            None => -1,
        }
    }

    /// Second argument of `./finish`: the low byte of the status (signal, plus 128 with a core).
    #[must_use]
    pub const fn finish_status(self) -> u8 {
        (self.0 & 0xff) as u8
    }

    /// Exited by itself with code 0.
    #[must_use]
    pub const fn success(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finish_arguments_follow_the_manual() {
        assert_eq!(
            (
                Exit::with_code(7).finish_code(),
                Exit::with_code(7).finish_status()
            ),
            (7, 0)
        );
        assert_eq!(
            (
                Exit::by_signal(15).finish_code(),
                Exit::by_signal(15).finish_status()
            ),
            (-1, 15)
        );
        // 139: SEGV with a core file.
        assert_eq!(
            (
                Exit(139).finish_code(),
                Exit(139).finish_status(),
                Exit(139).signal()
            ),
            (-1, 139, Some(11))
        );
    }
}
