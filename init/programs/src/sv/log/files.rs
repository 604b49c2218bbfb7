//! The files of a log directory: which there are, in the order they were written, and where their
//! last lines begin.
//!
//! Old files are named `@...`, the time of their rotation, with `.u` while a processor works on
//! them and `.s` or nothing afterwards; the one that is written to is `current`. A file that the
//! processor has compressed is known, and nobody is shown its bytes.

use runit_sys::{clock, poll};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// How the files of gzip, xz, zstd, bzip2 and lzip begin.
const COMPRESSED: [&[u8]; 5] = [
    b"\x1f\x8b",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"LZIP",
];

/// Milliseconds for which a `current` may be missing: while it is renamed and made anew.
const ROTATION_MS: u64 = 300;

/// What `get` has, asked again for a moment in which a rotation may be over.
pub fn patiently<T>(mut get: impl FnMut() -> Option<T>) -> Option<T> {
    let end = clock::mono().plus_ms(ROTATION_MS);
    loop {
        let got = get();
        if got.is_some() || clock::mono() >= end {
            return got;
        }
        let _ = poll::wait(&[], Some(clock::mono().plus_ms(10)));
    }
}

/// An old file.
#[derive(Debug)]
pub struct Old {
    /// Its name without `.s` or `.u`: the same before and after it was processed.
    pub stamp: Vec<u8>,
    /// Where it is.
    pub path: PathBuf,
}

impl Old {
    /// Opens it, also when a processor has ended since and its name changed; None if it was pruned.
    pub fn open(&self) -> Option<File> {
        let processed = || {
            let name = [&self.stamp, &b".s"[..]].concat();
            File::open(self.path.with_file_name(OsStr::from_bytes(&name)))
        };
        File::open(&self.path).or_else(|_| processed()).ok()
    }
}

/// The old files of a directory, oldest first, each once.
pub fn old(dir: &Path) -> io::Result<Vec<Old>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        // Files that wait for a processor's result (.t) hold no lines of their own.
        if name.as_bytes().starts_with(b"@") && !name.as_bytes().ends_with(b".t") {
            names.push(name);
        }
    }
    names.sort();
    let stamp = |name: &OsStr| match name.as_bytes() {
        [stamp @ .., b'.', b's' | b'u'] => stamp.to_vec(),
        all => all.to_vec(),
    };
    let mut old: Vec<Old> = Vec::with_capacity(names.len());
    for name in names {
        let stamp = stamp(&name);
        // For a moment there are the result of the processor (.s, which comes first) and what it
        // was made from.
        if old.last().is_none_or(|last| last.stamp != stamp) {
            let path = dir.join(name);
            old.push(Old { stamp, path });
        }
    }
    Ok(old)
}

/// Whether two open files are one.
pub fn same(one: &File, other: &File) -> bool {
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => (one.ino(), one.dev()) == (other.ino(), other.dev()),
        _ => false,
    }
}

/// Whether it begins as a compressed file does. Leaves it at its beginning.
pub fn is_compressed(file: &mut File) -> io::Result<bool> {
    let mut begin = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(6).read_to_end(&mut begin)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(COMPRESSED.iter().any(|magic| begin.starts_with(magic)))
}

/// Where the last `missing` lines of the file begin; takes off `missing` what the file has.
pub fn start_of_last(file: &mut File, missing: &mut u64) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let size = end;
    if *missing == 0 {
        return Ok(size);
    }
    let mut buffer = vec![0; CHUNK];
    while end > 0 && *missing > 0 {
        let start = end.saturating_sub(CHUNK as u64);
        let chunk = &mut buffer[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(chunk)?;
        for at in memchr::memrchr_iter(b'\n', chunk) {
            // The newline that ends the file begins no line.
            if start + at as u64 + 1 < size {
                *missing -= 1;
                if *missing == 0 {
                    return Ok(start + at as u64 + 1);
                }
            }
        }
        end = start;
    }
    *missing = missing.saturating_sub(u64::from(size > 0));
    Ok(0)
}
