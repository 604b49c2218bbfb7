//! The header of a script of /etc/init.d (LSB, insserv(8)), and the lines of /etc/insserv.conf.
//!
//! It only splits text into words; what a word leads to is decided by the program that knows all
//! scripts. It must accept any bytes: what is no header is no field.

/// What a line of a header speaks of. Others (`Description`, `Default-Start`, ...) are not needed:
/// which scripts are switched on is said by the links in /etc/rcN.d.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keyword {
    /// Facilities that the script is.
    Provides,
    /// Must have been started before; it is a mistake if there is none.
    RequiredStart,
    /// Is started before, where there is one.
    ShouldStart,
    /// Is started after this.
    StartBefore,
    /// Must be there until this is stopped.
    RequiredStop,
    /// Is there until this is stopped, where there is one.
    ShouldStop,
    /// Is stopped before this.
    StopAfter,
    /// Asks somebody at the console: nothing else runs meanwhile.
    Interactive,
}

const KEYWORDS: [(&[u8], Keyword); 8] = [
    (b"provides", Keyword::Provides),
    (b"required-start", Keyword::RequiredStart),
    (b"should-start", Keyword::ShouldStart),
    (b"x-start-before", Keyword::StartBefore),
    (b"required-stop", Keyword::RequiredStop),
    (b"should-stop", Keyword::ShouldStop),
    (b"x-stop-after", Keyword::StopAfter),
    (b"x-interactive", Keyword::Interactive),
];

const BEGIN: &[u8] = b"### BEGIN INIT INFO";
const END: &[u8] = b"### END INIT INFO";

/// Whether there is a header at all.
#[must_use]
pub fn has_header(script: &[u8]) -> bool {
    lines(script).any(|line| line == BEGIN)
}

/// The fields of a script's header in their order, each with its value; nothing without a header.
pub fn fields(script: &[u8]) -> impl Iterator<Item = (Keyword, &[u8])> {
    lines(script)
        .skip_while(|line| *line != BEGIN)
        .skip(1)
        .take_while(|line| *line != END)
        .filter_map(field)
}

fn field(line: &[u8]) -> Option<(Keyword, &[u8])> {
    let text = line.strip_prefix(b"#")?.trim_ascii_start();
    let colon = text.iter().position(|&b| b == b':')?;
    let (name, value) = (text[..colon].trim_ascii(), &text[colon + 1..]);
    let known = |(word, _): &&(&[u8], Keyword)| name.eq_ignore_ascii_case(word);
    let (_, keyword) = KEYWORDS.iter().find(known)?;
    Some((*keyword, value.trim_ascii()))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&b| b == b'\n').map(<[u8]>::trim_ascii_end)
}

/// The words of a value: separated by blanks, some write commas.
pub fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|b| b.is_ascii_whitespace() || *b == b',')
        .filter(|word| !word.is_empty())
}

/// What a line of /etc/insserv.conf says: `$name` or `<interactive>`, and the words behind it.
#[must_use]
pub fn facility(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.trim_ascii();
    if !matches!(line.first(), Some(b'$' | b'<')) {
        return None;
    }
    let end = line.iter().position(u8::is_ascii_whitespace);
    let end = end.unwrap_or(line.len());
    Some((&line[..end], line[end..].trim_ascii()))
}

/// The name of a script by that of its link: `S01ssh` is `ssh`; `None` for what is no such link of
/// this letter (`S` or `K`), or is left behind by a package manager or an editor.
#[must_use]
pub fn link_name(link: &[u8], letter: u8) -> Option<&[u8]> {
    let [first, tens, ones, name @ ..] = link else {
        return None;
    };
    let is_one = *first == letter && tens.is_ascii_digit() && ones.is_ascii_digit();
    (is_one && is_name(name)).then_some(name)
}

