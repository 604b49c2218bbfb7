//! The serial console of a virtual machine: everything it ever said, what a test waits for in
//! it, and the lines a test types. A reader thread takes every byte the moment it comes and
//! writes it to the transcript; waits see them without the carriage returns of the terminal.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// What the kernel says when process 1 is gone or it cannot go on; waiting is over then.
const PANIC: &[u8] = b"Kernel panic - not syncing";

/// What the guest has said so far.
#[derive(Default)]
struct Said {
    bytes: Vec<u8>,
    /// QEMU closed the line.
    closed: bool,
}

/// Both directions of a guest's serial line.
pub struct Console {
    said: Arc<(Mutex<Said>, Condvar)>,
    line: UnixStream,
    transcript: File,
    /// Everything before this was matched by an earlier wait.
    seen: usize,
}

/// Why a wait ended without what it waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// The time was up.
    Deadline,
    /// The machine ended (or was stopped) first.
    Closed,
    /// The guest's kernel panicked first.
    Panic,
}

impl Console {
    /// Starts to read `line`, copying all of it to the file `transcript`.
    ///
    /// # Errors
    ///
    /// The transcript cannot be created, or the socket not be duplicated.
    pub fn new(line: UnixStream, transcript: &Path) -> io::Result<Console> {
        let mut file = File::create(transcript)?;
        let transcript = file.try_clone()?;
        let mut from_guest = line.try_clone()?;
        let said = Arc::new((Mutex::new(Said::default()), Condvar::new()));
        let ours = Arc::clone(&said);
        thread::spawn(move || {
            let mut piece = [0; 4096];
            loop {
                let n = from_guest.read(&mut piece).unwrap_or(0);
                let _ = file.write_all(&piece[..n]);
                let mut said = lock(&ours.0);
                said.bytes
                    .extend(piece[..n].iter().filter(|byte| **byte != b'\r'));
                said.closed = n == 0;
                ours.1.notify_all();
                if n == 0 {
                    return;
                }
            }
        });
        Ok(Console {
            said,
            line,
            transcript,
            seen: 0,
        })
    }

    /// Waits until the guest has said one of `texts` after the last match. Returns which one,
    /// and what was said from the last match up to it.
    ///
    /// # Errors
    ///
    /// Why it did not happen: too late, the machine ended, the kernel panicked.
    pub fn wait(&mut self, texts: &[&str], limit: Duration) -> Result<(usize, String), Missed> {
        let deadline = Instant::now() + limit;
        let longest = texts
            .iter()
            .map(|text| text.len())
            .max()
            .unwrap_or(0)
            .max(PANIC.len());
        // Bytes looked at in an earlier round are not looked at again, but for a match that
        // was not complete then.
        let mut start = self.seen;
        let mut said = lock(&self.said.0);
        loop {
            let new = &said.bytes[start..];
            let first = texts
                .iter()
                .enumerate()
                .filter_map(|(which, text)| Some((find(new, text.as_bytes())?, which)))
                .min();
            if let Some((at, which)) = first {
                let before = text(&said.bytes[self.seen..start + at]);
                self.seen = start + at + texts[which].len();
                return Ok((which, before));
            }
            let looked_at = start;
            start = said.bytes.len().saturating_sub(longest).max(self.seen);
            said = more(&self.said.1, said, looked_at, deadline)?;
        }
    }

    /// Waits until the guest has said `text` at least `times` times since it started, wherever
    /// other waits have got to; those go on from where they were.
    ///
    /// # Errors
    ///
    /// Why it did not happen: too late, the machine ended, the kernel panicked.
    pub fn wait_ever(&self, text: &str, times: usize, limit: Duration) -> Result<(), Missed> {
        let deadline = Instant::now() + limit;
        let mut said = lock(&self.said.0);
        loop {
            if self::text(&said.bytes).matches(text).count() >= times {
                return Ok(());
            }
            said = more(&self.said.1, said, 0, deadline)?;
        }
    }

    /// Types `text` as it is.
    ///
    /// # Errors
    ///
    /// The machine has ended.
    pub fn send(&mut self, text: &str) -> io::Result<()> {
        self.line.write_all(text.as_bytes())
    }

    /// Writes a line of the test's own into the transcript, where the guest has got to; no wait sees it.
    pub fn note(&mut self, line: &str) {
        let _ = self.transcript.write_all(format!("{line}\r\n").as_bytes());
    }

