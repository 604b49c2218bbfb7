//! Which scripts are not run because somebody else does their work, or nobody shall.

use super::options::{Options, Verb};
use super::scripts::Script;
use runit_sys::file;
use std::ffi::CString;

/// Where services are kept, active or not.
const SERVICES: [&[u8]; 2] = [b"/etc/sv/", b"/usr/share/runit/sv.current/"];
const OVERRIDE: &[u8] = b"/etc/runit/override-sysv.d/";
/// Names of scripts whose work is done by the duties of boot.d and shutdown.d.
const REPLACED: &[u8] = b"/usr/lib/runit/sysv-replaced";
const LONGEST: usize = 1 << 16;
/// One mark for each script that was started.
pub const MARKS: &[u8] = b"/run/runit/sysv/";

/// What the files of this system say.
#[derive(Debug)]
pub struct Rules<'a> {
    options: &'a Options,
    /// Nothing of /etc/rc2.d.
    none: bool,
    /// Services replace no script.
    always_sysv: bool,
    replaced: Vec<u8>,
    /// Names of a script that was left out, and the service that stands for it.
    services: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Rules<'a> {
    /// Looks at the flag files.
    #[must_use]
    pub fn read(options: &'a Options) -> Rules<'a> {
        let flag = |name: &[u8]| file::entry_exists(&options.path(&[b"/etc/runit/", name]));
        let replaced = match options.all {
            true => Vec::new(),
            false => file::read_all(&options.path(&[REPLACED]), LONGEST).unwrap_or_default(),
        };
        Rules {
            options,
            none: flag(b"no.emulate.sysv") && options.level() != b'S',
            always_sysv: flag(b"lsb.runit.sysv"),
            replaced,
            services: Vec::new(),
        }
    }

    /// Why a script is not to be run, if so.
    pub fn why_not(&mut self, script: &Script) -> Option<String> {
        let says = |kind: &[u8]| {
            let path = |name: &[u8]| self.options.path(&[OVERRIDE, name, b".", kind]);
            file::entry_exists(&path(script.base())) || file::entry_exists(&path(&script.name))
        };
        if self.options.leaves_alone(script.base()) || self.options.leaves_alone(&script.name) {
            return Some("as was asked for".into());
        }
        let started = file::entry_exists(&self.mark(script));
        if self.options.verb == Verb::Stop {
            return (!started).then(|| "not started".into());
        }
        if self.none {
            return Some("/etc/runit/no.emulate.sysv".into());
        }
        let early = self
            .options
            .path(&[b"/etc/runit/no.emulate.sysv.d/", &script.name]);
        if says(b"block") || says(b"pkgblock") || file::entry_exists(&early) {
            return Some("blocked".into());
        }
        if started {
            return Some("started already".into());
        }
        if self.is_replaced(script.base()) {
            return Some("boot.d does it".into());
        }
        let service = self.service_of(script.base());
        let sysv = self.always_sysv || says(b"sysv") || says(b"pkgsysv");
        let runit = says(b"runit") || says(b"pkgrunit");
        let service = service.filter(|_| runit || !sysv)?;
        let told = format!("service {}", String::from_utf8_lossy(&service));
        let names = script.names();
        let names = names.map(|name| (name.to_vec(), service.clone()));
        self.services.extend(names);
        Some(told)
    }

    fn is_replaced(&self, name: &[u8]) -> bool {
        let mut lines = self.replaced.split(|&b| b == b'\n');
        lines.any(|line| line.trim_ascii() == name)
    }

    /// The service of this name, or its first instance.
    fn service_of(&self, name: &[u8]) -> Option<Vec<u8>> {
        let instance = [name, b"@default"].concat();
        [name.to_vec(), instance].into_iter().find(|service| {
            SERVICES
                .iter()
                .any(|place| file::entry_exists(&self.options.path(&[place, service, b"/run"])))
        })
    }

    /// The service to wait for where a script needs `word`: one that is switched on. Before the
    /// services run there is none.
    #[must_use]
    pub fn service(&self, word: &[u8]) -> Option<Vec<u8>> {
        if self.options.verb == Verb::Stop || self.options.level() == b'S' {
            return None;
        }
        let known = self.services.iter().find(|(name, _)| name == word);
        let service = known.map_or(word, |(_, service)| service);
        let is_on = file::entry_exists(&self.options.path(&[b"/etc/service/", service]));
        (is_on && !service.contains(&b'/')).then(|| service.to_vec())
    }

    fn mark(&self, script: &Script) -> CString {
        self.options.path(&[MARKS, script.base()])
    }
}
