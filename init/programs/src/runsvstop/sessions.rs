//! Which session belongs to which service, noted while the supervisors are there to tell: what a
//! service leaves behind is later named after it.
//!
//! A session belongs to a service when its leader is the supervisor or below it. So it is also known
//! whose a process is that made a session of its own and lost its parents since.

use super::options::Options;
use super::targets::Found;
use runit_sys::platform::Process;
use runit_sys::{Errno, fd, file};
use std::collections::BTreeMap;
use std::ffi::CStr;

/// Writes lines `SESSION NAME`: first those of the services that are left alone, then an empty
/// line and the others. (Stage 3 asks for the first ones alone, and a shell reads byte by byte.)
pub fn note(path: &CStr, found: &Found, options: &Options) -> Result<(), Errno> {
    let by = |pid| found.supervised_by(pid);
    let [mut text, others] = lines(&found.processes, by, |name| options.leaves_alone(name));
    text.push(b'\n');
    text.extend_from_slice(&others);
    fd::write_all(file::create(path)?, &text)
}

/// The lines of those left alone, and of the others.
fn lines<'a>(
    processes: &[Process],
    supervised_by: impl Fn(u32) -> Option<&'a [u8]>,
    left_alone: impl Fn(&[u8]) -> bool,
) -> [Vec<u8>; 2] {
    let by_pid: BTreeMap<u32, &Process> = processes.iter().map(|p| (p.pid, p)).collect();
    let mut texts = [Vec::new(), Vec::new()];
    for leader in processes.iter().filter(|p| p.pid == p.session) {
        let mut at = leader;
        // As deep as there are processes: a table that changed while it was read could go round.
        for _ in 0..processes.len() {
            if let Some(name) = supervised_by(at.pid) {
                let text = &mut texts[usize::from(!left_alone(name))];
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
    texts
}
