//! Source text without its comments and strings, so that words in them are not taken for code.

/// What a position of the text is part of.
enum Within {
    Code,
    Line,
    Block(u32),
    Text,
    /// A raw string that ends with a quote and so many hashes.
    Raw(usize),
}

/// The same text with every comment and string blanked out; lines stay where they are.
pub fn only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut within = Within::Code;
    let mut at = 0;
    while at < chars.len() {
        let here = chars[at];
        let next = chars.get(at + 1).copied();
        let (taken, kept, then) = match within {
            Within::Code => match (here, next) {
                ('/', Some('/')) => (2, false, Within::Line),
                ('/', Some('*')) => (2, false, Within::Block(1)),
                ('"', _) => (1, false, Within::Text),
                ('r', Some('"' | '#')) if !in_word(&chars, at) => match raw(&chars[at + 1..]) {
                    Some(hashes) => (2 + hashes, false, Within::Raw(hashes)),
                    None => (1, true, Within::Code),
                },
                ('\'', _) => (character(&chars[at..]), false, Within::Code),
                _ => (1, true, Within::Code),
            },
            Within::Line if here == '\n' => (1, true, Within::Code),
            Within::Line => (1, false, Within::Line),
            Within::Block(depth) => match (here, next) {
                ('*', Some('/')) if depth == 1 => (2, false, Within::Code),
                ('*', Some('/')) => (2, false, Within::Block(depth - 1)),
                ('/', Some('*')) => (2, false, Within::Block(depth + 1)),
                _ => (1, false, Within::Block(depth)),
            },
            Within::Text => match here {
                '\\' => (2, false, Within::Text),
                '"' => (1, false, Within::Code),
                _ => (1, false, Within::Text),
            },
            Within::Raw(hashes) => {
                let end = here == '"' && chars[at + 1..].iter().take(hashes).all(|&c| c == '#');
                if end {
                    (1 + hashes, false, Within::Code)
                } else {
                    (1, false, Within::Raw(hashes))
                }
            }
        };
        for &c in chars[at..].iter().take(taken) {
            out.push(if kept || c == '\n' { c } else { ' ' });
        }
        at += taken;
        within = then;
    }
    out
}

/// Whether a text of code has this word in it.
pub fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|w| w == word)
}

/// The letter before belongs to the same word; but `b"` and `c"` begin a string.
fn in_word(chars: &[char], at: usize) -> bool {
    let letter = |back: usize| {
        at.checked_sub(back)
            .map(|i| chars[i])
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    let prefix = at > 0 && matches!(chars[at - 1], 'b' | 'c') && !letter(2);
    letter(1) && !prefix
}

/// How many hashes stand before the quote, if a raw string begins here.
fn raw(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|&&c| c == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

/// How long the character is that begins here; a lifetime is a quote and nothing else.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', escaped @ ..] => {
            let more = escaped.iter().skip(1).position(|&c| c == '\'');
            more.map_or(1, |n| n + 4)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "a /* b /* c */ d */ e \"f \\\" g\" h // i\nj r#\"k\" l\"# m b'\"' n '\\'' o &'p q b\"r\" bar\"s\"\n";
    let words: Vec<String> = only(text).split_whitespace().map(str::to_owned).collect();
    assert_eq!(
        words.join(" "),
        "a e h j r m b n o & p q b bar".replace(" r ", " ")
    );
    assert_eq!(only(text).lines().count(), text.lines().count());
}
