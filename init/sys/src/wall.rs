//! A message to everybody's terminal.
//!
//! It must never wait for long: a terminal that is stopped (Ctrl-S) or whose other side is gone is
//! left out. One that somebody else writes to this very moment looks like a stopped one, so all of
//! them get a second. And it must never write into anything but a terminal, whatever the table of
//! logins says.

use crate::{Errno, dir, fd, poll, utmp};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};
use std::ffi::CString;

/// How often a terminal is written to that takes nothing, and the microseconds between: a second.
const ROUNDS: u32 = 50;
const NAP_US: u32 = 20_000;

/// The name of this machine, for such messages.
#[must_use]
pub fn host() -> Vec<u8> {
    rustix::system::uname().nodename().to_bytes().to_vec()
}

/// Writes the text, whose lines end with `\r\n`, to every terminal that somebody is logged in on.
///
/// Where no logins are on record it goes to the console and to every pseudo terminal: there is no
/// table, or, as with Debian 13, neither login nor sshd writes it.
pub fn tell(text: &[u8]) {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let table = utmp::each_line_in_use(|line| {
        if !lines.iter().any(|known| known == line) {
            lines.push(line.to_vec());
        }
    });
    if table.is_err() || lines.is_empty() {
        lines.push(b"console".to_vec());
        let all = fd::open_dir(c"/dev/pts").and_then(|pts| dir::visible_names(&pts));
        let names = all.unwrap_or_default().into_iter();
        let numbers = names.filter(|name| name.to_bytes().iter().all(u8::is_ascii_digit));
        lines.extend(numbers.map(|name| [b"pts/", name.to_bytes()].concat()));
    }
    tell_lines(&lines, text);
}

/// Each terminal by its name below /dev; none can keep the others waiting.
fn tell_lines(lines: &[Vec<u8>], text: &[u8]) {
    let opened = lines.iter().filter_map(|line| open(line));
    let mut left: Vec<(OwnedFd, &[u8])> = opened.map(|terminal| (terminal, text)).collect();
    for round in 0..ROUNDS {
        left.retain_mut(|(terminal, text)| still_owed(terminal, text));
        if left.is_empty() {
            return;
        }
        if round + 1 < ROUNDS {
            poll::nap(NAP_US);
        }
    }
}

/// The terminal of that name; `None`: it is none, or not there any more.
fn open(line: &[u8]) -> Option<OwnedFd> {
    if line.starts_with(b"/") || line.windows(2).any(|part| part == b"..") {
        return None;
    }
    let path = CString::new([b"/dev/", line].concat()).ok()?;
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let terminal = rustix::fs::open(&path, flags, Mode::empty()).ok()?;
    rustix::termios::isatty(&terminal).then_some(terminal)
}

/// Writes as much as the terminal takes; whether there is something left that it may take later.
fn still_owed(terminal: &OwnedFd, text: &mut &[u8]) -> bool {
    loop {
        match rustix::io::write(terminal, text) {
            Err(Errno::INTR) => {}
            Ok(0) | Err(Errno::AGAIN) => return true,
            Ok(n) if n < text.len() => *text = &text[n..],
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::termios::{Action, tcflow, ttyname};
    use std::time::{Duration, Instant};

    /// A terminal: its other side, itself, and its name below /dev.
    fn terminal() -> (OwnedFd, OwnedFd, Vec<u8>) {
        let pair = nix::pty::openpty(None, None).expect("a terminal");
        let name = ttyname(&pair.slave, Vec::new()).expect("its name");
        let line = name.to_bytes().strip_prefix(b"/dev/").expect("in /dev");
        (pair.master, pair.slave, line.to_vec())
    }

    #[test]
    fn a_terminal_that_is_busy_for_a_moment_gets_all_of_it() {
        let (side, busy, line) = terminal();
        rustix::io::ioctl_fionbio(&busy, true).expect("an option");
        while rustix::io::write(&busy, &[b'x'; 512]).is_ok() {}
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            // The terminal makes two bytes of a line end.
            while !all.ends_with(b"it is time\r\r\n") {
                let mut some = [0; 512];
                let n = rustix::io::read(&side, &mut some).expect("what was written");
                all.extend_from_slice(&some[..n]);
            }
        });
        tell_lines(&[line], b"it is time\r\n");
        reader.join().expect("all of it");
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
