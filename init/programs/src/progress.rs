//! What is being waited for, told to whoever watches: on a screen one line that is rewritten each
//! second, elsewhere (a serial line, a file) plain lines now and then.
//!
//! It decides when a line is due and which of the two it is; what it says is the caller's.

use runit_core::clock::Mono;
use runit_sys::{clock, fd};
use std::fs;
use std::io::{IsTerminal, stderr};

/// Milliseconds between two lines on a screen.
const SCREEN_MS: u64 = 1000;
/// Milliseconds between two plain lines.
const PLAIN_MS: u64 = 5000;

/// The line on standard error.
#[derive(Debug)]
pub struct Progress {
    screen: bool,
    next: Mono,
    /// A line that is not ended yet is on the screen.
    open: bool,
}

impl Progress {
    /// The first line is due after so many milliseconds.
    #[must_use]
    pub fn after(ms: u64) -> Progress {
        Progress {
            screen: is_screen(),
            next: clock::mono().plus_ms(ms),
            open: false,
        }
    }

    /// Says it, if a line is due.
    pub fn show(&mut self, text: impl FnOnce() -> String) {
        let now = clock::mono();
        if now < self.next {
            return;
        }
        let text = text();
        if self.screen {
            self.next = now.plus_ms(SCREEN_MS);
            self.open = true;
            write(&format!("\r{text}\x1b[K"));
        } else {
            self.next = now.plus_ms(PLAIN_MS);
            write(&format!("{text}\n"));
        }
    }

    /// Before anything else is said: the rewritten line is wiped.
    pub fn clear(&mut self) {
        if self.open {
            write("\r\x1b[K");
        }
        self.open = false;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn write(text: &str) {
    let _ = fd::write_all(fd::standard()[2], text.as_bytes());
}

/// A terminal that understands to rewrite a line: not a serial line, whose other end may be a log.
fn is_screen() -> bool {
    if !stderr().is_terminal() {
        return false;
    }
    let path = fs::read_link("/proc/self/fd/2").unwrap_or_default();
    let path = path.to_string_lossy();
    let name = path.strip_prefix("/dev/").unwrap_or(&path);
    if name == "console" {
        let active = fs::read_to_string("/sys/class/tty/console/active").unwrap_or_default();
        return active
            .split_whitespace()
            .next_back()
            .is_some_and(is_screen_name);
    }
    is_screen_name(name)
}

fn is_screen_name(name: &str) -> bool {
    let numbered = name.strip_prefix("tty").unwrap_or_default();
    name.starts_with("pts/") || numbered.starts_with(|c: char| c.is_ascii_digit())
}
