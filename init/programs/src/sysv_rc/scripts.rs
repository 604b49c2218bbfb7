//! The scripts that a directory of links names, with their headers.

use super::options::Options;
use runit_core::lsb::{self, Keyword};
use runit_sys::{Errno, dir, fd, file};
use std::ffi::CString;

/// Longest script that is looked into; a header stands at the beginning.
const LONGEST: usize = 1 << 20;

/// One script.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its name in /etc/init.d.
    pub name: Vec<u8>,
    /// What is executed.
    pub path: CString,
    /// The number of its link.
    pub number: u8,
    /// Text with its header: the script, or the file of overrides that stands for it.
    text: Vec<u8>,
}

impl Script {
    /// The name by which a service would be the same.
    #[must_use]
    pub fn base(&self) -> &[u8] {
        lsb::base_name(&self.name)
    }

    /// Whether it says anything about its order.
    #[must_use]
    pub fn has_header(&self) -> bool {
        lsb::has_header(&self.text)
    }

    /// The words of all fields of this kind.
    pub fn words(&self, keyword: Keyword) -> impl Iterator<Item = &[u8]> {
        lsb::fields(&self.text)
            .filter(move |(found, _)| *found == keyword)
            .flat_map(|(_, value)| lsb::words(value))
    }

    /// All its names.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        let own = [&self.name[..], self.base()].into_iter();
        own.chain(self.words(Keyword::Provides))
    }

    /// Whether this is a name of it.
    #[must_use]
    pub fn is_called(&self, word: &[u8]) -> bool {
        self.names().any(|own| own == word)
    }

    /// Whether it asks somebody at the console.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        self.words(Keyword::Interactive).any(|word| word == b"true")
    }
}

/// All scripts of the directory that can be executed, in the order of their links.
pub fn read(options: &Options) -> Result<Vec<Script>, Errno> {
    let mut links = dir::visible_names(&fd::open_dir(&options.path(&[options.dir.to_bytes()]))?)?;
    links.sort();
    let mut all = Vec::with_capacity(links.len());
    for link in links {
        let link = link.to_bytes();
        let Some(name) = lsb::link_name(link, options.verb.letter()) else {
            continue;
        };
        let mut path = options.path(&[b"/etc/init.d/", name]);
        if !file::owner_may_execute(&path) {
            path = options.path(&[options.dir.to_bytes(), b"/", link]);
            if !file::owner_may_execute(&path) {
                continue;
            }
        }
        all.push(Script {
            name: name.to_vec(),
            number: (link[1] - b'0') * 10 + (link[2] - b'0'),
            text: text(options, name, &path),
            path,
        });
    }
    Ok(all)
}

fn text(options: &Options, name: &[u8], path: &CString) -> Vec<u8> {
    let places: [&[u8]; 2] = [b"/etc/insserv/overrides/", b"/usr/share/insserv/overrides/"];
    let instead = places
        .iter()
        .find_map(|place| file::read_all(&options.path(&[place, name]), LONGEST).ok());
    instead.unwrap_or_else(|| file::read_all(path, LONGEST).unwrap_or_default())
}
