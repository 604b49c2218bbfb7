//! `sv log -f`: what is added to a log, across any number of rotations, until somebody ends it.

use super::files::{self, Old};
use runit_sys::watch::{Interest, Watch};
use runit_sys::{clock, poll};
use std::collections::HashSet;
use std::ffi::CString;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// Milliseconds after which a followed file is looked at although nothing was told.
const LOOK_AGAIN_MS: u64 = 1000;

/// A watch on a log directory; None where it cannot be had, and time has to do.
pub fn watch(dir: &Path) -> Option<Watch> {
    let dir = CString::new(dir.to_path_buf().into_os_string().into_vec()).ok()?;
    let watch = Watch::new().ok()?;
    watch.add(&dir, Interest::Content).ok()?;
    Some(watch)
}

/// Prints what is added after the place where `current` stands. `known`: the stamps of the old
/// files there were before it.
pub fn follow(
    dir: &Path,
    mut current: File,
    mut known: HashSet<Vec<u8>>,
    watch: Option<Watch>,
    output: &mut impl Write,
) -> io::Result<()> {
    loop {
        // Asked before reading: a file that was rotated by then is complete.
        let next = File::open(dir.join("current"));
        let next = next.ok().filter(|next| !files::same(next, &current));
        io::copy(&mut current, output)?;
        if let Some(next) = next {
            for mut missed in between(dir, &current, &next, &mut known)? {
                io::copy(&mut missed, output)?;
            }
            current = next;
            continue;
        }
        output.flush()?;
        let fd = watch.as_ref().map(Watch::fd);
        let _ = poll::wait(&[fd], Some(clock::mono().plus_ms(LOOK_AGAIN_MS)));
        if let Some(watch) = &watch {
            watch.drain();
        }
    }
}

/// The files that came and went between `current` and `next`, oldest first; all there are now but
/// `next` are known afterwards.
fn between(
    dir: &Path,
    current: &File,
    next: &File,
    known: &mut HashSet<Vec<u8>>,
) -> io::Result<Vec<File>> {
    let new = files::old(dir)?.into_iter();
    let new: Vec<Old> = new.filter(|old| !known.contains(&old.stamp)).collect();
    let mut missed = Vec::new();
    let mut own = None;
    for old in new {
        let file = old.open();
        // The next one may have been rotated in the meantime: it is read as such.
        if file.as_ref().is_some_and(|file| files::same(file, next)) {
            continue;
        }
        if file.as_ref().is_some_and(|file| files::same(file, current)) {
            own = Some(missed.len());
        }
        missed.push(file);
        known.insert(old.stamp);
    }
    // One of them is the file that was read so far: the first, if a processor has replaced it.
    if !missed.is_empty() {
        missed.remove(own.unwrap_or(0));
    }
    let mut missed: Vec<File> = missed.into_iter().flatten().collect();
    missed.retain_mut(|file| !files::is_compressed(file).unwrap_or(true));
    Ok(missed)
}
