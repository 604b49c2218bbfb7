//! Where `current` is full: how many of the bytes at hand still go into it.
//!
//! A file is rotated behind the first line that ends within the last `tail` bytes of its size
//! (svlogd's `-l`), and never grows beyond its size: a line that does not end in time is cut.

use memchr::memchr;

/// The size at which a file is rotated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// Most bytes; 0 for no limit.
    pub size: u64,
    /// How many bytes before that a line end is taken as a good place.
    pub tail: u64,
}

/// What to do with bytes for a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// So many of them go into it.
    pub take: usize,
    /// Then it is rotated.
    pub rotate: bool,
}

/// How a log goes on that must be rotated between two pieces of input, never inside one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// With so many bytes of output it is not rotated, but perhaps behind them.
    Bytes(usize),
    /// It may be rotated behind the next line, and has to be behind so many bytes of output.
    Line(usize),
    /// There is no room for anything.
    Rotate,
}

impl Limit {
    /// What a file of `filled` bytes takes next, where a piece may need `least` bytes.
    #[must_use]
    pub fn piece(self, filled: u64, least: usize) -> Piece {
        let bytes = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        if self.size == 0 {
            return Piece::Bytes(usize::MAX);
        }
        // Without a good place there is but the end.
        let good = self.size.checked_sub(self.tail).unwrap_or(self.size);
        let free = bytes(good.saturating_sub(filled));
        let room = bytes(self.size.saturating_sub(filled));
        if free >= least.max(1) {
            Piece::Bytes(free)
        } else if room >= least.max(1) {
            Piece::Line(room)
        } else {
            Piece::Rotate
        }
    }

    /// How many of `bytes` a file takes that has `filled` bytes now.
    #[must_use]
    pub fn cut(self, filled: u64, bytes: &[u8]) -> Cut {
        let all = Cut {
            take: bytes.len(),
            rotate: false,
        };
        if self.size == 0 {
            return all;
        }
        let room = usize::try_from(self.size.saturating_sub(filled)).unwrap_or(usize::MAX);
        // A line end that brings the file to `good` bytes or more is the place.
        if let Some(good) = self.size.checked_sub(self.tail) {
            let first = good.saturating_sub(filled).saturating_sub(1);
            let first = usize::try_from(first).unwrap_or(usize::MAX);
            let window = bytes.get(first..bytes.len().min(room)).unwrap_or_default();
            if let Some(at) = memchr(b'\n', window) {
                return Cut {
                    take: first + at + 1,
                    rotate: true,
                };
            }
        }
        if bytes.len() > room || room == 0 {
            return Cut {
                take: room.min(bytes.len()),
                rotate: true,
            };
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROTATE: bool = true;

    fn cut(size: u64, tail: u64, filled: u64, bytes: &[u8]) -> (usize, bool) {
        let cut = Limit { size, tail }.cut(filled, bytes);
        (cut.take, cut.rotate)
    }

    #[test]
    fn a_file_is_cut_behind_the_first_line_end_near_its_size() {
        // 8 bytes and a line end each; 28 - 10 = 18 is reached by the second.
        let text = b"aaaaaaaa\nbbbbbbbb\ncccccccc\n";
        assert_eq!(cut(28, 10, 0, text), (18, ROTATE));
        assert_eq!(cut(29, 10, 0, text), (27, ROTATE));
        assert_eq!(cut(29, 10, 9, &text[..18]), (18, ROTATE));
        assert_eq!(cut(100, 10, 0, text), (27, false));
        assert_eq!(cut(0, 10, 1 << 40, text), (27, false));
    }

    #[test]
    fn a_line_that_does_not_end_in_time_is_cut() {
        assert_eq!(cut(5, 10, 0, b"aa\nbb\n"), (5, ROTATE));
        assert_eq!(cut(5, 10, 5, b"x"), (0, ROTATE));
        assert_eq!(cut(20, 10, 0, &[b'x'; 30]), (20, ROTATE));
        // Full to the brim, and rotated only when there is more.
        assert_eq!(cut(5, 10, 0, b"aa\nbb"), (5, false));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        /// What was promised about a piece.
        #[test]
        fn a_piece_is_rotated_behind_its_end_only(
            size in 1u64..40, tail in 0u64..40, filled in 0u64..50, least in 0usize..8,
            text in proptest::collection::vec(prop_oneof![4 => Just(b'x'), 1 => Just(b'\n')], 1..60),
        ) {
            let limit = Limit { size, tail };
            let piece = match limit.piece(filled, least) {
                Piece::Bytes(most) => &text[..most.min(text.len())],
                Piece::Line(most) => {
                    let end = memchr(b'\n', &text).map_or(text.len(), |end| end + 1);
                    &text[..end.min(most)]
                }
                Piece::Rotate => {
                    prop_assert!(filled + least.max(1) as u64 > size);
                    &[]
                }
            };
            if !piece.is_empty() {
                prop_assert_eq!(limit.cut(filled, piece).take, piece.len());
            }
        }

        /// The slow way: byte by byte.
        #[test]
        fn cutting_is_what_writing_byte_by_byte_would_do(
            size in 1u64..40, tail in 0u64..40, filled in 0u64..50,
            text in proptest::collection::vec(prop_oneof![4 => Just(b'x'), 1 => Just(b'\n')], 1..60),
        ) {
            let slow = || {
                let mut now = filled;
                for (i, &byte) in text.iter().enumerate() {
                    if now >= size {
                        return (i, ROTATE);
                    }
                    now += 1;
                    if byte == b'\n' && size >= tail && now >= size - tail {
                        return (i + 1, ROTATE);
                    }
                }
                (text.len(), false)
            };
            prop_assert_eq!(cut(size, tail, filled, &text), slow());
        }
    }
}
