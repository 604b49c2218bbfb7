//! Lines of fstab, and what the words among their options mean to Linux.
//!
//! It decides which words the kernel takes as bits, which go to the file system as they are, and which only mount(8)
//! understands. It must never guess: a word that mount(8) may do something about is its own.

/// The bit of `ro`.
pub const READ_ONLY: u32 = 1;

/// The first four fields of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    /// What is mounted.
    pub source: &'a [u8],
    /// Where.
    pub dir: &'a [u8],
    /// Type of the file system.
    pub kind: &'a [u8],
    /// Options, separated by commas.
    pub options: &'a [u8],
}

/// The line as it stands; `None` where it is empty or a comment.
#[must_use]
pub fn line(text: &[u8]) -> Option<Line<'_>> {
    let mut fields = text
        .split(|b| b.is_ascii_whitespace())
        .filter(|field| !field.is_empty());
    let source = fields.next().filter(|field| !field.starts_with(b"#"))?;
    let mut next = || fields.next().unwrap_or_default();
    Some(Line {
        source,
        dir: next(),
        kind: next(),
        options: next(),
    })
}

/// What a word among the options means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// These bits of mount(2) on.
    Set(u32),
    /// Or off.
    Clear(u32),
    /// It says when to mount, not how.
    Nothing,
    /// The mount point is made where it is missing.
    MakeDirectory,
    /// Of mount(8), which does with it more than can be seen here.
    Foreign,
    /// Of the file system.
    Data,
}

/// Words that are bits, and those that take them back.
const BITS: [(&[u8], &[u8], u32); 13] = [
    (b"ro", b"rw", READ_ONLY),
    (b"nosuid", b"suid", 1 << 1),
    (b"nodev", b"dev", 1 << 2),
    (b"noexec", b"exec", 1 << 3),
    (b"sync", b"async", 1 << 4),
    (b"dirsync", b"", 1 << 7),
    (b"nosymfollow", b"symfollow", 1 << 8),
    (b"noatime", b"atime", 1 << 10),
    (b"nodiratime", b"diratime", 1 << 11),
    (b"silent", b"loud", 1 << 15),
    (b"relatime", b"norelatime", 1 << 21),
    (b"strictatime", b"nostrictatime", 1 << 24),
    (b"lazytime", b"nolazytime", 1 << 25),
];
/// Words that say when to mount.
const WHEN: [&[u8]; 4] = [b"defaults", b"auto", b"noauto", b"nofail"];
/// Words of mount(8), with or without a value.
const FOREIGN: [&[u8]; 49] = [
    b"remount",
    b"bind",
    b"rbind",
    b"move",
    b"mand",
    b"nomand",
    b"iversion",
    b"noiversion",
    b"private",
    b"rprivate",
    b"shared",
    b"rshared",
    b"slave",
    b"rslave",
    b"unbindable",
    b"runbindable",
    b"user",
    b"nouser",
    b"users",
    b"nousers",
    b"owner",
    b"noowner",
    b"group",
    b"nogroup",
    b"_netdev",
    b"comment",
    b"loop",
    b"offset",
    b"sizelimit",
    b"encryption",
    b"helper",
    b"uhelper",
    b"uid",
    b"gid",
    b"context",
    b"fscontext",
    b"defcontext",
    b"rootcontext",
    b"seclabel",
    b"verity",
    b"hash_device",
    b"hashdevice",
    b"roothash",
    b"hashoffset",
    b"fsc",
    b"norelease",
    b"username",
    b"nosuser",
    b"noencryption",
];

/// What this word means.
#[must_use]
pub fn word(text: &[u8]) -> Word {
    for (on, off, bits) in BITS {
        if text == on {
            return Word::Set(bits);
        }
        if text == off && !off.is_empty() {
            return Word::Clear(bits);
        }
    }
    if text.is_empty() || WHEN.contains(&text) {
        return Word::Nothing;
    }
    if text == b"X-mount.mkdir" {
        return Word::MakeDirectory;
    }
    let name = text.split(|&b| b == b'=').next().unwrap_or_default();
    let prefix = name.get(..2).unwrap_or_default();
    let odd = |b: &u8| matches!(b, b'"' | b'\\' | b'\'') || !b.is_ascii_graphic();
    // The same bits with a word for what is below: `ro=recursive`.
    let bits_with_value = name != text && BITS.iter().any(|b| b.0 == name || b.1 == name);
    // An account by its name is looked up; a number goes to the file system.
    let value = text.get(name.len() + 1..).unwrap_or_default();
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    if is_number && (name == b"uid" || name == b"gid") {
        return Word::Data;
    }
    let foreign = prefix.eq_ignore_ascii_case(b"x-")
        || name.starts_with(b"verity.")
        || FOREIGN.contains(&name)
        || bits_with_value
        || text.iter().any(odd);
    if foreign { Word::Foreign } else { Word::Data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_fields_and_comments_are_none() {
        let read = line(b"run\t /run  tmpfs nosuid,mode=0755 0 0").expect("a line");
        let wanted = Line {
            source: b"run",
            dir: b"/run",
            kind: b"tmpfs",
            options: b"nosuid,mode=0755",
        };
        assert_eq!(read, wanted);
        assert_eq!(line(b"  # run /run"), None);
        assert_eq!(line(b" \t"), None);
        assert_eq!(line(b"one").expect("a line").kind, b"");
    }

    #[test]
    fn words_are_bits_data_or_of_mount_8() {
        assert_eq!(word(b"noatime"), Word::Set(1024));
        assert_eq!(word(b"rw"), Word::Clear(READ_ONLY));
        for data in [
            &b"errors=remount-ro"[..],
            b"subvol=@",
            b"compress=zstd:3",
            b"discard",
            b"mode=0755",
            b"gid=5",
        ] {
            assert_eq!(word(data), Word::Data);
        }
        for when in [&b"defaults"[..], b"", b"nofail"] {
            assert_eq!(word(when), Word::Nothing);
        }
        let foreign = [
            &b"x-systemd.growfs"[..],
            b"X-mount.owner=1",
            b"X-mount.mkdir=0700",
            b"uid=lp",
            b"loop",
            b"_netdev",
            b"ro=recursive",
            b"a\\040b",
            b"context=\"a",
            b"users",
            b"verity.hashdevice=/dev/x",
        ];
        for foreign in foreign {
            assert_eq!(word(foreign), Word::Foreign);
        }
        assert_eq!(word(b"X-mount.mkdir"), Word::MakeDirectory);
    }
}
