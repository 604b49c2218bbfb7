//! Sessions as an article prints them: commands after a prompt, below each what it said.
//!
//! A line that begins with `# ` is run by root, one with `% ` by appuser, one with `callcenter% ` by
//! callcenter; all must end well. What they print must be what follows, to the letter, but for process numbers and seconds. Where a
//! command only looks, it looks again until it sees that, and `killall` until it finds one: a
//! person types slower than we do.

use crate::common::LONG;
use crate::world::World;
use std::time::{Duration, Instant};

/// Commands that change nothing as long as they do not say what they should.
const LOOKS: [&str; 7] = [
    "sv s ",
    "sv status ",
    "pstree ",
    "ps ",
    "ls ",
    "tr ",
    "killall ",
];

impl World {
    /// Types all of it and compares.
    #[track_caller]
    pub fn session(&self, text: &str) {
        let mut lines = text.lines().map(str::trim_start).peekable();
        while let Some(line) = lines.next() {
            if line.is_empty() {
                continue;
            }
            let mut says = String::new();
            while let Some(said) = lines.next_if(|l| prompt(l).is_none()) {
                if !said.is_empty() {
                    says.push_str(said);
                    says.push('\n');
                }
            }
            let (user, command) = prompt(line).unwrap_or_else(|| panic!("no prompt: {line}"));
            self.says(user, command, &says);
        }
    }

    /// Runs one command and compares what it prints.
    #[track_caller]
    fn says(&self, user: Option<&str>, command: &str, says: &str) {
        let looks = LOOKS.iter().any(|look| command.starts_with(look));
        let start = Instant::now();
        loop {
            let out = match user {
                None => self.try_run(command),
                Some(user) => self.try_run_as(user, command),
            };
            let same = even(&out.stdout) == even(says);
            if same && (out.code, out.stderr.as_str()) == (0, "") {
                return;
            }
            if !looks || start.elapsed() > LONG {
                panic!("`{command}` should print\n{says}\nbut there is\n{out:#?}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Who types this line, and the command; None if it is no prompt.
fn prompt(line: &str) -> Option<(Option<&str>, &str)> {
    if let Some(command) = line.strip_prefix("# ") {
        return Some((None, command));
    }
    let (user, command) = line.split_once("% ")?;
    match user {
        "" => Some((Some("appuser"), command)),
        "callcenter" => Some((Some(user), command)),
        _ => None,
    }
}

/// Process numbers and seconds made equal, and spaces at the ends of lines taken off.
pub fn even(text: &str) -> String {
    let mut even = String::new();
    for line in text.lines() {
        let mut rest = line.trim_end();
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(at);
            let end = from
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(from.len());
            let (number, after) = from.split_at(end);
            let pid = before.ends_with("(pid ") && after.starts_with(')');
            let seconds = before.ends_with(' ')
                && after.starts_with('s')
                && !after[1..].starts_with(|c: char| c.is_ascii_alphanumeric());
            even.push_str(before);
            even.push_str(if pid || seconds { "N" } else { number });
            rest = after;
        }
        even.push_str(rest);
        even.push('\n');
    }
    even
}

#[test]
fn only_process_numbers_and_seconds_may_differ() {
    assert_eq!(
        even("run: getty-1: (pid 3713) 7700118s; run: log: (pid 3724) 0s  \nok 5 7sx"),
        "run: getty-1: (pid N) Ns; run: log: (pid N) Ns\nok 5 7sx\n"
    );
}
