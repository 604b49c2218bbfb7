//! Command-line options the way runit's programs take them: `-012`, `-u user`, `-uuser`, `--`.
//!
//! It only splits; what an option means, and whether its value makes sense, is decided by the
//! program. The first argument that is no option ends them, and a lone `-` is such an argument.

use core::ffi::CStr;

/// One option as it was typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opt<'a> {
    /// A letter without a value.
    Flag(u8),
    /// A letter with its value: the rest of the argument, or the whole next one.
    Value(u8, &'a CStr),
    /// A letter the program does not know.
    Unknown(u8),
    /// A letter that needs a value, at the end of the arguments.
    Missing(u8),
}

/// Walks the options; `argument(n)` gives argument `n`, where 0 is the name of the program.
#[derive(Debug)]
pub struct Options<'a, F> {
    argument: F,
    /// Letters; one that takes a value is followed by a colon.
    letters: &'static [u8],
    /// The argument that is next, or being read.
    at: usize,
    /// What is left of a bundle of letters.
    bundle: Option<&'a CStr>,
}

impl<'a, F: Fn(usize) -> Option<&'a CStr>> Options<'a, F> {
    /// Begins at argument 1.
    pub const fn new(letters: &'static [u8], argument: F) -> Self {
        Options {
            argument,
            letters,
            at: 1,
            bundle: None,
        }
    }

    /// Number of the first argument that is no option; valid after the last option was given.
    #[must_use]
    pub const fn operands(&self) -> usize {
        self.at
    }

    /// Whether the letter is known, and whether it takes a value.
    fn takes_value(&self, letter: u8) -> Option<bool> {
        if letter == b':' {
            return None;
        }
        let place = self.letters.iter().position(|&known| known == letter)?;
        Some(self.letters.get(place + 1) == Some(&b':'))
    }

    /// Finds the next bundle of letters; `None` where the options end.
    fn open(&mut self) -> Option<&'a CStr> {
        let argument = (self.argument)(self.at)?;
        match argument.to_bytes() {
            b"--" => {
                self.at += 1;
                None
            }
            [b'-', _, ..] => Some(tail(argument)),
            _ => None,
        }
    }

    /// The value of a letter: what follows it in the bundle, else the next argument.
    fn value(&mut self, rest: &'a CStr) -> Option<&'a CStr> {
        self.at += 1;
        if !rest.is_empty() {
            return Some(rest);
        }
        let value = (self.argument)(self.at)?;
        self.at += 1;
        Some(value)
    }
}

impl<'a, F: Fn(usize) -> Option<&'a CStr>> Iterator for Options<'a, F> {
    type Item = Opt<'a>;

    fn next(&mut self) -> Option<Opt<'a>> {
        let bundle = match self.bundle.take() {
            Some(bundle) => bundle,
            None => self.open()?,
        };
        let letter = *bundle.to_bytes().first()?;
        let rest = tail(bundle);
        if self.takes_value(letter) == Some(true) {
            return Some(match self.value(rest) {
                Some(value) => Opt::Value(letter, value),
                None => Opt::Missing(letter),
            });
        }
        if rest.is_empty() {
            self.at += 1;
        } else {
            self.bundle = Some(rest);
        }
        Some(match self.takes_value(letter) {
            Some(_) => Opt::Flag(letter),
            None => Opt::Unknown(letter),
        })
    }
}

/// The string without its first byte; an empty one stays empty.
fn tail(text: &CStr) -> &CStr {
    let bytes = text.to_bytes_with_nul();
    let from = usize::from(bytes.len() > 1);
    CStr::from_bytes_with_nul(&bytes[from..]).unwrap_or(c"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ffi::CString;
    use std::string::String;
    use std::vec::Vec;

    fn split(letters: &'static [u8], typed: &[&str]) -> (Vec<String>, usize) {
        let args: Vec<CString> = ["name"]
            .iter()
            .chain(typed)
            .map(|a| CString::new(*a).expect("no NUL"))
            .collect();
        let mut options = Options::new(letters, |n| args.get(n).map(CString::as_c_str));
        let mut seen = Vec::new();
        for option in &mut options {
            seen.push(match option {
                Opt::Flag(l) => std::format!("{}", l as char),
                Opt::Value(l, v) => std::format!("{}={}", l as char, v.to_str().expect("text")),
                Opt::Unknown(l) => std::format!("?{}", l as char),
                Opt::Missing(l) => std::format!("!{}", l as char),
            });
        }
        let at = options.operands();
        (seen, at)
    }

    #[test]
    fn letters_are_bundled_and_values_attached_or_apart() {
        let letters = b"u:n:vP012";
        let cases: [(&[&str], &[&str], usize); 12] = [
            (&["-012", "prog"], &["0", "1", "2"], 2),
            (&["-u", "joe", "prog"], &["u=joe"], 3),
            (&["-ujoe", "-v", "prog", "-P"], &["u=joe", "v"], 3),
            (&["-Pn", "5", "prog"], &["P", "n=5"], 3),
            (&["-Pn-5", "prog"], &["P", "n=-5"], 2),
            (&["-n", "--", "prog"], &["n=--"], 3),
            (&["--", "-v"], &[], 2),
            (&["-v", "--", "-v"], &["v"], 3),
            (&["-", "-v"], &[], 1),
            (&["-u", ""], &["u="], 3),
            (&["-vu"], &["v", "!u"], 2),
            (&["-x:v"], &["?x", "?:", "v"], 2),
        ];
        for (typed, seen, at) in cases {
            let (got, operands) = split(letters, typed);
            assert_eq!((got.as_slice(), operands), (&to_strings(seen)[..], at));
        }
    }

    fn to_strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| String::from(*w)).collect()
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        /// Every option comes from the arguments before the operands, and each is used up once.
        #[test]
        fn nothing_is_invented_and_nothing_lost(
            typed in prop::collection::vec("-?[-u:n0vx]{0,4}", 0..6)
        ) {
            let words: Vec<&str> = typed.iter().map(String::as_str).collect();
            let (seen, at) = split(b"u:n:v0", &words);
            prop_assert!(at >= 1 && at <= typed.len() + 1);
            // The first operand is none of the options' business.
            if let Some(operand) = words.get(at - 1) {
                let after_end = at >= 2 && words[at - 2] == "--";
                prop_assert!(after_end || !operand.starts_with('-') || *operand == "-");
            }
            let letters: usize = words[..at - 1].iter().map(|w| w.len()).sum();
            prop_assert!(seen.len() <= letters);
        }
    }
}
