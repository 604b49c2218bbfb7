//! QEMU's monitor (QMP, one JSON object per line): the few commands that the tests need, and
//! the one event they ask about, how the machine ended. Only QEMU talks on this line, so its
//! fixed forms are looked for as text; this is no JSON parser and must not become one.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How a guest ended, as QEMU's SHUTDOWN event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It reset the machine: a reboot.
    Reset,
    /// It switched the machine off.
    PowerOff,
    /// QEMU itself ended, for any other reason.
    Gone,
}

/// A line to QEMU's monitor.
pub struct Qmp {
    line: UnixStream,
    ends: Receiver<End>,
    sleeps: Receiver<()>,
}

impl Qmp {
    /// Begins to talk over `line`.
    ///
    /// # Errors
    ///
    /// QEMU ended before it read the first command.
    pub fn new(mut line: UnixStream) -> io::Result<Qmp> {
        let from_qemu = BufReader::new(line.try_clone()?);
        let (to_us, ends) = mpsc::channel();
        let (asleep, sleeps) = mpsc::channel();
        thread::spawn(move || {
            for said in from_qemu.lines().map_while(Result::ok) {
                if let Some(end) = end_in(&said) {
                    let _ = to_us.send(end);
                }
                if event_is(&said, "SUSPEND") {
                    let _ = asleep.send(());
                }
            }
            let _ = to_us.send(End::Gone);
        });
        line.write_all(b"{\"execute\":\"qmp_capabilities\"}\n")?;
        Ok(Qmp { line, ends, sleeps })
    }

    /// A command without arguments: `system_powerdown`, `quit`, ...
    ///
    /// # Errors
    ///
    /// QEMU has ended.
    pub fn command(&mut self, name: &str) -> io::Result<()> {
        writeln!(self.line, "{{\"execute\":\"{name}\"}}")
    }

    /// Presses keys together, by QEMU's names for them ("ctrl", "alt", "delete").
    ///
    /// # Errors
    ///
    /// QEMU has ended.
    pub fn press(&mut self, keys: &[&str]) -> io::Result<()> {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!("{{\"type\":\"qcode\",\"data\":\"{key}\"}}"))
            .collect();
        let keys = keys.join(",");
        writeln!(
            self.line,
            "{{\"execute\":\"send-key\",\"arguments\":{{\"keys\":[{keys}]}}}}"
        )
    }

    /// Waits for the guest to sleep; `false` when the time is up or QEMU has ended.
    pub fn wait_sleep(&mut self, limit: Duration) -> bool {
        self.sleeps.recv_timeout(limit).is_ok()
    }

    /// Waits for the machine to end. None: it still runs when the time is up.
    pub fn wait_end(&mut self, limit: Duration) -> Option<End> {
        match self.ends.recv_timeout(limit) {
            Ok(end) => Some(end),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(End::Gone),
        }
    }
}

fn spaceless(said: &str) -> String {
    said.chars().filter(|c| *c != ' ').collect()
}

fn event_is(said: &str, name: &str) -> bool {
    spaceless(said).contains(&format!("\"event\":\"{name}\""))
}

/// The end that a line of QEMU's tells of, if it does.
fn end_in(said: &str) -> Option<End> {
    if !event_is(said, "SHUTDOWN") {
        return None;
    }
    let spaceless = spaceless(said);
    Some(if spaceless.contains("\"reason\":\"guest-reset\"") {
        End::Reset
    } else if spaceless.contains("\"reason\":\"guest-shutdown\"") {
        End::PowerOff
    } else {
        End::Gone
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_tells_a_reset_from_a_power_off() {
        let said = |reason| {
            format!(
                "{{\"timestamp\": {{\"seconds\": 1}}, \"event\": \"SHUTDOWN\", \
                 \"data\": {{\"guest\": true, \"reason\": \"{reason}\"}}}}"
            )
        };
        assert_eq!(end_in(&said("guest-reset")), Some(End::Reset));
        assert_eq!(end_in(&said("guest-shutdown")), Some(End::PowerOff));
        assert_eq!(end_in(&said("host-qmp-quit")), Some(End::Gone));
        assert_eq!(end_in("{\"event\": \"RESUME\"}"), None);
    }
}
