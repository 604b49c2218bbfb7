//! The environment a program is handed, where it differs from that of this process.
//!
//! Changes are made to a list of its own; the environment of this process stays as it is, so the
//! program is looked for in the $PATH of the caller. What was given is not copied.

use crate::spawn;
use std::ffi::{CStr, CString, c_char};
use std::ptr;

#[derive(Debug)]
enum Entry {
    Given(&'static CStr),
    Made(CString),
}

impl Entry {
    fn text(&self) -> &CStr {
        match self {
            Entry::Given(text) => text,
            Entry::Made(text) => text,
        }
    }

    fn is(&self, name: &[u8]) -> bool {
        let text = self.text().to_bytes();
        text.get(name.len()) == Some(&b'=') && text.starts_with(name)
    }
}

/// Variables in order.
#[derive(Debug)]
pub struct Environment(Vec<Entry>);

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Environment {
        let mut entries = Vec::with_capacity(64);
        let mut next = spawn::environment();
        // SAFETY: `environ` ends with a null pointer; before that each points to a string that
        // nothing of ours changes and that stays for good.
        unsafe {
            while !next.is_null() && !(*next).is_null() {
                entries.push(Entry::Given(CStr::from_ptr(*next)));
                next = next.add(1);
            }
        }
        Environment(entries)
    }

    /// Removes a variable, as often as it is there.
    pub fn unset(&mut self, name: &[u8]) {
        self.0.retain(|entry| !entry.is(name));
    }

    /// Gives a variable a value. Neither may contain NULs; what comes after one is cut.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        self.unset(name);
        let mut text = Vec::with_capacity(name.len() + value.len() + 2);
        text.extend_from_slice(name);
        text.push(b'=');
        text.extend_from_slice(value);
        let text = CString::new(text).unwrap_or_else(|cut| {
            let len = cut.nul_position();
            let mut text = cut.into_vec();
            text.truncate(len);
            CString::new(text).unwrap_or_default()
        });
        self.0.push(Entry::Made(text));
    }

    /// Pointers to all of them and a null; valid as long as this is.
    pub(crate) fn pointers(&self) -> Vec<*const c_char> {
        let texts = self.0.iter().map(|entry| entry.text().as_ptr());
        texts.chain([ptr::null()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(texts: &[&CStr]) -> Environment {
        Environment(texts.iter().map(|t| Entry::Made((*t).into())).collect())
    }

    fn texts(env: &Environment) -> Vec<&[u8]> {
        env.0.iter().map(|e| e.text().to_bytes()).collect()
    }

    #[test]
    fn a_variable_is_replaced_wherever_and_however_often_it_was() {
        let mut env = made(&[c"A=1", c"AB=2", c"A=3", c"no equals sign", c"=x"]);
        env.set(b"A", b"new");
        assert_eq!(
            texts(&env),
            [&b"AB=2"[..], b"no equals sign", b"=x", b"A=new"]
        );
        env.unset(b"AB");
        env.unset(b"missing");
        assert_eq!(texts(&env), [&b"no equals sign"[..], b"=x", b"A=new"]);
        env.set(b"N", b"cut\0here");
        assert_eq!(texts(&env).last(), Some(&&b"N=cut"[..]));
        assert_eq!(env.pointers().len(), 5);
    }
}
