//! From lines as they were read to the bytes of a log: labels, prefixes, selection.
//!
//! Works on a batch of input and a buffer of output and stops where either ends; what it needs to
//! go on is its place within the line it is in. A line is passed on as it comes; only where
//! patterns or receivers ask for its beginning (the head) is a line held until that is complete.

use crate::log_label::LABEL;
use crate::log_pattern::{Chosen, Rule, choose};
use memchr::memchr;

/// Where a log stands within the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// At the beginning of a line.
    #[default]
    Start,
    /// Inside a line that goes to the log.
    Kept,
    /// Inside a line that does not.
    Left,
}

/// What a log does with its lines.
#[derive(Clone, Copy, Debug)]
pub struct Manner<'a> {
    /// In front of each line; empty for none.
    pub label: &'a [u8],
    /// Behind the label.
    pub prefix: &'a [u8],
    /// The patterns.
    pub rules: &'a [Rule],
    /// The file that the patterns are parts of.
    pub config: &'a [u8],
    /// How many bytes of a line are its head.
    pub head: usize,
    /// Lines go elsewhere too, by UDP.
    pub sends: bool,
    /// Lines go nowhere but there.
    pub sends_only: bool,
}

impl Manner<'_> {
    /// Output is input, byte by byte.
    #[must_use]
    pub const fn verbatim(&self) -> bool {
        self.label.is_empty() && self.prefix.is_empty() && !self.needs_heads()
    }

    const fn needs_heads(&self) -> bool {
        !self.rules.is_empty() || self.sends || self.sends_only
    }

    /// Most bytes of output that the beginning of a line may need before any of its own.
    #[must_use]
    pub const fn before_a_line(&self) -> usize {
        let front = self.label.len() + self.prefix.len();
        front
            + if self.sends {
                NOT_SENT.len() + front + self.head + CUT.len() + 1
            } else {
                0
            }
    }
}

/// Stands in the log before a line that could not be sent.
pub const NOT_SENT: &[u8] = b"warning: failure sending through udp: ";
/// Behind a head that is not the whole line.
pub const CUT: &[u8] = b"...";

/// Where heads of lines go.
pub trait Receiver {
    /// Takes the head of a line that was chosen for the log or for standard error; `cut` says that
    /// the line goes on. Tells whether it was sent, where sending was asked for.
    fn head(&mut self, chosen: Chosen, head: &[u8], cut: bool) -> bool;
}

/// How far one call came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Done {
    /// Bytes of input that are dealt with.
    pub read: usize,
    /// Bytes of output.
    pub wrote: usize,
    /// The output is full; otherwise the input is at its end, or holds an incomplete head.
    pub full: bool,
}

/// A piece of output being filled.
struct Out<'a> {
    bytes: &'a mut [u8],
    len: usize,
}

impl Out<'_> {
    fn room(&self) -> usize {
        self.bytes.len() - self.len
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    /// Pushes what is mostly nothing: then without a call.
    fn push_some(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.push(text);
        }
    }

    /// Pushes what stands before a line.
    fn push_front(&mut self, manner: &Manner<'_>) {
        // A copy of a size that is known beforehand is a few instructions.
        match (
            manner.label.first_chunk::<LABEL>(),
            self.bytes[self.len..].first_chunk_mut::<LABEL>(),
        ) {
            (Some(from), Some(to)) if manner.label.len() == LABEL => {
                *to = *from;
                self.len += LABEL;
            }
            _ => self.push_some(manner.label),
        }
        self.push_some(manner.prefix);
    }

    /// Pushes the first bytes of a text. Copying whole blocks, and more than was asked for, costs
    /// a short line much less than a call that copies any number of bytes.
    fn push_first(&mut self, text: &[u8], len: usize) {
        const SHORT: usize = 4 * BLOCK;
        let to = &mut self.bytes[self.len..];
        if len > SHORT || text.len() < SHORT || to.len() < SHORT {
            self.push(&text[..len]);
            return;
        }
        // Not a loop: the compiler would make that call of it.
        copy_block(to, text, 0);
        if len > BLOCK {
            copy_block(to, text, BLOCK);
        }
        if len > 2 * BLOCK {
            copy_block(to, text, 2 * BLOCK);
            copy_block(to, text, 3 * BLOCK);
        }
        self.len += len;
    }
}

