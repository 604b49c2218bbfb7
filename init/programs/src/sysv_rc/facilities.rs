//! What `$syslog` and its like stand for: /etc/insserv.conf and /etc/insserv.conf.d, or, on a system
//! without insserv, what Debian's packages mean by them.

use super::options::Options;
use runit_core::lsb;
use runit_sys::{dir, fd, file};

const LONGEST: usize = 1 << 20;
const WITHOUT_INSSERV: &[u8] = b"\
$local_fs mountall mountall-bootclean mountoverflowtmp umountfs
$network networking ifupdown NetworkManager network-manager connman wicd
$named named dnsmasq bind9 unbound $network
$remote_fs $local_fs mountnfs mountnfs-bootclean umountnfs sendsigs
$syslog rsyslog sysklogd syslog-ng inetutils-syslogd socklog busybox-syslogd
$time hwclock chrony ntpsec ntp
$portmap rpcbind
";

/// Names with a dollar sign, and words that each stands for: all of all its lines.
#[derive(Clone, Debug, Default)]
pub struct Facilities(Vec<(Vec<u8>, Vec<Vec<u8>>)>);

impl Facilities {
    /// Those of the system.
    #[must_use]
    pub fn read(options: &Options) -> Facilities {
        let mut all = Facilities::default();
        match file::read_all(&options.path(&[b"/etc/insserv.conf"]), LONGEST) {
            Ok(text) => all.add(&text),
            Err(_) => all.add(WITHOUT_INSSERV),
        }
        let place = options.path(&[b"/etc/insserv.conf.d"]);
        let names = fd::open_dir(&place).and_then(|dir| dir::visible_names(&dir));
        for name in names.unwrap_or_default() {
            let path = options.path(&[b"/etc/insserv.conf.d/", name.to_bytes()]);
            if let Ok(text) = file::read_all(&path, LONGEST) {
                all.add(&text);
            }
        }
        all
    }

    /// Takes up the lines of a file.
    pub fn add(&mut self, text: &[u8]) {
        for line in text.split(|&b| b == b'\n') {
            let Some((name, value)) = lsb::facility(line) else {
                continue;
            };
            let words = lsb::words(value).map(|word| word.strip_prefix(b"+").unwrap_or(word));
            let words = words.map(<[u8]>::to_vec).collect();
            self.0.push((name.to_vec(), words));
        }
    }

    /// What a name stands for; nothing where it is not known.
    pub fn words(&self, name: &[u8]) -> impl Iterator<Item = &[u8]> {
        let known = self.0.iter().filter(move |(known, _)| known == name);
        known.flat_map(|(_, words)| words.iter().map(Vec::as_slice))
    }
}
