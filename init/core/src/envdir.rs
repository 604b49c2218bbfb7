//! A directory of variables: one file each, whose first line is the value.
//!
//! It decides what a file's content means and which names can be variables. Reading is not its
//! business.

/// Longest value that is read, in bytes: the kernel takes no longer string into a program.
pub const MOST_VALUE: usize = 128 * 1024;

/// Whether a file of this name stands for a variable; dot files do not.
#[must_use]
pub fn is_variable(name: &[u8]) -> bool {
    !name.starts_with(b".")
}

/// Whether the name can be a variable's: with an equals sign it would set another one.
#[must_use]
pub fn is_valid(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'=')
}

/// Where the first line ends; `None` while there may be more of it.
#[must_use]
pub fn line_end(content: &[u8]) -> Option<usize> {
    content.iter().position(|&b| b == b'\n')
}

/// The value that a file's content stands for; `None`: empty, so the variable is removed.
///
/// The first line without the spaces and tabs at its end; NULs stand for newlines and become them.
#[must_use]
pub fn value(content: &mut [u8]) -> Option<&[u8]> {
    if content.is_empty() {
        return None;
    }
    let line = line_end(content).unwrap_or(content.len());
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    let kept = content[..line].iter().rposition(|b| !blank(b));
    let value = &mut content[..kept.map_or(0, |last| last + 1)];
    for byte in value.iter_mut().filter(|b| **b == 0) {
        *byte = b'\n';
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    fn of(content: &[u8]) -> Option<Vec<u8>> {
        let mut content = content.to_vec();
        value(&mut content).map(<[u8]>::to_vec)
    }

    #[test]
    fn the_first_line_without_blanks_at_its_end_is_the_value() {
        let cases: [(&[u8], &[u8]); 11] = [
            (b"v1\nline2\n", b"v1"),
            (b"v \t \n", b"v"),
            (b"no newline", b"no newline"),
            (b"\n", b""),
            (b" \t", b""),
            (b"  lead", b"  lead"),
            (b"a\0b\0\n", b"a\nb\n"),
            (b"\0", b"\n"),
            (b" \0 ", b" \n"),
            (b"a\n\0", b"a"),
            (b"cr\r\n", b"cr\r"),
        ];
        for (content, expected) in cases {
            let text = String::from_utf8_lossy(content);
            assert_eq!(of(content).as_deref(), Some(expected), "{text:?}");
        }
        assert_eq!(of(b""), None);
    }

    #[test]
    fn names_with_an_equals_sign_are_no_variables() {
        assert!(is_valid(b"A") && is_valid(b"A B") && is_valid(b"\xff"));
        assert!(!is_valid(b"A=B") && !is_valid(b"=") && !is_valid(b""));
        assert!(is_variable(b"A.") && !is_variable(b".hidden"));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn a_value_can_always_be_handed_to_a_program(
            content in prop::collection::vec(prop_oneof![Just(0), Just(b'\n'), Just(b' '), Just(b'\t'), any::<u8>()], 0..20)
        ) {
            match of(&content) {
                None => prop_assert!(content.is_empty()),
                Some(value) => {
                    prop_assert!(!value.contains(&0));
                    prop_assert!(!value.ends_with(b" ") && !value.ends_with(b"\t"));
                    // It is a beginning of the file, NULs aside.
                    let start: Vec<u8> = content[..value.len()].iter().map(|b| if *b == 0 { b'\n' } else { *b }).collect();
                    prop_assert_eq!(value, start);
                }
            }
        }
    }
}
