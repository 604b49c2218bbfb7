//! What the console is told, in the words of runit.

use runit_core::exit::Exit;
use runit_core::line::Line;
use runit_core::stage::{Hook, Message};
use runit_sys::{Errno, console, reason};

/// `- runit: ...`
pub fn info(parts: &[&[u8]]) {
    tell(b"- runit: ", parts);
}

/// `- runit: warning: ...`
pub fn warning(parts: &[&[u8]]) {
    tell(b"- runit: warning: ", parts);
}

/// `- runit: fatal: unable to fork for "PATH" CONSEQUENCE: REASON`
pub fn unable_to_fork(path: &[u8], consequence: &[u8], error: Errno) {
    info(&[
        b"fatal: unable to fork for \"",
        path,
        b"\" ",
        consequence,
        b": ",
        reason(error).as_bytes(),
    ]);
}

/// What a hook is about, before it begins.
pub fn announce(hook: Hook) {
    info(&[match hook {
        Hook::CtrlAltDel => b"ctrl-alt-del request..." as &[u8],
        Hook::PowerFail => b"powerfail event...",
    }]);
}

/// A message of the machine in `core::stage`.
pub fn say(message: Message) {
    match message {
        Message::Leave(program) => info(&[b"leave stage: ", program.path().to_bytes()]),
        Message::Failed(program) => warning(&[b"child failed: ", program.path().to_bytes()]),
        Message::Crashed(program) => warning(&[b"child crashed: ", program.path().to_bytes()]),
        Message::SkippingStage2 => warning(&[b"skipping stage 2..."]),
        Message::KillingStage2 => warning(&[b"killing all processes in stage 2..."]),
        Message::Restarting => warning(&[b"restarting."]),
        Message::NotTerminated => {
            warning(&[b"stage 2 not terminated, sending sigkill..."]);
        }
        Message::TooLate => warning(&[b"signals only work in stage 2."]),
        Message::Remembered => {
            warning(&[b"signals only work in stage 2: remembered until stage 1 is over."]);
        }
    }
}

/// How the image on trial ended instead of starting.
pub fn bad_image(path: &[u8], exit: Exit) {
    let mut how = Line::<32>::new();
    match (exit.signal(), exit.code()) {
        (Some(signal), _) => how.push(b"killed by signal ").number(signal),
        (None, code) => how.push(b"exit code ").number(code.unwrap_or(0)),
    };
    warning(&[
        path,
        b" does not start (",
        how.as_bytes(),
        b"), going on as before.",
    ]);
}

fn tell(begin: &[u8], parts: &[&[u8]]) {
    let mut line = Line::<1024>::new();
    line.push(begin);
    for part in parts {
        line.push(part);
    }
    console::tell(&[line.as_bytes()]);
}
