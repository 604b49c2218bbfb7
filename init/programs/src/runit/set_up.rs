//! From a bare process to process 1 at work: for the first time, or in the place of an earlier
//! image of itself.

use super::act::Process1;
use super::{messages, requests};
use runit_core::line::Line;
use runit_core::resume::{Handover, Resumed};
use runit_core::stage::Init;
use runit_sys::entry::Args;
use runit_sys::title::Title;
use runit_sys::{Errno, console, crash, image, platform, reboot, reexec, signal, spawn};
use std::ffi::CStr;

/// Sets everything up; what was pending for an earlier image stays pending.
pub fn set_up(args: &Args) -> Process1 {
    signal::block_all();
    let resumed = args
        .get(1)
        .map(|arg| Resumed::from_argument(arg.to_bytes()));
    match resumed.flatten() {
        Some(resumed) => go_on(args, &resumed),
        None => start(args),
    }
}

fn start(args: &Args) -> Process1 {
    let path = image::started_by(args).map_or(&b""[..], CStr::to_bytes);
    reexec::set_up(path, None, &Handover::default());
    keep_own_image();
    crash::survive();
    console::lead_session();
    if console::open().is_ok() {
        reexec::keep_console(true);
        reexec::keep_terminal(console::take_as_terminal());
    }
    let init = Init::new(is_container());
    requests::listen(init.container());
    messages::info(&[VERSION, b": booting."]);
    Process1::new(init)
}

fn go_on(args: &Args, resumed: &Resumed<'_>) -> Process1 {
    let handover = &resumed.handover;
    let image = handover.image.and_then(image::adopt);
    let has_image = image.is_some();
    reexec::set_up(resumed.path, image, handover);
    // Before anything that could fail: the argument itself, should this image crash as well.
    let init = resumed
        .init
        .unwrap_or(Init::after_unreadable(is_container()));
    reexec::keep(&init.to_text());
    crash::survive();
    if !has_image {
        keep_own_image();
    }
    platform::set_name(c"runit");
    if reexec::has_console() {
        let _ = console::open();
    }
    requests::listen(init.container());
    signal::arrived_before(handover.arrived);
    tell_what_happened(handover, &init);
    if resumed.init.is_none() {
        messages::warning(&[b"state unreadable: starting stage 2 again."]);
    }
    // What `ps` shows is the program and not the state.
    if let Some(mut title) = Title::over(args, 1) {
        title.wipe();
    }
    Process1::new(init)
}

fn keep_own_image() {
    if let Ok(image) = image::own(reexec::path()) {
        reexec::keep_image(image);
    }
}

fn tell_what_happened(handover: &Handover, init: &Init) {
    let mut line = Line::<128>::new();
    match handover.signal {
        Some(signal) => line
            .push(b"process 1 crashed (signal ")
            .number(signal)
            .push(b")"),
        None => line.push(b"now ").push(VERSION),
    };
    line.push(b", going on with stage ")
        .number(init.stage() as u8 + 1);
    if let Some(pid) = init.stage_pid() {
        line.push(b", pid ").number(pid);
    }
    line.push(b".");
    match handover.signal {
        Some(_) => messages::warning(&[line.as_bytes()]),
        None => messages::info(&[line.as_bytes()]),
    }
}

/// A container: its manager says so, or the kernel keeps the machine's keys from us.
fn is_container() -> bool {
    let refused = matches!(
        reboot::report_ctrl_alt_del(),
        Err(Errno::INVAL | Errno::PERM)
    );
    let named = spawn::variable(c"container").is_some_and(|name| !name.is_empty());
    refused || named
}

const VERSION: &[u8] = concat!("runit-rs ", env!("CARGO_PKG_VERSION")).as_bytes();
