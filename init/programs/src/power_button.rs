//! power-button: runs a program each time the button that switches the machine off is pressed.
//!
//! It reads the input devices itself and is told by the kernel when one comes or goes. It decides
//! nothing about what a press means. While the program of one press runs, another press is none.

use crate::cli::Voice;
use runit_core::exit;
use runit_core::key::{Button, SIZE};
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::fd::Owned;
use runit_sys::signal::{self, Arrived, Number};
use runit_sys::spawn::Replacement;
use runit_sys::watch::{Interest, Watch};
use runit_sys::{Errno, child, dir, fd, file, input, poll, reason, spawn};
use std::ffi::{CStr, CString};
use std::os::fd::AsFd;

const VOICE: Voice<'static> = Voice::new(b"power-button");
/// Where the devices are, and where that directory comes to be.
const DEVICES: &CStr = c"/dev/input";
const ABOVE: &CStr = c"/dev";
/// Events that are read at once.
const EVENTS: usize = 32;

/// A device that was looked at; without a descriptor where it has no such button.
struct Device {
    identity: (u64, u64),
    open: Option<Owned>,
}

/// `power-button [-s] prog [arg ...]`: 0 after TERM, 1 after a usage error, 111.
pub fn main(args: Args) -> i32 {
    let mut button = Button::Power;
    let mut options = Options::new(b"s", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(_) => button = Button::Sleep,
            Opt::Unknown(letter) | Opt::Missing(letter) | Opt::Value(letter, _) => {
                VOICE.illegal_option(letter);
                return usage();
            }
        }
    }
    let program = args.skip(options.operands());
    if program.is_empty() {
        return usage();
    }
    match watch(button, &program) {
        Ok(()) => 0,
        Err(error) => VOICE.fatal_because(&[b"unable to watch for devices"], error),
    }
}

fn usage() -> i32 {
    VOICE.usage(b" [-s] prog [arg ...]");
    exit::USAGE
}

fn watch(button: Button, program: &Args) -> Result<(), Errno> {
    let end = [Number::TERM, Number::INT];
    signal::listen(&[Number::TERM, Number::INT, Number::CHLD]);
    let watch = Watch::new()?;
    watch.add(ABOVE, Interest::Entries)?;
    let mut devices: Vec<Device> = Vec::new();
    let mut running = None;
    loop {
        watch.drain();
        // Not there yet, or gone: what is above tells when it comes.
        let _ = watch.add(DEVICES, Interest::Files);
        look(button, &mut devices);
        loop {
            while let Some((pid, _)) = child::reap() {
                running = running.filter(|&known| known != pid);
            }
            let arrived = Arrived::take();
            if end.iter().any(|&signal| arrived.has(signal)) {
                return Ok(());
            }
            if pressed(button, &mut devices) && running.is_none() {
                running = run(program);
            }
            let open = devices.iter().filter_map(|device| device.open.as_ref());
            let all: Vec<_> = open.map(AsFd::as_fd).chain([watch.fd()]).collect();
            poll::wait_for_any(&all, None)?;
            let now = poll::wait(&[Some(watch.fd())], Some(runit_sys::clock::mono()))?;
            if now.has(0) {
                break;
            }
        }
    }
}

/// Opens the devices that are new and have the button, and forgets those that are gone.
fn look(button: Button, devices: &mut Vec<Device>) {
    let names = fd::open_dir(DEVICES).and_then(|dir| dir::visible_names(&dir));
    let mut there = Vec::new();
    for name in names.unwrap_or_default() {
        if !name.to_bytes().starts_with(b"event") {
            continue;
        }
        let path = [DEVICES.to_bytes(), b"/", name.to_bytes()].concat();
        let Ok(path) = CString::new(path) else {
            continue;
        };
        let Ok(identity) = file::identity(&path) else {
            continue;
        };
        there.push(identity);
        if devices.iter().any(|known| known.identity == identity) {
            continue;
        }
        // One that may not be opened yet is tried again when its permissions change.
        let Ok(opened) = fd::open_read(&path) else {
            continue;
        };
        let has_it = input::keys(&opened).is_ok_and(|keys| button.is_among(&keys));
        if has_it {
            VOICE.info(&[b"watching ", path.to_bytes()]);
        }
        devices.push(Device {
            identity,
            open: has_it.then_some(opened),
        });
    }
    devices.retain(|device| there.contains(&device.identity));
}

/// Reads all that is there.
fn pressed(button: Button, devices: &mut [Device]) -> bool {
    let mut found = false;
    for device in devices {
        let mut events = [0; SIZE * EVENTS];
        while let Some(open) = &device.open {
            match input::read(open, &mut events) {
                Ok(0) => break,
                Ok(len) => found |= button.is_pressed_in(&events[..len]),
                // Unplugged: its name goes as well.
                Err(_) => device.open = None,
            }
        }
    }
    found
}

fn run(program: &Args) -> Option<u32> {
    let name = program.get(0).map_or(&b""[..], CStr::to_bytes);
    VOICE.info(&[b"pressed: ", name]);
    let started = spawn::fork(|| {
        signal::hand_over_clean();
        let error = Replacement::new(program, None, None).run();
        VOICE.fatal(&[b"unable to run ", name, b": ", reason(error).as_bytes()])
    });
    match started {
        Ok(pid) => Some(child::number(pid)),
        Err(error) => {
            VOICE.warning_because(&[b"unable to fork"], error);
            None
        }
    }
}