/// So many bytes are copied by a few instructions.
const BLOCK: usize = 64;

fn copy_block(to: &mut [u8], from: &[u8], at: usize) {
    let to = to.get_mut(at..).and_then(|to| to.first_chunk_mut());
    let from = from.get(at..).and_then(|from| from.first_chunk::<BLOCK>());
    if let (Some(to), Some(from)) = (to, from) {
        *to = *from;
    }
}

/// Renders `input` from `place` on. `last`: no more input will follow.
///
/// # Panics
/// When the output has no room for what may stand before a line.
pub fn render(
    place: &mut Place,
    manner: &Manner<'_>,
    input: &[u8],
    last: bool,
    output: &mut [u8],
    receiver: &mut impl Receiver,
) -> Done {
    let mut out = Out {
        bytes: output,
        len: 0,
    };
    let mut read = 0;
    let mut full = false;
    // The length of the line, where its head was all of it.
    let mut known = None;
    while read < input.len() {
        let rest = &input[read..];
        match *place {
            Place::Start => {
                if out.room() < manner.before_a_line() {
                    full = true;
                    break;
                }
                if !manner.needs_heads() {
                    out.push_front(manner);
                    *place = Place::Kept;
                    continue;
                }
                let most = rest.len().min(manner.head);
                let end = memchr(b'\n', &rest[..most]);
                known = end.map(|at| at + 1);
                let (head, cut) = match end {
                    Some(end) => (&rest[..end], false),
                    None if most == manner.head => (&rest[..most], true),
                    None if last => (rest, false),
                    None => break,
                };
                *place = begin(manner, head, cut, &mut out, receiver);
            }
            Place::Kept => {
                let end = known.take().or_else(|| line_end(rest));
                let len = end.unwrap_or(rest.len());
                if len > out.room() {
                    let part = out.room();
                    out.push(&rest[..part]);
                    read += part;
                    full = true;
                    break;
                }
                out.push_first(rest, len);
                read += len;
                if end.is_some() {
                    *place = Place::Start;
                }
            }
            Place::Left => match known.take().or_else(|| line_end(rest)) {
                Some(end) => {
                    read += end;
                    *place = Place::Start;
                }
                None => read = input.len(),
            },
        }
    }
    Done {
        read,
        wrote: out.len,
        full,
    }
}

/// The length of a line with its end.
fn line_end(text: &[u8]) -> Option<usize> {
    memchr(b'\n', text).map(|at| at + 1)
}

