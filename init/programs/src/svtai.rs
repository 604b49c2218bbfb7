//! svtai: a filter that makes the TAI64N labels of log lines readable.
//!
//! It passes on what it has whenever nothing follows at once, so that it can stand behind a log
//! that is followed.

use crate::cli::{self, Voice};
use runit_core::exit;
use runit_core::log_reader::{Look, READABLE, Reader, readable};
use runit_core::options::{Opt, Options};
use runit_core::tai::Tai64n;
use runit_sys::entry::Args;
use runit_sys::{Errno, fd, localtime, poll};

const SVTAI: Voice<'static> = Voice::new(b"svtai");
/// Bytes read at once.
const ROOM: usize = 64 << 10;

/// How times are written.
struct Times {
    look: Look,
    utc: bool,
    /// The quarter of an hour that local time was last asked for, and the answer.
    east: (i64, i64),
}

impl Times {
    fn write(&mut self, at: Tai64n, out: &mut [u8; READABLE]) -> Option<usize> {
        if self.utc {
            return readable(at, self.look, None, out);
        }
        let quarter = at.unix_sec().div_euclid(900);
        if self.east.0 != quarter {
            self.east = (quarter, localtime::seconds_east(at.unix_sec()));
        }
        readable(at, self.look, Some(self.east.1), out)
    }
}

/// `svtai [-u] [-i]`: standard input to standard output; 100 on a usage error, 111 when it cannot
/// read or write.
pub fn main(args: Args) -> i32 {
    let mut times = Times {
        look: Look::Plain,
        utc: false,
        east: (i64::MIN, 0),
    };
    let mut options = Options::new(b"uiV", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'u') => times.utc = true,
            Opt::Flag(b'i') => times.look = Look::Iso,
            Opt::Flag(_) => {
                cli::version();
                return usage();
            }
            Opt::Value(letter, _) | Opt::Unknown(letter) | Opt::Missing(letter) => {
                SVTAI.illegal_option(letter);
                return usage();
            }
        }
    }
    if args.len() > options.operands() {
        return usage();
    }
    localtime::read_rules();
    match filter(&mut times) {
        Ok(()) => 0,
        Err((what, why)) => SVTAI.fatal_because(&[what], why),
    }
}

fn usage() -> i32 {
    SVTAI.usage(b" [-u] [-i]");
    exit::FATAL_100
}

fn filter(times: &mut Times) -> Result<(), (&'static [u8], Errno)> {
    let mut input = vec![0; ROOM];
    let mut output = vec![0; ROOM];
    let mut reader = Reader::default();
    let mut held = 0;
    loop {
        let read = match fd::read(fd::standard()[0], &mut input[held..]) {
            Err(Errno::AGAIN) => {
                // A terminal or pipe that someone else made non-blocking.
                let _ = poll::wait(&[Some(fd::standard()[0])], None);
                continue;
            }
            other => other.map_err(|why| (&b"unable to read standard input"[..], why))?,
        };
        let (end, last) = (held + read, read == 0);
        let mut at = 0;
        loop {
            let write = |stamp, out: &mut _| times.write(stamp, out);
            let done = reader.pass(&input[at..end], last, &mut output, write);
            if done.read == 0 {
                break;
            }
            at += done.read;
            fd::write_all(fd::standard()[1], &output[..done.wrote])
                .map_err(|why| (&b"unable to write to standard output"[..], why))?;
        }
        if last {
            return Ok(());
        }
        input.copy_within(at..end, 0);
        held = end - at;
    }
}
