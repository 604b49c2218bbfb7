//! Reads a log back, file by file in the order of their names, and demands every line.

use super::Counts;
use super::lines::{left_out, line};
use std::fs;
use std::path::{Path, PathBuf};

/// Length of a label and the blank behind it.
const LABEL: usize = 26;
/// Bytes of a journal before the input.
const HEAD: u64 = 1024;

/// One log directory being read.
pub struct Reader {
    dir: PathBuf,
    labels: bool,
    filter: bool,
    processor: bool,
    /// The number of the next line.
    next: u64,
    /// The part of a line that was read.
    begun: Vec<u8>,
    /// So many bytes of the next line were there as a line: the rest must follow (TERM came, and
    /// the rest did not within a second), or be counted as dropped.
    fragment: usize,
    /// The last file that was read. It stays: names are to grow beyond it.
    last: Option<String>,
}

impl Reader {
    pub fn new(dir: &Path, labels: bool, filter: bool, processor: bool) -> Reader {
        Reader {
            dir: dir.to_path_buf(),
            labels,
            filter,
            processor,
            next: 0,
            begun: Vec::new(),
            fragment: 0,
            last: None,
        }
    }

    /// Reads and removes the old files that will not change any more. `all`: svlogd has ended.
    pub fn collect(&mut self, all: bool, counts: &mut Counts) {
        let names = fs::read_dir(&self.dir).expect("log directory");
        let mut names: Vec<String> = names
            .map(|entry| {
                entry
                    .expect("entry")
                    .file_name()
                    .into_string()
                    .expect("text")
            })
            .filter(|name| name.starts_with('@') && !name.ends_with(".t"))
            .collect();
        names.sort();
        for name in &names {
            let (stamp, kind) = name.split_at(25);
            if self.last.as_deref() == Some(stamp) {
                continue;
            }
            let raw = kind == ".u";
            if raw && self.processor {
                if !all {
                    return;
                }
                if names.contains(&format!("{stamp}.s")) {
                    continue;
                }
            }
            let last = self.last.as_deref().unwrap_or("");
            assert!(stamp > last, "{name} came after {last}");
            let Ok(text) = fs::read(self.dir.join(name)) else {
                // Processed a moment ago.
                return;
            };
            if !all && raw && !self.dir.join(name).exists() {
                return;
            }
            self.read(&text, name, counts);
            counts.files += 1;
            if let Some(last) = self.last.replace(stamp.to_string()) {
                let _ = fs::remove_file(self.dir.join(format!("{last}.s")));
                let _ = fs::remove_file(self.dir.join(format!("{last}.u")));
            }
        }
    }

    /// After the end: all of it, and `lines` lines were written.
    pub fn finish(mut self, lines: u64, counts: &mut Counts) {
        self.collect(true, counts);
        let current = fs::read(self.dir.join("current")).expect("current");
        self.read(&current, "current", counts);
        assert!(
            self.begun.is_empty(),
            "{}: {:?}",
            self.dir.display(),
            text(&self.begun)
        );
        while self.next < lines && self.filter && left_out(self.next) {
            self.next += 1;
        }
        assert_eq!(self.next, lines, "lines in {}", self.dir.display());
        let lock = fs::metadata(self.dir.join("lock")).expect("lock");
        assert!(
            lock.len() <= HEAD,
            "there is no input in the journal at the end"
        );
    }

    fn read(&mut self, bytes: &[u8], name: &str, counts: &mut Counts) {
        for part in bytes.split_inclusive(|&b| b == b'\n') {
            self.begun.extend(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.begun);
                self.line(&line, name, counts);
            }
        }
    }

    /// Goes on to the next line that is to be in the log.
    fn skip(&mut self) {
        while self.filter && left_out(self.next) {
            self.next += 1;
        }
    }

    fn line(&mut self, found: &[u8], name: &str, counts: &mut Counts) {
        let place = format!("{}/{name}", self.dir.display());
        let found = if self.labels {
            let label = found.get(..LABEL).unwrap_or_default();
            let good = label.ends_with(b" ") && label.iter().filter(|&&b| b == b' ').count() == 1;
            assert!(good, "{place}: no label: {:?}", text(found));
            &found[LABEL..]
        } else {
            found
        };
        let marker = found.strip_prefix(b"svlogd: warning: ");
        let count = marker.and_then(|m| m.strip_suffix(b" lines dropped\n"));
        if let Some(count) = count {
            let count: u64 = text(count).parse().expect("a number");
            for _ in 0..count {
                self.skip();
                self.next += 1;
            }
            counts.dropped += count;
            self.fragment = 0;
            counts.markers += 1;
            return;
        }
        self.skip();
        let expected = &line(self.next)[self.fragment..];
        let begun = found.strip_suffix(b"\n").unwrap_or(found);
        if !begun.is_empty() && found.len() < expected.len() && expected.starts_with(begun) {
            self.fragment += begun.len();
            return;
        }
        if self.filter && self.next > 0 && line(self.next - 1).ends_with(found) {
            // The rest of a line that is left out, torn by TERM: it is a line like any other.
            counts.torn += 1;
            return;
        }
        counts.torn += u64::from(std::mem::take(&mut self.fragment) > 0);
        if found != expected {
            panic!(
                "{place}: line {} of {} bytes is expected here, and there are {}: {:?}",
                self.next,
                expected.len(),
                found.len(),
                text(&found[..found.len().min(300)])
            );
        }
        self.next += 1;
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
