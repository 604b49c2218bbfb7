//! Replacing bytes in the log: svlogd's `-r` and `-R`.
//!
//! What is printable is ASCII from the space to the tilde. The line end is never replaced, and the
//! rest of a line is treated as its beginning is, however long the line.

/// Which bytes are replaced, and by what.
#[derive(Clone, Debug)]
pub struct Clean([u8; 256]);

impl Clean {
    /// Replaces what is not printable, and all of `also`, by `by`.
    #[must_use]
    pub fn new(by: u8, also: &[u8]) -> Clean {
        let mut table = [by; 256];
        for (byte, to) in (0..=255u8).zip(&mut table) {
            if byte == b'\n' || (matches!(byte, b' '..=b'~') && !also.contains(&byte)) {
                *to = byte;
            }
        }
        Clean(table)
    }

    /// Does it.
    pub fn apply(&self, text: &mut [u8]) {
        for byte in text {
            *byte = self.0[usize::from(*byte)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_printable_and_what_is_listed_is_replaced() {
        let mut text = *b"a\tb\x01c\xffd\x7fe~ \n";
        Clean::new(b'_', b"").apply(&mut text);
        assert_eq!(&text, b"a_b_c_d_e~ \n");
        let mut text = *b"a\tb~\n";
        Clean::new(b'.', b"ab\n").apply(&mut text);
        assert_eq!(&text, b"...~\n");
    }
}
