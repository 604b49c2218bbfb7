//! The kernel's log so far in a file, as `dmesg` prints it; the file before stays as FILE.old.

use super::{VOICE, errno};
use runit_sys::{Errno, file, platform};
use std::ffi::CStr;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Where Linux says whether only root may read its log: 0 or 1.
const RESTRICTED: &CStr = c"/proc/sys/kernel/dmesg_restrict";

/// Gives 0, also on a read-only file system, where there is nothing to keep; 111.
pub fn keep(path: &Path) -> i32 {
    let name = path.as_os_str().as_bytes();
    let log = match platform::kernel_log() {
        Ok(log) => log,
        Err(error) => return VOICE.fatal_because(&[b"unable to read the kernel's log"], error),
    };
    match replace(path, &readable(&log)) {
        Ok(()) => 0,
        Err(error) if errno(&error) == Errno::ROFS => {
            VOICE.info(&[b"not kept on a read-only file system: ", name]);
            0
        }
        Err(error) => VOICE.fatal_because(&[b"unable to write ", name], errno(&error)),
    }
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut old = path.as_os_str().to_owned();
    old.push(".old");
    match std::fs::rename(path, old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut answer = [0; 1];
    let open_to_all = file::read(RESTRICTED, &mut answer) != Ok(1) || answer == *b"0";
    let mode = if open_to_all { 0o644 } else { 0o600 };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    file.write_all(text)
}

/// Each line without its `<priority>`; what no terminal should be sent is spelled out.
fn readable(log: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(log.len() + 1);
    for line in log.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        for &byte in without_priority(line) {
            match byte {
                b' '..=b'~' | b'\t'..=b'\r' => text.push(byte),
                _ => text.extend(format!("\\x{byte:02x}").bytes()),
            }
        }
        text.push(b'\n');
    }
    text
}

fn without_priority(line: &[u8]) -> &[u8] {
    let Some(rest) = line.strip_prefix(b"<") else {
        return line;
    };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    match rest.get(digits) {
        Some(b'>') if digits > 0 => &rest[digits + 1..],
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn lines_lose_their_priority_and_nothing_else() {
        let log = b"<6>[    1.0] a <3>b\n<30>[    1.0] c\x1b[1m\xc3\n<x> d\n<4>\n";
        let wanted = b"[    1.0] a <3>b\n[    1.0] c\\x1b[1m\\xc3\n<x> d\n\n";
        assert_eq!(readable(log), wanted);
    }
}
