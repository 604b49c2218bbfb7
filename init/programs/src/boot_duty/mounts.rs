//! The kernel's own file systems, where nothing is mounted yet; links in /dev, and directories.
//!
//! What fails is named, and the rest is done all the same: the duty looks at it again.

use super::{VOICE, errno, path};
use runit_core::fstab::{Line, Word, line, word};
use runit_sys::entry::Args;
use runit_sys::{Errno, file, platform};
use std::ffi::{CStr, CString, OsStr};
use std::fs::DirBuilder;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::Path;

/// Most bytes of a table.
const MOST: usize = 64 << 10;
const DEV: &str = "/dev";

/// Mounts proc on `dir`. Gives 0, also where something is mounted there; 1.
pub fn proc(dir: &CStr) -> i32 {
    let line = Line {
        source: b"proc",
        dir: dir.to_bytes(),
        kind: b"proc",
        options: b"nosuid,nodev,noexec",
    };
    i32::from(!done(b"unable to mount ", dir.to_bytes(), mount(&line)))
}

/// Mounts what stands in `table`, copies `links` and makes `dirs`. Gives 0, or 1 where something failed.
pub fn all(table: &CStr, links: Option<&CStr>, dirs: &Args) -> i32 {
    let text = match file::read_all(table, MOST) {
        Ok(text) => text,
        Err(error) => {
            let _ = VOICE.fatal_because(&[b"unable to read ", table.to_bytes()], error);
            return 1;
        }
    };
    let mut good = true;
    for line in text.split(|&b| b == b'\n').filter_map(line) {
        good &= done(b"unable to mount ", line.dir, mount(&line));
    }
    if let Some(links) = links {
        let copied = copy_links(path(links)).map_err(|e| errno(&e));
        good &= done(b"unable to copy ", links.to_bytes(), copied);
    }
    for dir in (0..).map_while(|n| dirs.get(n)) {
        let made = make_directory(dir.to_bytes());
        good &= done(b"unable to make ", dir.to_bytes(), made);
    }
    i32::from(!good)
}

fn done(what: &[u8], about: &[u8], result: Result<(), Errno>) -> bool {
    if let Err(error) = result {
        VOICE.warning_because(&[what, about], error);
    }
    result.is_ok()
}

/// What the options of a line come to.
#[derive(Default)]
pub struct Options {
    /// Bits of mount(2).
    pub flags: u32,
    /// For the file system, separated by commas.
    pub data: Vec<u8>,
    /// The mount point is made where it is missing.
    pub make: bool,
}

/// Reads options separated by commas, the last word on a bit counts; `None` where one is mount(8)'s own.
pub fn options(list: &[u8]) -> Option<Options> {
    let mut options = Options::default();
    for name in list.split(|&b| b == b',') {
        match word(name) {
            Word::Set(bits) => options.flags |= bits,
            Word::Clear(bits) => options.flags &= !bits,
            Word::Nothing => {}
            Word::MakeDirectory => options.make = true,
            Word::Foreign => return None,
            Word::Data => add(&mut options.data, name),
        }
    }
    Some(options)
}

/// Mounts a line where nothing is mounted yet. A word that is mount's own makes the line invalid.
fn mount(line: &Line<'_>) -> Result<(), Errno> {
    let options = options(line.options).ok_or(Errno::INVAL)?;
    let dir = text(line.dir)?;
    match platform::is_mount_point(&dir) {
        Ok(true) => return Ok(()),
        Err(Errno::NOENT) if options.make => make_directory(line.dir)?,
        looked => drop(looked?),
    }
    let (source, kind) = (text(line.source)?, text(line.kind)?);
    platform::mount(&source, &dir, &kind, options.flags, &text(&options.data)?)
}

/// Appends a word to a list with commas.
fn add(list: &mut Vec<u8>, word: &[u8]) {
    if !list.is_empty() {
        list.push(b',');
    }
    list.extend(word);
}

/// As a C string.
pub fn text(bytes: &[u8]) -> Result<CString, Errno> {
    CString::new(bytes).map_err(|_| Errno::INVAL)
}

fn make_directory(dir: &[u8]) -> Result<(), Errno> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(OsStr::from_bytes(dir))
        .map_err(|e| errno(&e))
}

/// The symbolic links of a directory in /dev, too; a name that is there already stays what it is.
fn copy_links(links: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(links)? {
        let entry = entry?;
        if !entry.file_type()?.is_symlink() {
            continue;
        }
        let link = Path::new(DEV).join(entry.file_name());
        match symlink(std::fs::read_link(entry.path())?, link) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