    /// Everything the guest has said since it started.
    #[must_use]
    pub fn all(&self) -> String {
        text(&lock(&self.said.0).bytes)
    }

    /// The last lines the guest said, for the report of a failed wait.
    #[must_use]
    pub fn tail(&self, lines: usize) -> String {
        let all = self.all();
        let all: Vec<&str> = all.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

/// A panic of the reader thread leaves its bytes as good as they were.
fn lock(said: &Mutex<Said>) -> MutexGuard<'_, Said> {
    said.lock().unwrap_or_else(|broken| broken.into_inner())
}

/// Waits until the guest has said more; fails where it will not, or what it has said from byte `from`
/// on is a panic.
fn more<'a>(
    told: &Condvar,
    said: MutexGuard<'a, Said>,
    from: usize,
    deadline: Instant,
) -> Result<MutexGuard<'a, Said>, Missed> {
    if find(&said.bytes[from..], PANIC).is_some() {
        return Err(Missed::Panic);
    }
    if said.closed {
        return Err(Missed::Closed);
    }
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Missed::Deadline);
    }
    match told.wait_timeout(said, left) {
        Ok((said, _)) => Ok(said),
        Err(broken) => Ok(broken.into_inner().0),
    }
}

/// Where `needle` begins in `haystack`.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(name: &str) -> (Console, UnixStream) {
        let (ours, guest) = UnixStream::pair().unwrap();
        let file = std::env::temp_dir().join(format!("vm-console-{name}-{}", std::process::id()));
        let console = Console::new(ours, &file).unwrap();
        std::fs::remove_file(file).unwrap();
        (console, guest)
    }

    #[test]
    fn a_wait_ends_at_the_earliest_of_its_texts() {
        let (mut console, mut guest) = console("earliest");
        guest.write_all(b"one\r\ntwo three").unwrap();
        let second = Duration::from_secs(10);
        assert_eq!(
            console.wait(&["three", "two"], second),
            Ok((1, "one\n".into()))
        );
        assert_eq!(console.wait(&["three"], second), Ok((0, " ".into())));
    }

    #[test]
    fn a_text_is_matched_once() {
        let (mut console, mut guest) = console("once");
        guest.write_all(b"login: ").unwrap();
        assert!(console.wait(&["login: "], Duration::from_secs(10)).is_ok());
        let again = console.wait(&["login: "], Duration::from_millis(50));
        assert_eq!(again, Err(Missed::Deadline));
    }

    #[test]
    fn what_was_said_is_counted_wherever_a_wait_has_got_to() {
        let (mut console, mut guest) = console("ever");
        guest.write_all(b"starts login: starts x").unwrap();
        let second = Duration::from_secs(10);
        assert!(console.wait(&["login: "], second).is_ok());
        assert_eq!(console.wait_ever("starts", 2, second), Ok(()));
        let thrice = console.wait_ever("starts", 3, Duration::from_millis(50));
        assert_eq!(thrice, Err(Missed::Deadline));
        assert_eq!(console.wait(&["x"], second), Ok((0, "starts ".into())));
    }

    #[test]
    fn a_note_is_in_the_transcript_and_nowhere_else() {
        let (ours, mut guest) = UnixStream::pair().unwrap();
        let file = std::env::temp_dir().join(format!("vm-console-note-{}", std::process::id()));
        let mut console = Console::new(ours, &file).unwrap();
        console.note("> true");
        guest.write_all(b"x").unwrap();
        assert!(console.wait(&["x"], Duration::from_secs(10)).is_ok());
        assert_eq!(console.all(), "x");
        assert_eq!(std::fs::read(&file).unwrap(), b"> true\r\nx");
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn the_end_of_the_line_and_a_kernel_panic_end_a_wait() {
        let (mut ended, guest) = console("closed");
        drop(guest);
        assert_eq!(
            ended.wait(&["x"], Duration::from_secs(10)),
            Err(Missed::Closed)
        );
        let (mut panicked, mut guest) = console("panic");
        guest
            .write_all(b"[ 1.0] Kernel panic - not syncing: init")
            .unwrap();
        assert_eq!(
            panicked.wait(&["x"], Duration::from_secs(10)),
            Err(Missed::Panic)
        );
    }
}
