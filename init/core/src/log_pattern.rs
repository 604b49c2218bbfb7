//! Patterns of svlogd: which lines a log keeps, and which also go to standard error.
//!
//! Decides on the first bytes of a line (the head, svlogd's `-l`), never on a label or prefix. Not
//! regular expressions: a pattern never goes back in the text, so its cost is the head's length.

/// Whether `pattern` matches all of `text`.
///
/// A byte stands for itself. `+` and the byte after it match that byte one or more times. `*`
/// skips to the first occurrence of the byte after it, or, at the end, matches whatever is left.
/// Two habits of the C program are kept: the byte after `*` keeps its special meaning, and a text
/// that ends inside a `+` matches whatever the pattern still holds.
#[must_use]
pub fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    loop {
        match *pattern {
            [] => return text.is_empty(),
            [b'*'] => return true,
            [b'*', ref rest @ ..] => match text.iter().position(|&b| b == rest[0]) {
                Some(at) => (pattern, text) = (rest, &text[at..]),
                None => return false,
            },
            [b'+'] => return false,
            [b'+', many, ref rest @ ..] => {
                let run = text.iter().take_while(|&&b| b == many).count();
                if run == 0 {
                    return false;
                }
                if run == text.len() {
                    return true;
                }
                (pattern, text) = (rest, &text[run..]);
            }
            [byte, ref rest @ ..] => {
                if text.first() != Some(&byte) {
                    return false;
                }
                (pattern, text) = (rest, &text[1..]);
            }
        }
    }
}

/// What a line that matches is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// `+`: written to the log.
    Keep,
    /// `-`: not written to the log.
    Leave,
    /// `e`: printed to standard error.
    Alert,
    /// `E`: not printed to standard error.
    Hush,
}

/// A pattern line of a config file; the pattern is the part `start..end` of that file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// What a match means.
    pub verdict: Verdict,
    /// First byte of the pattern in the file.
    pub start: usize,
    /// End of the pattern in the file.
    pub end: usize,
}

/// Where a line goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// To the log (and by UDP, where asked for).
    pub keep: bool,
    /// To standard error.
    pub alert: bool,
}

impl Chosen {
    /// What holds without any pattern.
    pub const DEFAULT: Chosen = Chosen {
        keep: true,
        alert: false,
    };
}

/// Applies the rules of a config file in their order: of each kind, the last match decides.
#[must_use]
pub fn choose(rules: &[Rule], config: &[u8], head: &[u8]) -> Chosen {
    // From the end, so that the first match of each kind is the one that decides.
    let (mut keep, mut alert) = (None, None);
    for rule in rules.iter().rev() {
        let (open, says) = match rule.verdict {
            Verdict::Keep => (&mut keep, true),
            Verdict::Leave => (&mut keep, false),
            Verdict::Alert => (&mut alert, true),
            Verdict::Hush => (&mut alert, false),
        };
        if open.is_none() {
            let pattern = config.get(rule.start..rule.end).unwrap_or_default();
            if matches(pattern, head) {
                *open = Some(says);
            }
        }
        if keep.is_some() && alert.is_some() {
            break;
        }
    }
    Chosen {
        keep: keep.unwrap_or(Chosen::DEFAULT.keep),
        alert: alert.unwrap_or(Chosen::DEFAULT.alert),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_manual_hold() {
        let line = b"tcpsvd: info: pid 1977 from 10.4.1.14";
        assert!(!matches(b"*pid*", line));
        assert!(matches(b"*: *: pid *", line));
        assert!(matches(b"*", line) && matches(b"*", b""));
    }

    #[test]
    fn a_plus_matches_one_or_more() {
        assert!(matches(b"+ab", b"ab") && matches(b"+ab", b"aaab"));
        assert!(!matches(b"+ab", b"b") && !matches(b"+ab", b"") && !matches(b"a+b", b"a"));
        // The text ends inside the plus.
        assert!(matches(b"+ab", b"aaa"));
        assert!(!matches(b"+", b"") && !matches(b"a+", b"a+"));
    }

    #[test]
    fn the_byte_after_a_star_keeps_its_meaning() {
        assert!(matches(b"**", b"ab*cd"));
        assert!(!matches(b"*+a", b"b+a"));
        assert!(matches(b"*++", b"b+++"));
    }

    #[test]
    fn the_last_match_of_each_kind_decides() {
        let config = b"a*b*";
        let rule = |verdict, start, end| Rule {
            verdict,
            start,
            end,
        };
        let rules = [
            rule(Verdict::Leave, 1, 2),
            rule(Verdict::Keep, 0, 2),
            rule(Verdict::Alert, 2, 4),
        ];
        let chosen = |head| choose(&rules, config, head);
        assert_eq!((chosen(b"ax").keep, chosen(b"ax").alert), (true, false));
        assert_eq!((chosen(b"bx").keep, chosen(b"bx").alert), (false, true));
    }

    fn text() -> impl Strategy<Value = std::vec::Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![Just(b'a'), Just(b'b'), Just(b'*'), Just(b'+')],
            0..9,
        )
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn a_text_without_special_bytes_matches_itself_only(a in text(), b in text()) {
            let plain = !a.iter().any(|b| b"*+".contains(b));
            if plain {
                prop_assert_eq!(matches(&a, &b), a == b);
            }
        }

        #[test]
        fn a_pattern_with_a_star_behind_matches_every_longer_text(a in text(), b in text()) {
            // Where the pattern itself matches the text, more text changes nothing for the star;
            // unless it ends in a plus, which then has something to repeat.
            let special_end = a.last().is_some_and(|b| b"*+".contains(b));
            if !special_end && !a.contains(&b'+') && matches(&a, &b) {
                let starred = [&a[..], b"*"].concat();
                let longer = [&b[..], b"xyz"].concat();
                prop_assert!(matches(&starred, &longer));
            }
        }
    }
}
