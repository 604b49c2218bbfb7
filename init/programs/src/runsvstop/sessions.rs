//! Which session belongs to which service, noted while the supervisors are there to tell: what a
//! service leaves behind is later named after it.
//!
//! A session belongs to a service when its leader is the supervisor or below it. So it is also known
//! whose a process is that made a session of its own and lost its parents since.

use super::targets::Found;
use runit_sys::platform::Process;
use runit_sys::{Errno, fd, file};
use std::collections::BTreeMap;
use std::ffi::CStr;

/// Writes lines `SESSION NAME`.
pub fn note(path: &CStr, found: &Found) -> Result<(), Errno> {
    let text = lines(&found.processes, |pid| found.supervised_by(pid));
    fd::write_all(file::create(path)?, &text)
}

fn lines<'a>(processes: &[Process], supervised_by: impl Fn(u32) -> Option<&'a [u8]>) -> Vec<u8> {
    let by_pid: BTreeMap<u32, &Process> = processes.iter().map(|p| (p.pid, p)).collect();
    let mut text = Vec::new();
    for leader in processes.iter().filter(|p| p.pid == p.session) {
        let mut at = leader;
        // As deep as there are processes: a table that changed while it was read could go round.
        for _ in 0..processes.len() {
            if let Some(name) = supervised_by(at.pid) {
                text.extend_from_slice(leader.pid.to_string().as_bytes());
                text.push(b' ');
                text.extend_from_slice(name);
                text.push(b'\n');
                break;
            }
            match by_pid.get(&at.parent) {
                Some(parent) => at = parent,
                None => break,
            }
        }
    }
    text
}
