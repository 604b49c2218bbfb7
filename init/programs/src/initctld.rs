//! initctld: answers the FIFO on which old tools speak to sysvinit's init.
//!
//! Each request is done by a child as `init`, the person's own way, does it; so nothing that is
//! written there can hold up another request, and process 1 itself need not know the format.

use crate::cli::Voice;
use crate::runit_init;
use runit_core::exit;
use runit_core::initctl::{Request, Stream, decode};
use runit_core::power::Ending;
use runit_sys::entry::Args;
use runit_sys::fd::Owned;
use runit_sys::fifo::{self, MakeError};
use runit_sys::signal::{self, Arrived, Number};
use runit_sys::{Errno, child, fd, file, link, poll, spawn};
use std::ffi::CStr;
use std::os::fd::AsFd;

const VOICE: Voice<'static> = Voice::new(b"initctld");
const FIFO: &CStr = c"/run/initctl";
/// Where older programs look for it.
const OLD_PLACE: &CStr = c"/dev/initctl";
/// By this variable sysvinit's shutdown says what runlevel 0 is to be.
const HALT_NAME: &[u8] = b"INIT_HALT";
const HALT_VALUE: &[u8] = b"HALT";

/// `initctld`: 0 after TERM, 1 after a usage error, 111.
pub fn main(args: Args) -> i32 {
    if args.len() > 1 {
        VOICE.usage(b"");
        return exit::USAGE;
    }
    signal::listen(&[Number::TERM, Number::INT, Number::CHLD]);
    let (reader, _writer) = match open() {
        Ok(both) => both,
        Err(code) => return code,
    };
    let code = match serve(&reader) {
        Ok(()) => 0,
        Err(error) => VOICE.fatal_because(&[b"unable to read ", FIFO.to_bytes()], error),
    };
    // Who writes where nobody reads would wait.
    let _ = file::remove(FIFO);
    code
}

/// Both ends: with a writer of its own the reader never comes to an end.
fn open() -> Result<(Owned, Owned), i32> {
    let path = FIFO.to_bytes();
    match fifo::make(FIFO) {
        Ok(()) => {}
        Err(MakeError::NotAFifo) => return Err(VOICE.fatal(&[path, b": not a FIFO"])),
        Err(MakeError::Sys(e)) => return Err(VOICE.fatal_because(&[b"unable to make ", path], e)),
    }
    // Whatever is there stays, and /dev may belong to a container's manager.
    let _ = link::make(OLD_PLACE, FIFO);
    let both = fifo::open_reader(FIFO).and_then(|reader| Ok((reader, fifo::open_writer(FIFO)?)));
    both.map_err(|e| VOICE.fatal_because(&[b"unable to open ", path], e))
}

fn serve(reader: &Owned) -> Result<(), Errno> {
    let mut stream = Stream::new();
    let mut halt = false;
    loop {
        while child::reap().is_some() {}
        let arrived = Arrived::take();
        if arrived.has(Number::TERM) || arrived.has(Number::INT) {
            return Ok(());
        }
        let mut bytes = [0; 1024];
        let len = match fd::read(reader, &mut bytes) {
            Ok(len) => len,
            Err(Errno::AGAIN) => 0,
            Err(error) => return Err(error),
        };
        for &byte in &bytes[..len] {
            if let Some(record) = stream.push(byte) {
                obey(decode(&record), &mut halt);
            }
        }
        if len == 0 {
            poll::wait(&[Some(reader.as_fd())], None)?;
        }
    }
}

fn obey(request: Request<'_>, halt: &mut bool) {
    match request {
        Request::Level(level) => {
            VOICE.info(&[b"asked for ", &[level]]);
            let halt = *halt && level == b'0';
            in_a_child(|| match halt {
                true => runit_init::stop(Ending::Halt),
                false => runit_init::obey(&[level]).unwrap_or_else(|| {
                    VOICE.warning(&[b"there is no level ", &[level]]);
                    exit::FATAL
                }),
            });
        }
        Request::PowerFails => {
            VOICE.info(&[b"told that the power fails"]);
            if let (Some(power), Some(init)) = (Number::power(), child::pid(1)) {
                let _ = signal::send(init, power);
            }
        }
        Request::PowerIsBack => {
            VOICE.info(&[b"told that the power is back"]);
            let cancel = [c"shutdown", c"-c", c"the power is back"];
            in_a_child(|| {
                let error = spawn::exec_with(cancel[0], &cancel, true);
                VOICE.fatal_because(&[b"unable to run shutdown"], error)
            });
        }
        Request::Set { name, value } => {
            if name == HALT_NAME {
                *halt = value == Some(HALT_VALUE);
            }
        }
        Request::Unknown(_) => VOICE.warning(&[b"a request that is not known"]),
    }
}

fn in_a_child(work: impl FnOnce() -> i32) {
    let started = spawn::fork(|| {
        signal::hand_over_clean();
        work()
    });
    if let Err(error) = started {
        VOICE.warning_because(&[b"unable to fork"], error);
    }
}
