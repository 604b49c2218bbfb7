//! A line of text built without allocation: file contents, messages, arguments.
//!
//! What does not fit is cut, never an error: a message that is too long is still a message.

use core::fmt;

/// Up to `N` bytes of text.
#[derive(Clone, Copy)]
pub struct Line<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Line<N> {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Line {
            bytes: [0; N],
            len: 0,
        }
    }

    /// Appends bytes, as many as fit.
    pub fn push(&mut self, text: &[u8]) -> &mut Self {
        let n = text.len().min(N - self.len);
        self.bytes[self.len..self.len + n].copy_from_slice(&text[..n]);
        self.len += n;
        self
    }

    /// Appends a decimal number.
    pub fn number(&mut self, value: impl Into<i64>) -> &mut Self {
        let value = value.into();
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = value.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.push(b"-");
        }
        self.push(&digits[at..])
    }

    /// What was written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Back to empty.
    pub fn clear(&mut self) {
        self.len = 0;
    }
}

impl<const N: usize> Default for Line<N> {
    fn default() -> Self {
        Line::new()
    }
}

impl<const N: usize> fmt::Write for Line<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn what_does_not_fit_is_cut() {
        let mut line = Line::<4>::new();
        assert_eq!(
            line.push(b"abc").push(b"def").push(b"x").as_bytes(),
            b"abcd"
        );
    }

    proptest! {
        #[test]
        fn numbers_read_as_rust_prints_them(n in any::<i64>()) {
            let mut line = Line::<24>::new();
            line.number(n);
            let expected = n.to_string();
            prop_assert_eq!(line.as_bytes(), expected.as_bytes());
        }
    }
}