/// Decides about a line by its head, and puts what stands before it into the output.
fn begin(
    manner: &Manner<'_>,
    head: &[u8],
    cut: bool,
    out: &mut Out<'_>,
    receiver: &mut impl Receiver,
) -> Place {
    let chosen = choose(manner.rules, manner.config, head);
    let sent = (!chosen.keep && !chosen.alert) || receiver.head(chosen, head, cut);
    if !chosen.keep {
        return Place::Left;
    }
    if manner.sends && !sent {
        out.push(NOT_SENT);
        out.push_front(manner);
        out.push(head);
        out.push(if cut { CUT } else { b"" });
        out.push(b"\n");
    }
    if manner.sends_only {
        return Place::Left;
    }
    out.push_front(manner);
    Place::Kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_pattern::Verdict;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    /// Notes what it is given.
    struct Notes {
        heads: Vec<(bool, bool, Vec<u8>, bool)>,
        sends: bool,
    }

    impl Receiver for Notes {
        fn head(&mut self, chosen: Chosen, head: &[u8], cut: bool) -> bool {
            self.heads
                .push((chosen.keep, chosen.alert, head.to_vec(), cut));
            self.sends
        }
    }

    const PLAIN: Manner<'static> = Manner {
        label: b"",
        prefix: b"",
        rules: &[],
        config: b"",
        head: 5,
        sends: false,
        sends_only: false,
    };

    /// Renders text that comes in these pieces, with an output of so many bytes.
    fn all(manner: &Manner<'_>, pieces: &[&[u8]], room: usize, notes: &mut Notes) -> Vec<u8> {
        let mut place = Place::Start;
        let (mut written, mut held) = (vec![], vec![]);
        for (i, piece) in pieces.iter().enumerate() {
            held.extend_from_slice(piece);
            loop {
                let mut out = vec![0; room];
                let last = i + 1 == pieces.len();
                let done = render(&mut place, manner, &held, last, &mut out, notes);
                written.extend_from_slice(&out[..done.wrote]);
                held.drain(..done.read);
                if !done.full {
                    break;
                }
            }
            assert!(held.len() < manner.head, "no more than a head is held");
        }
        assert!(held.is_empty());
        written
    }

    fn none() -> Notes {
        Notes {
            heads: vec![],
            sends: true,
        }
    }

    #[test]
    fn labels_and_prefixes_stand_before_each_line() {
        let manner = Manner {
            label: b"L ",
            prefix: b"p: ",
            ..PLAIN
        };
        let out = all(&manner, &[b"one\n\ntw", b"o\nend"], 100, &mut none());
        assert_eq!(out, b"L p: one\nL p: \nL p: two\nL p: end");
    }

    #[test]
    fn patterns_see_the_head_and_decide_for_the_whole_line() {
        let rules = [
            Rule {
                verdict: Verdict::Leave,
                start: 0,
                end: 1,
            },
            Rule {
                verdict: Verdict::Keep,
                start: 1,
                end: 3,
            },
            Rule {
                verdict: Verdict::Alert,
                start: 3,
                end: 5,
            },
        ];
        let manner = Manner {
            rules: &rules,
            config: b"*a*b*",
            ..PLAIN
        };
        let mut notes = none();
        let out = all(&manner, &[b"abcdefgh\nxa\nbcdefg\naa\na"], 100, &mut notes);
        assert_eq!(out, b"abcdefgh\naa\na");
        let heads: Vec<_> = notes.heads.iter().map(|h| (&h.2[..], h.1, h.3)).collect();
        let expected: [(&[u8], bool, bool); 4] = [
            (b"abcde", false, true),
            (b"bcdef", true, true),
            (b"aa", false, false),
            (b"a", false, false),
        ];
        assert_eq!(heads, expected);
    }

    #[test]
    fn a_line_that_could_not_be_sent_is_told_in_the_log() {
        let manner = Manner {
            label: b"L ",
            sends: true,
            ..PLAIN
        };
        let mut notes = Notes {
            sends: false,
            ..none()
        };
        let out = all(&manner, &[b"abcdefg\nx\n"], 100, &mut notes);
        let warning = "warning: failure sending through udp: L ";
        let expected = std::format!("{warning}abcde...\nL abcdefg\n{warning}x\nL x\n");
        assert_eq!(out, expected.as_bytes());
        let only = Manner {
            sends_only: true,
            ..manner
        };
        let out = all(&only, &[b"x\n"], 100, &mut notes);
        assert_eq!(out, std::format!("{warning}x\n").as_bytes());
    }

    fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let byte = prop_oneof![3 => Just(b'a'), 3 => Just(b'b'), 2 => Just(b'\n')];
        proptest::collection::vec(proptest::collection::vec(byte, 0..12), 1..8)
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn how_the_input_is_cut_and_how_large_the_output_is_change_nothing(
            pieces in pieces(), room in 60usize..90, sends in any::<bool>(), filter in any::<bool>(),
        ) {
            let rules = [Rule { verdict: Verdict::Leave, start: 0, end: 2 }];
            let manner = Manner {
                label: if sends { b"12 " } else { b"2026-02-28_23:59:59.12345 " },
                prefix: b"p",
                rules: if filter { &rules } else { &[] },
                config: b"a*",
                sends,
                ..PLAIN
            };
            let pieces: Vec<&[u8]> = pieces.iter().map(|p| &p[..]).collect();
            let whole = pieces.concat();
            let (mut a, mut b) = (none(), none());
            let cut = all(&manner, &pieces, room, &mut a);
            let uncut = all(&manner, &[&whole], 4000, &mut b);
            prop_assert_eq!(&cut, &uncut);
            prop_assert_eq!(a.heads, b.heads);
            // And that is what a line at a time would give.
            let front = [manner.label, b"p"].concat();
            let keep = |line: &&[u8]| !(filter && line.starts_with(b"a"));
            let slow: Vec<u8> = whole
                .split_inclusive(|&b| b == b'\n')
                .filter(keep)
                .flat_map(|line| [&front[..], line].concat())
                .collect();
            prop_assert_eq!(uncut, slow);
        }
    }
}
