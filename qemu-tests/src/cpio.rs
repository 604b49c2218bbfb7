//! Writes a file tree as an initramfs: a cpio archive in the kernel's "newc" form (Linux,
//! Documentation/driver-api/early-userspace/buffer-format). Devices and owners are only numbers
//! in it, so it needs neither root rights nor a cpio program.

use std::fs;
use std::io::{self, Write};

use crate::tree::{Kind, Tree};

const DIRECTORY: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const CHARACTER: u32 = 0o020_000;

/// Writes all of `tree` to `out`, everything owned by root.
///
/// # Errors
///
/// A file of our machine that cannot be read, or `out` not be written.
pub fn write(tree: &Tree, out: &mut impl Write) -> io::Result<()> {
    for (number, (path, node)) in (1..).zip(tree.iter()) {
        let (kind, data, device) = match &node.kind {
            Kind::Directory => (DIRECTORY, Vec::new(), (0, 0)),
            Kind::Bytes(bytes) => (FILE, bytes.clone(), (0, 0)),
            Kind::Copy(from) => (FILE, read(from)?, (0, 0)),
            Kind::Link(target) => (LINK, target.clone().into_bytes(), (0, 0)),
            Kind::Device(major, minor) => (CHARACTER, Vec::new(), (*major, *minor)),
        };
        entry(out, path, number, kind | node.mode, &data, device)?;
    }
    entry(out, "TRAILER!!!", 0, 0, &[], (0, 0))
}

fn read(from: &std::path::Path) -> io::Result<Vec<u8>> {
    fs::read(from).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", from.display())))
}

/// One header of 13 eight-digit hexadecimal numbers, the name, the bytes; both padded to four.
fn entry(
    out: &mut impl Write,
    name: &str,
    inode: u32,
    mode: u32,
    data: &[u8],
    device: (u32, u32),
) -> io::Result<()> {
    let size = u32::try_from(data.len()).map_err(|_| io::Error::other("a file of 4 GiB"))?;
    let name_size = u32::try_from(name.len() + 1).map_err(|_| io::Error::other("a long name"))?;
    let (owner, group, time, links, check) = (0, 0, 0, 1, 0);
    let (disk_major, disk_minor) = (0, 0);
    write!(out, "070701")?;
    for number in [
        inode, mode, owner, group, links, time, size, disk_major, disk_minor, device.0, device.1,
        name_size, check,
    ] {
        write!(out, "{number:08x}")?;
    }
    out.write_all(name.as_bytes())?;
    // The header is 110 bytes long; the name ends in one zero at least.
    let name_end = 110 + name.len() + 1;
    out.write_all(&[0; 4][..1 + padding(name_end)])?;
    out.write_all(data)?;
    out.write_all(&[0; 4][..padding(data.len())])
}

fn padding(length: usize) -> usize {
    (4 - length % 4) % 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bytes_are_padded_to_four() {
        let mut tree = Tree::new();
        tree.device("/dev/console", 0o600, 5, 1)
            .file("/init", 0o755, "hello");
        let mut archive = Vec::new();
        write(&tree, &mut archive).unwrap();
        assert_eq!(archive.len() % 4, 0);
        let text = String::from_utf8_lossy(&archive);
        let starts: Vec<usize> = text.match_indices("070701").map(|(at, _)| at).collect();
        assert_eq!(starts.len(), 4, "dev, dev/console, init, trailer");
        assert!(starts.iter().all(|at| at % 4 == 0));
        assert!(text.contains("0000000500000001"), "console is 5:1");
    }
}
