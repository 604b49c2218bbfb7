//! A new image on trial: a child that executes it and is asked one question, whether it starts and
//! can read the state it would be given.

use super::messages;
use runit_core::exit::Exit;
use runit_core::resume::TEXT;
use runit_core::stage::{Init, PROBED};
use runit_sys::entry::Args;
use runit_sys::spawn::{Child, Session};
use runit_sys::{Errno, child, image, reason, reexec};
use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};

/// The answer of the image on trial, as exit code.
pub fn answer(args: &Args) -> i32 {
    match args.get(2).map(|state| Init::from_text(state.to_bytes())) {
        Some(Some(_)) => PROBED.into(),
        _ => 1,
    }
}

/// The file that is on trial, if one is.
#[derive(Debug, Default)]
pub struct Trial {
    file: Option<OwnedFd>,
}

impl Trial {
    /// Starts the program at `path` on trial with this state; gives the pid of the trial.
    pub fn begin(&mut self, path: &CStr, init: &Init) -> Option<u32> {
        match self.try_to_begin(path, init) {
            Ok(pid) => Some(pid),
            Err(error) => {
                messages::warning(&[
                    b"unable to try ",
                    path.to_bytes(),
                    b", going on as before: ",
                    reason(error).as_bytes(),
                ]);
                None
            }
        }
    }

    fn try_to_begin(&mut self, path: &CStr, init: &Init) -> Result<u32, Errno> {
        let file = self.file.insert(image::open(path)?);
        let mut text = [0u8; TEXT + 1];
        let state = init.to_text();
        text[..state.as_bytes().len()].copy_from_slice(state.as_bytes());
        let state = CStr::from_bytes_until_nul(&text).map_err(|_| Errno::INVAL)?;
        let args = [c"runit", c"--probe", state];
        let pid = Child {
            image: Some(file.as_fd()),
            session: Session::New,
            complaint: &[b"- runit: warning: "],
            called: path.to_bytes(),
            ..Child::new(path, &args)
        }
        .spawn()?;
        Ok(child::number(pid))
    }

    /// It does not start.
    pub fn failed(&mut self, path: &CStr, exit: Exit) {
        self.file = None;
        messages::bad_image(path.to_bytes(), exit);
    }

    /// Becomes it; returns only if that fails.
    pub fn become_it(&mut self, path: &CStr) {
        let Some(file) = self.file.take() else { return };
        messages::info(&[b"executing ", path.to_bytes(), b" anew."]);
        let error = reexec::upgrade(&file);
        messages::warning(&[
            b"unable to execute ",
            path.to_bytes(),
            b", going on as before: ",
            reason(error).as_bytes(),
        ]);
    }
}
