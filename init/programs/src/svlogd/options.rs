//! What was typed: options, and the log directories.

use crate::cli::{self, Voice};
use runit_core::decimal;
use runit_core::exit;
use runit_core::log_clean::Clean;
use runit_core::log_label::Style;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;

/// Bytes of a line that patterns see.
const HEAD: usize = 1000;
/// Least size of the buffer.
const BUFFER: usize = 1024;
/// Most bytes that either may be: what is more is a mistake, and would only be found at work.
const MOST: usize = 1 << 30;

/// The meaning of the command line.
#[derive(Debug)]
pub struct Call {
    /// Labels, where asked for.
    pub style: Option<Style>,
    /// Bytes to be replaced.
    pub clean: Option<Clean>,
    /// `-l`: how many bytes of a line are its head.
    pub head: usize,
    /// `-b`: least size of the buffer.
    pub buffer: usize,
    /// Tell what is done.
    pub verbose: bool,
    /// The arguments from the first directory on.
    pub dirs: Args,
}

/// Reads the command line; the error is the exit code, and has been explained.
pub fn read(args: &Args) -> Result<Call, i32> {
    let usage = || {
        let name = args.get(0).map_or(&b"svlogd"[..], |name| name.to_bytes());
        Voice::new(name).usage(b" [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ...");
        Err(exit::FATAL)
    };
    let (mut labels, mut verbose) = (0, false);
    let (mut by, mut also) = (None, None);
    let (mut head, mut buffer) = (HEAD, BUFFER);
    let mut options = Options::new(b"R:r:l:b:tvV", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b't') => labels += 1,
            Opt::Flag(b'v') => verbose = true,
            Opt::Flag(_) => {
                cli::version();
                return usage();
            }
            Opt::Value(b'r', value) => match value.to_bytes() {
                &[byte] => by = Some(byte),
                _ => return usage(),
            },
            Opt::Value(b'R', value) => also = Some(value.to_bytes()),
            Opt::Value(letter, value) => {
                let number = decimal::unsigned(value.to_bytes());
                let number = number.and_then(|n| usize::try_from(n).ok());
                match number.filter(|&n| n <= MOST) {
                    // Nothing is as good as nothing said.
                    Some(0) if letter == b'l' => head = HEAD,
                    Some(0) => buffer = BUFFER,
                    Some(number) if letter == b'l' => head = number,
                    Some(number) => buffer = number,
                    None => return usage(),
                }
            }
            Opt::Unknown(letter) => {
                Voice::new(b"svlogd").illegal_option(letter);
                return usage();
            }
            Opt::Missing(letter) => {
                Voice::new(b"svlogd").missing_argument(letter);
                return usage();
            }
        }
    }
    let dirs = args.skip(options.operands());
    if dirs.is_empty() || buffer <= head {
        return usage();
    }
    let clean = (by.is_some() || also.is_some())
        .then(|| Clean::new(by.unwrap_or(b'_'), also.unwrap_or_default()));
    Ok(Call {
        style: match labels {
            0 => None,
            1 => Some(Style::Tai64n),
            2 => Some(Style::Underscore),
            _ => Some(Style::LetterT),
        },
        clean,
        head,
        buffer,
        verbose,
        dirs,
    })
}
