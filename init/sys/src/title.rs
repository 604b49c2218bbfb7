//! The process title as a log: text pushed through the bytes of an argument, seen in `ps`.

use crate::entry::Args;

/// The writable bytes of one argument.
#[derive(Debug)]
pub struct Title(&'static mut [u8]);

impl Title {
    /// Takes over the bytes of argument `n`; only one title per process.
    #[must_use]
    pub fn over(args: &Args, n: usize) -> Option<Title> {
        args.claim_bytes(n).map(Title)
    }

    /// Fills everything after the first `keep` bytes with dots.
    pub fn dots(&mut self, keep: usize) {
        if let Some(rest) = self.0.get_mut(keep..) {
            rest.fill(b'.');
        }
    }

    /// Makes the argument empty.
    pub fn wipe(&mut self) {
        self.0.fill(0);
    }

    /// Shifts the text after the first `keep` bytes left and appends `text` at the right end.
    ///
    /// Bytes that would make the title unreadable on a terminal become spaces or question marks.
    pub fn push(&mut self, keep: usize, text: &[u8]) {
        let Some(area) = self.0.get_mut(keep..) else {
            return;
        };
        let text = &text[text.len().saturating_sub(area.len())..];
        area.copy_within(text.len().., 0);
        let start = area.len() - text.len();
        for (to, &from) in area[start..].iter_mut().zip(text) {
            *to = match from {
                b'\n' | b'\t' | b'\r' => b' ',
                0..=31 | 127 => b'?',
                other => other,
            };
        }
    }
}
