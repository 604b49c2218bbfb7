//! The settings of one log, read from its config file.

use super::tell::{SVLOGD, Teller, Trouble};
use runit_core::line::Line;
use runit_core::log_config::{self, Problem, Send, Setting, WhenFull};
use runit_core::log_cut::Limit;
use runit_core::log_keep::Quota;
use runit_core::log_pattern::Rule;
use runit_sys::folder::{self, Folder};
use runit_sys::{Errno, file};
use std::ffi::CString;

/// The largest config file that is read.
const MOST: usize = 1 << 20;

/// What a config file says.
#[derive(Debug)]
pub struct Settings {
    /// When `current` is full.
    pub limit: Limit,
    /// How many old files may stay.
    pub quota: Quota,
    /// How many stay when the disk is full; `None`: all.
    pub least_files: Option<u64>,
    /// At which age `current` is rotated, in seconds; 0 for never.
    pub age: u64,
    /// Command for the shell.
    pub processor: Option<CString>,
    /// Where lines are sent.
    pub send: Option<Send>,
    /// Text in front of each line.
    pub prefix: Vec<u8>,
    /// The patterns, as parts of `text`.
    pub rules: Vec<Rule>,
    /// The file itself.
    pub text: Vec<u8>,
    /// What to do while the disk is full.
    pub when_full: WhenFull,
    /// Labels in local time.
    pub local_time: bool,
}

impl Settings {
    /// What holds without a config file; `head`: svlogd's `-l`.
    #[must_use]
    pub fn default(head: usize) -> Settings {
        Settings {
            limit: Limit {
                size: 1_000_000,
                tail: head as u64,
            },
            quota: Quota {
                files: 10,
                bytes: 0,
            },
            least_files: None,
            age: 0,
            processor: None,
            send: None,
            prefix: Vec::new(),
            rules: Vec::new(),
            text: Vec::new(),
            when_full: WhenFull::Block,
            local_time: false,
        }
    }

    /// Reads the config file, where there is one.
    #[must_use]
    pub fn read(folder: &Folder, head: usize, tell: &Teller) -> Settings {
        let mut settings = Settings::default(head);
        let text = folder.read(c"config").and_then(|config| {
            // Looked at first: reading a huge file to find that it is one costs memory.
            match folder::about_file(&config)?.size > MOST as u64 {
                true => Err(Errno::FBIG),
                false => file::read_on(&config, Vec::new(), MOST),
            }
        });
        match text {
            Ok(text) => {
                tell.info_file(b"read: ", b"config");
                settings.apply(&text, tell);
                if !settings.rules.is_empty() {
                    settings.text = text;
                }
            }
            Err(Errno::NOENT) => {}
            Err(why) => tell.trouble(Trouble {
                what: b"unable to read config",
                why,
            }),
        }
        settings
    }

    fn apply(&mut self, text: &[u8], tell: &Teller) {
        let mut start = 0;
        for (number, line) in text.split(|&b| b == b'\n').enumerate() {
            let read = log_config::line(line);
            if let Some(problem) = read.problem {
                complain(problem, number + 1, line, tell);
            }
            if let Some(setting) = read.setting {
                self.set(setting, start + 1, start + line.len());
            }
            start += line.len() + 1;
        }
    }

    /// `start..end`: where the text behind the letter stands in the file.
    fn set(&mut self, setting: Setting<'_>, start: usize, end: usize) {
        match setting {
            Setting::Size(size) => self.limit.size = size,
            Setting::Files(files) => self.quota.files = files,
            Setting::LeastFiles(files) => self.least_files = Some(files),
            Setting::AllBytes(bytes) => self.quota.bytes = bytes,
            Setting::Age(age) => self.age = age,
            Setting::Processor(command) => {
                // A command cannot go beyond a NUL, and an empty one is none.
                let command = command.split(|&b| b == 0).next().unwrap_or_default();
                self.processor = CString::new(command).ok().filter(|c| !c.is_empty());
            }
            Setting::Send(send) => {
                // Once nothing is to be written, a second receiver does not change that.
                let only = send.only || self.send.is_some_and(|before| before.only);
                self.send = Some(Send { only, ..send });
            }
            Setting::Prefix(prefix) => self.prefix = prefix.to_vec(),
            Setting::Pattern(verdict, _) => self.rules.push(Rule {
                verdict,
                start,
                end,
            }),
            Setting::WhenFull(what) => self.when_full = what,
            Setting::LocalTime => self.local_time = true,
        }
    }
}

/// Says where a line was not understood, and what of it.
fn complain(problem: Problem<'_>, number: usize, line: &[u8], tell: &Teller) {
    let mut at = Line::<24>::new();
    at.push(b":")
        .number(i64::try_from(number).unwrap_or(i64::MAX))
        .push(b": ");
    let (what, of) = match problem {
        Problem::BadAddress(text) => (&b"unable to scan ip address: "[..], text),
        Problem::BadPort(text) => (&b"unable to scan port number: "[..], text),
        Problem::UnknownLetter => (&b"unknown setting: "[..], line),
        Problem::NoNumber => (&b"number expected: "[..], line),
        Problem::AfterNumber => (&b"number followed by something else: "[..], line),
        Problem::UnknownWord => (&b"unknown word: "[..], line),
    };
    let dir = tell.dir.to_bytes();
    SVLOGD.warning(&[dir, b"/config", at.as_bytes(), what, of]);
}
