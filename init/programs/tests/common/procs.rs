//! What /proc tells about processes, and signals to them.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::PathBuf;

/// Pids of living processes with `name=value` in their environment.
pub fn marked(name: &str, value: &str) -> Vec<u32> {
    let want = format!("{name}={value}").into_bytes();
    let has = |pid: &u32| {
        let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environ.split(|b| *b == 0).any(|v| v == want) && alive(*pid)
    };
    all().filter(has).collect()
}

/// Pids of all processes.
pub fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok())
}

/// Fields of /proc/PID/stat after the name: `stat(pid)[0]` is the state. None if it is gone.
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = &stat[stat.rfind(')')? + 1..];
    Some(rest.split_whitespace().map(str::to_string).collect())
}

/// Whether it exists and is no zombie.
pub fn alive(pid: u32) -> bool {
    state(pid).is_some_and(|s| !matches!(s, 'Z' | 'X'))
}

/// The state letter of the kernel (`S` sleeps, `T` stopped, `Z` zombie, ...). None if it is gone.
pub fn state(pid: u32) -> Option<char> {
    stat(pid)?.first()?.chars().next()
}

/// Parent, process group, session.
pub fn family(pid: u32) -> Option<(u32, u32, u32)> {
    let s = stat(pid)?;
    let field = |i: usize| s.get(i)?.parse().ok();
    Some((field(1)?, field(2)?, field(3)?))
}

/// Living children of `pid`, in the order of their pids.
pub fn children(pid: u32) -> Vec<u32> {
    let mut pids: Vec<u32> = all()
        .filter(|p| family(*p).is_some_and(|f| f.0 == pid) && alive(*p))
        .collect();
    pids.sort_unstable();
    pids
}

/// The arguments. Empty for a zombie.
pub fn cmdline(pid: u32) -> Vec<Vec<u8>> {
    let raw = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let raw = raw.strip_suffix(&[0]).unwrap_or(&raw);
    raw.split(|b| *b == 0).map(<[u8]>::to_vec).collect()
}

/// Open descriptors with what they refer to, in order.
pub fn fds(pid: u32) -> Vec<(u32, PathBuf)> {
    let dir = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .flatten();
    let mut fds: Vec<_> = dir
        .filter_map(|e| {
            Some((
                e.file_name().to_str()?.parse().ok()?,
                fs::read_link(e.path()).ok()?,
            ))
        })
        .collect();
    fds.sort();
    fds
}

/// A mask of /proc/PID/status (`SigBlk`, `SigIgn`, `SigCgt`): bit n-1 is signal n.
pub fn mask(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix(name)?.strip_prefix(':'))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

/// Working directory.
pub fn cwd(pid: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/cwd")).ok()
}

/// Sends a signal by its name without SIG; a process already gone is no error.
pub fn kill(pid: u32, signal: &str) {
    let signal = match signal {
        "KILL" => Signal::KILL,
        "TERM" => Signal::TERM,
        "CONT" => Signal::CONT,
        "STOP" => Signal::STOP,
        "HUP" => Signal::HUP,
        "ALRM" => Signal::ALARM,
        "INT" => Signal::INT,
        "QUIT" => Signal::QUIT,
        "USR1" => Signal::USR1,
        "USR2" => Signal::USR2,
        "PIPE" => Signal::PIPE,
        "CHLD" => Signal::CHILD,
        "SEGV" => Signal::SEGV,
        "ABRT" => Signal::ABORT,
        other => panic!("the harness knows no signal {other}"),
    };
    let pid = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .expect("a pid is positive");
    let _ = kill_process(pid, signal);
}
