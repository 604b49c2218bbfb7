//! A message to everybody's terminal.
//!
//! It must never wait: a terminal that is stopped (Ctrl-S) or whose other side is gone is left out.
//! And it must never write into anything but a terminal, whatever the table of logins says.

use crate::error::Result;
use crate::{dir, fd, utmp};
use rustix::fs::{Mode, OFlags};
use std::ffi::{CStr, CString};

/// The name of this machine, for such messages.
#[must_use]
pub fn host() -> Vec<u8> {
    rustix::system::uname().nodename().to_bytes().to_vec()
}

/// Writes the text, whose lines end with `\r\n`, to every terminal that somebody is logged in on.
///
/// Where no logins are on record it goes to the console and to every pseudo terminal.
pub fn tell(text: &[u8]) {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let table = utmp::each_line_in_use(|line| {
        if !lines.iter().any(|known| known == line) {
            lines.push(line.to_vec());
        }
    });
    if table.is_err() {
        lines.push(b"console".to_vec());
        let all = fd::open_dir(c"/dev/pts").and_then(|pts| dir::visible_names(&pts));
        let names = all.unwrap_or_default().into_iter();
        let numbers = names.filter(|name| name.to_bytes().iter().all(u8::is_ascii_digit));
        lines.extend(numbers.map(|name| [b"pts/", name.to_bytes()].concat()));
    }
    tell_lines(&lines, text);
}

/// Each terminal by its name below /dev, one after the other; none can keep the next one waiting.
fn tell_lines(lines: &[Vec<u8>], text: &[u8]) {
    for line in lines {
        let safe = !line.starts_with(b"/") && !line.windows(2).any(|part| part == b"..");
        if let (true, Ok(path)) = (safe, CString::new([b"/dev/", &line[..]].concat())) {
            // Somebody who is not there any more.
            let _ = tell_one(&path, text);
        }
    }
}

fn tell_one(path: &CStr, text: &[u8]) -> Result<()> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let terminal = rustix::fs::open(path, flags, Mode::empty())?;
    if !rustix::termios::isatty(&terminal) {
        return Err(crate::Errno::NOTTY);
    }
    // Ends with an error where it would have to wait.
    fd::write_all(&terminal, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::termios::{Action, tcflow, ttyname};
    use std::os::fd::OwnedFd;
    use std::time::{Duration, Instant};

    /// A terminal: its other side, itself, and its name below /dev.
    fn terminal() -> (OwnedFd, OwnedFd, Vec<u8>) {
        let pair = nix::pty::openpty(None, None).expect("a terminal");
        let name = ttyname(&pair.slave, Vec::new()).expect("its name");
        let line = name.to_bytes().strip_prefix(b"/dev/").expect("in /dev");
        (pair.master, pair.slave, line.to_vec())
    }

    #[test]
    fn a_stopped_terminal_and_a_full_one_keep_nobody_waiting() {
        let (_stopped_side, stopped, stopped_line) = terminal();
        tcflow(&stopped, Action::OOff).expect("Ctrl-S");
        let (_full_side, full, full_line) = terminal();
        rustix::io::ioctl_fionbio(&full, true).expect("an option");
        while rustix::io::write(&full, &[b'x'; 512]).is_ok() {}
        let (works_side, _works, works_line) = terminal();
        let begin = Instant::now();
        tell_lines(&[stopped_line, full_line, works_line], b"it is time\r\n");
        assert!(begin.elapsed() < Duration::from_secs(10));
        let mut said = [0; 64];
        let n = rustix::io::read(&works_side, &mut said).expect("the text");
        let said = String::from_utf8_lossy(&said[..n]).into_owned();
        assert!(said.contains("it is time"), "{said:?}");
    }
}