/// Whether insserv(8) takes a file of this name for a script.
fn is_name(name: &[u8]) -> bool {
    const LEFT_BEHIND: [&[u8]; 9] = [
        b"~", b".old", b".new", b".org", b".orig", b".save", b".swp", b".core", b".bak",
    ];
    const INSIDE: [&[u8]; 3] = [b".dpkg-", b".ucf-", b".rpm"];
    let starts_well = !matches!(
        name.first(),
        None | Some(b'$' | b'.' | b'#' | b'%' | b'_' | b'~' | b'-')
    );
    starts_well
        && !LEFT_BEHIND.iter().any(|end| name.ends_with(end))
        && !INSIDE
            .iter()
            .any(|part| name.windows(part.len()).any(|window| window == *part))
}

/// The name by which a script and a service are the same: without `.sh` at its end.
#[must_use]
pub fn base_name(name: &[u8]) -> &[u8] {
    name.strip_suffix(b".sh").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    const SCRIPT: &[u8] = b"#!/bin/sh\n# Required-Start: not-yet\n### BEGIN INIT INFO\n\
        # Provides:          one\ttwo\n# required-start:    $local_fs, three \n#\n\
        # Description:  Required-Stop: no\n#     Should-Stop not a field\n\
        # X-Interactive: true\r\n### END INIT INFO\n# Should-Start: too-late\n";

    #[test]
    fn only_what_stands_in_the_header_is_read() {
        let all: Vec<_> = fields(SCRIPT).collect();
        assert_eq!(
            all,
            [
                (Keyword::Provides, &b"one\ttwo"[..]),
                (Keyword::RequiredStart, b"$local_fs, three"),
                (Keyword::Interactive, b"true"),
            ]
        );
        assert!(has_header(SCRIPT));
        assert!(!has_header(b"#!/bin/sh\n# Provides: x\n"));
        assert_eq!(fields(b"# Provides: x\n").count(), 0);
    }

    #[test]
    fn words_are_separated_by_blanks_and_commas() {
        let all: Vec<_> = words(b"$local_fs,\tthree  four").collect();
        assert_eq!(all, [&b"$local_fs"[..], b"three", b"four"]);
        assert_eq!(words(b" ").count(), 0);
    }

    #[test]
    fn a_line_of_the_settings_names_a_facility() {
        assert_eq!(
            facility(b"$named\t+bind9 $network \n"),
            Some((&b"$named"[..], &b"+bind9 $network"[..]))
        );
        assert_eq!(
            facility(b"<interactive> udev"),
            Some((&b"<interactive>"[..], &b"udev"[..]))
        );
        assert_eq!(facility(b"$null"), Some((&b"$null"[..], &b""[..])));
        assert_eq!(facility(b"# $syslog x"), None);
        assert_eq!(facility(b""), None);
    }

    #[test]
    fn a_link_says_which_script_it_is() {
        assert_eq!(link_name(b"S01ssh", b'S'), Some(&b"ssh"[..]));
        assert_eq!(link_name(b"K99hwclock.sh", b'K'), Some(&b"hwclock.sh"[..]));
        for none in [
            &b"K01ssh"[..],
            b"S1ssh",
            b"README",
            b"S01",
            b"S01ssh.dpkg-old",
            b"S01ssh~",
            b"S01.x",
        ] {
            assert_eq!(link_name(none, b'S'), None);
        }
        assert_eq!(base_name(b"hwclock.sh"), b"hwclock");
        assert_eq!(base_name(b"ssh"), b"ssh");
    }

    proptest! {
        #![proptest_config(crate::cases(200))]

        #[test]
        fn any_bytes_are_answered(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = fields(&text).map(|(_, value)| words(value).count()).sum::<usize>();
            let _ = facility(&text);
            let _ = link_name(&text, b'S');
        }

        #[test]
        fn what_is_written_is_read(names in prop::collection::vec("[a-z$][a-z0-9_-]{0,8}", 1..6)) {
            let text = std::format!(
                "### BEGIN INIT INFO\n# X-Start-Before: {}\n### END INIT INFO\n", names.join(" "));
            let mut all = fields(text.as_bytes());
            let (keyword, value) = all.next().unwrap();
            prop_assert_eq!(keyword, Keyword::StartBefore);
            let read: Vec<_> = words(value).collect();
            let written: Vec<_> = names.iter().map(|name| name.as_bytes()).collect();
            prop_assert_eq!(read, written);
            prop_assert!(all.next().is_none());
        }
    }
}
