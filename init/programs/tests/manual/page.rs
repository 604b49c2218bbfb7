//! A manual page as its macros (mdoc) tell it.

use super::{Options, place, read};
use std::fs;

/// Macros that end a list of flags on the line they stand in.
const MACROS: [&str; 21] = [
    "Ar", "Cm", "Dq", "Dv", "Ev", "It", "Li", "Nm", "No", "Ns", "Oc", "Oo", "Op", "Pa", "Pq", "Ql",
    "Sm", "Sq", "Ta", "Tn", "Xr",
];

/// One page.
#[derive(Debug)]
pub struct Page {
    file: String,
    text: String,
}

/// The names of all pages.
pub fn files() -> Vec<String> {
    let dir = fs::read_dir(place("man")).expect("man");
    let is_page = |name: &String| name.ends_with(".7") || name.ends_with(".8");
    let mut names: Vec<String> = dir
        .map(|entry| {
            entry
                .expect("page")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    names.retain(is_page);
    names.sort();
    names
}

/// The page is only another name for one.
pub fn is_link(file: &str) -> bool {
    link_target(file).is_some()
}

fn link_target(file: &str) -> Option<String> {
    let text = read(&place("man").join(file));
    let target = text.strip_prefix(".so man8/")?.strip_suffix(".8\n")?;
    Some(target.to_owned())
}

/// Names whose pages are links, and the program each of them leads to.
pub fn links() -> Vec<(String, String)> {
    let linked = files().into_iter().filter_map(|file| {
        let target = link_target(&file)?;
        Some((file.strip_suffix(".8")?.to_owned(), target))
    });
    linked.collect()
}

impl Page {
    /// Reads a page that is no link.
    pub fn read(file: &str) -> Page {
        let text = read(&place("man").join(file));
        let page = Page::of(file, &text);
        let title = file.rsplit_once('.').expect("section");
        let head = format!(".Dt {} {}\n.Os runit-rs\n", title.0.to_uppercase(), title.1);
        assert!(text.contains(&head), "{file} has not the title {head}");
        page
    }

    fn of(file: &str, text: &str) -> Page {
        Page {
            file: file.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether it has the section, and something in it.
    pub fn has(&self, section: &str) -> bool {
        self.section(section).next().is_some()
    }

    /// The lines of a section.
    fn section<'a>(&'a self, title: &'a str) -> impl Iterator<Item = &'a str> {
        let mut lines = self.text.lines();
        lines.find(|line| line.strip_prefix(".Sh ") == Some(title));
        lines.take_while(|line| !line.starts_with(".Sh "))
    }

    /// The names in its section NAME.
    pub fn names(&self) -> Vec<String> {
        let lines = self.section("NAME");
        lines
            .filter_map(|line| line.strip_prefix(".Nm "))
            .map(|name| name.trim_end_matches([' ', ',']).to_owned())
            .collect()
    }

    /// `NAME SECTION` of every page that it refers to.
    pub fn references(&self) -> Vec<String> {
        let mut found = Vec::new();
        for line in self.text.lines().filter(|line| line.starts_with('.')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            for at in 0..words.len() {
                if matches!(words[at], ".Xr" | "Xr") {
                    found.push(format!("{} {}", words[at + 1], words[at + 2]));
                }
            }
        }
        found
    }

    /// The options in its section OPTIONS: those of the subsection that is called like the name;
    /// where there are subsections, but none of that name, none.
    pub fn options(&self, called: &str) -> Options {
        let lines: Vec<&str> = self.section("OPTIONS").collect();
        let parted = lines.iter().any(|line| line.starts_with(".Ss "));
        let mut inside = !parted;
        let mut options = Options::new();
        for line in lines {
            match line.strip_prefix(".Ss ") {
                Some(title) => inside = title == called,
                None if inside && line.starts_with(".It ") => options.append(&mut flags(line)),
                None => {}
            }
        }
        options
    }

    /// The options in its section SYNOPSIS that belong to the name.
    pub fn synopsis(&self, called: &str) -> Options {
        let names = self.names();
        let first = names
            .first()
            .unwrap_or_else(|| panic!("{} has no name", self.file));
        // Of other names that are not there it holds what it says about the first one.
        let told = |name: &str| self.section("SYNOPSIS").any(|l| l == format!(".Nm {name}"));
        let wanted = if told(called) { called } else { first };
        let mut inside = false;
        let mut options = Options::new();
        for line in self.section("SYNOPSIS") {
            match line.strip_prefix(".Nm") {
                Some("") => inside = wanted == first,
                Some(name) => inside = name.trim() == wanted,
                None if inside => options.append(&mut flags(line)),
                None => {}
            }
        }
        options
    }

    /// The first letters of what the lists of its DESCRIPTION give in this macro.
    pub fn first_letters(&self, macro_name: &str) -> Options {
        let begin = format!(".It {macro_name} ");
        let words = self.section("DESCRIPTION").filter_map(|line| {
            let word = line.strip_prefix(&begin)?;
            Some(word.strip_prefix("\\&").unwrap_or(word))
        });
        words
            .filter_map(|word| word.get(..1).map(str::to_owned))
            .collect()
    }

    /// The words that its lists give as commands.
    pub fn commands(&self, section: &str) -> Options {
        let items = self
            .section(section)
            .filter_map(|l| l.strip_prefix(".It Cm "));
        items
            .flat_map(|item| item.split([' ', ',']))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// The flags of a line of macros: letters, and words with a dash for long options.
fn flags(line: &str) -> Options {
    let mut found = Options::new();
    if !line.starts_with('.') {
        return found;
    }
    let mut is_flag = false;
    for word in line[1..].split_whitespace() {
        match word {
            "Fl" => is_flag = true,
            word if MACROS.contains(&word) => is_flag = false,
            // `--` only ends the options.
            "," | "|" | "-" => {}
            long if is_flag && long.starts_with('-') => {
                found.insert(long.to_owned());
            }
            letters if is_flag => found.extend(letters.chars().map(String::from)),
            _ => {}
        }
    }
    found
}

#[test]
fn a_page_is_read() {
    let text = ".Sh NAME\n.Nm a ,\n.Nm b\n.Nd x\n.Sh SYNOPSIS\n.Nm\n.Op Fl xY\n.Op Fl u Ar v | Fl z\n.Nm b\n\
                .Op Fl q\n.Sh OPTIONS\n.Ss a\n.Bl\n.It Fl u Ar v\nFl no\n.It Fl l , -long\n.Ss b\n.It Fl /\n\
                .Sh SEE ALSO\n.Xr c 8 ,\n.Xr d 2\n";
    let page = Page::of("a.8", text);
    let set = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Options>();
    assert_eq!(page.names(), ["a", "b"]);
    assert_eq!(page.synopsis("a"), set(&["x", "Y", "u", "z"]));
    assert_eq!(page.synopsis("b"), set(&["q"]));
    assert_eq!(page.options("a"), set(&["u", "l", "-long"]));
    assert_eq!(page.options("b"), set(&["/"]));
    assert_eq!(page.options("c"), set(&[]));
    assert_eq!(page.references(), ["c 8", "d 2"]);
    assert!(page.has("NAME") && !page.has("FILES"));
}
