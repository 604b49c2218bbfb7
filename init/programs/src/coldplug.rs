//! coldplug: has the kernel tell once more of every driver and device that it told of before anybody listened.
//!
//! It decides which those are and in which order: modules, buses and drivers first, then devices, each after what it
//! is plugged into; devices whose rules look at others come last. It must never leave the directories of devices
//! through a link, and never stop because one device is gone or its driver will not.

use crate::cli::{Asked, Voice};
use runit_core::decimal;
use runit_core::options::{Opt, Options};
use runit_sys::entry::Args;
use runit_sys::folder::{self, Folder};
use runit_sys::{Errno, clock, file, poll, say};
use std::ffi::{CStr, CString};

const VOICE: Voice<'static> = Voice::new(b"coldplug");
/// Where Linux shows its devices, unless told otherwise.
const SYS: &CStr = c"/sys";
/// The file of a device, driver, bus or module that has the kernel tell of it.
const UEVENT: &CStr = c"uevent";
/// All sockets that are told things by the kernel; the number of what tells of devices.
const LISTENERS: &CStr = c"/proc/net/netlink";
const DEVICES: &[u8] = b"15";
/// Microseconds between two looks at them, as nobody tells; and most bytes that are read.
const LOOK: u32 = 10_000;
const MOST: usize = 1 << 20;

/// What it was asked for.
struct Order {
    only_say: bool,
    /// Seconds to wait for somebody who listens.
    wait: u64,
    sys: &'static CStr,
}

/// `coldplug [-n] [-w seconds] [sys]`: 0, 100 after a usage error, 111 where there are no devices or all refused.
pub fn main(args: Args) -> i32 {
    asked(&args).answer(VOICE, b" [-n] [-w seconds] [sys]", work)
}

fn asked(args: &Args) -> Asked<Order> {
    let mut only_say = false;
    let mut wait = 0;
    let mut options = Options::new(b"nw:V", |n| args.get(n));
    for option in &mut options {
        match option {
            Opt::Flag(b'n') => only_say = true,
            Opt::Value(_, seconds) => match decimal::unsigned(seconds.to_bytes()) {
                Some(seconds) => wait = seconds,
                None => return Asked::Mistake,
            },
            Opt::Flag(_) => return Asked::Version,
            Opt::Unknown(letter) => return Asked::Unknown(letter),
            Opt::Missing(letter) => return Asked::Missing(letter),
        }
    }
    let first = options.operands();
    if args.get(first + 1).is_some() {
        return Asked::Mistake;
    }
    Asked::Work(Order {
        only_say,
        wait,
        sys: args.get(first).unwrap_or(SYS),
    })
}

fn work(order: &Order) -> i32 {
    let sys = order.sys;
    let mut walk = Walk {
        path: sys.to_bytes().to_vec(),
        only_say: order.only_say,
        told: 0,
        refused: None,
        put_off: [Vec::new(), Vec::new()],
    };
    wait_for_listener(order.wait);
    if let Err(error) = walk.all(sys) {
        return VOICE.fatal_because(&[b"unable to find devices in ", sys.to_bytes()], error);
    }
    match walk.refused {
        // One that will not is nothing; all of them are.
        Some(error) if walk.told == 0 => {
            VOICE.fatal_because(&[b"unable to ask for any device"], error)
        }
        _ => 0,
    }
}

/// Until somebody listens, or it took so many seconds. A daemon's own socket may be there a moment before it listens
/// to the kernel, and what is told in between is lost.
fn wait_for_listener(seconds: u64) {
    let until = clock::mono().plus_ms(seconds.saturating_mul(1000));
    while until > clock::mono() {
        match file::read_all(LISTENERS, MOST) {
            Ok(table) if !somebody_listens(&table) => poll::nap(LOOK),
            // It cannot be known.
            _ => return,
        }
    }
}

/// Whether a socket of this table (address, what tells, process, groups as bits in hexadecimal, and more) hears of
/// devices from the kernel itself, which is group 1.
fn somebody_listens(table: &[u8]) -> bool {
    table.split(|&b| b == b'\n').any(|line| {
        let mut words = line.split(|&b| b == b' ').filter(|word| !word.is_empty());
        let tells = words.nth(1);
        let groups = words.nth(1).and_then(<[u8]>::last);
        let odd = groups.is_some_and(|digit| b"13579bdf".contains(digit));
        tells == Some(DEVICES) && odd
    })
}

/// One way through the directories.
struct Walk {
    /// Where it is.
    path: Vec<u8>,
    only_say: bool,
    told: usize,
    /// Why one did not take it.
    refused: Option<Errno>,
    /// What comes later: of sound cards, then what is made of other disks.
    put_off: [Vec<Vec<u8>>; 2],
}

/// What is in a directory.
#[derive(Default)]
struct Content {
    /// Directories, in the order of their names.
    inner: Vec<CString>,
    uevent: bool,
    subsystem: bool,
}

fn look(dir: &Folder) -> Content {
    let mut content = Content::default();
    // What vanishes while it is read is passed over.
    let _ = dir.each_name(|name, directory| match name.to_bytes() {
        b"." | b".." => {}
        _ if directory => content.inner.push(name.to_owned()),
        b"uevent" => content.uevent = true,
        b"subsystem" => content.subsystem = true,
        _ => {}
    });
    content.inner.sort_unstable();
    content
}

impl Walk {
    fn all(&mut self, sys: &CStr) -> Result<(), Errno> {
        let sys = Folder::open(sys)?;
        drop(sys.enter(c"devices")?);
        self.inside(&sys, c"module", |walk, modules| walk.each_told(modules));
        self.inside(&sys, c"bus", |walk, buses| {
            for bus in look(buses).inner {
                walk.inside(buses, &bus, |walk, bus| {
                    walk.tell(bus);
                    walk.inside(bus, c"drivers", |walk, drivers| walk.each_told(drivers));
                });
            }
        });
        self.inside(&sys, c"devices", Walk::devices);
        for later in 0..self.put_off.len() {
            for path in std::mem::take(&mut self.put_off[later]) {
                let Ok(whole) = CString::new(path) else {
                    continue;
                };
                if let Ok(dir) = Folder::open_no_link(&whole) {
                    self.path = whole.into_bytes();
                    self.devices(&dir);
                }
            }
        }
        Ok(())
    }

    /// Does something in a directory of this one, if it is there.
    fn inside(&mut self, dir: &Folder, name: &CStr, work: impl FnOnce(&mut Walk, &Folder)) {
        let Ok(dir) = dir.enter(name) else {
            return;
        };
        let len = self.path.len();
        self.path.push(b'/');
        self.path.extend(name.to_bytes());
        work(self, &dir);
        self.path.truncate(len);
    }

    /// Tells of every directory in this one.
    fn each_told(&mut self, dir: &Folder) {
        for name in look(dir).inner {
            self.inside(dir, &name, Walk::tell);
        }
    }

    /// Tells of this directory, if it is a device, and then of all below it.
    fn devices(&mut self, dir: &Folder) {
        let content = look(dir);
        if content.uevent && content.subsystem {
            self.tell(dir);
        }
        for name in content.inner {
            // Settings of the device, never a device plugged into it; elsewhere it may be one.
            if content.uevent && name.to_bytes() == b"power" {
                continue;
            }
            match when(&self.path, name.to_bytes()) {
                None => self.inside(dir, &name, Walk::devices),
                Some(later) => {
                    let path = [&self.path, &b"/"[..], name.to_bytes()].concat();
                    self.put_off[later].push(path);
                }
            }
        }
    }

    /// Has the kernel tell of it, or says it, where there is a file for that.
    fn tell(&mut self, dir: &Folder) {
        if self.only_say {
            if dir.about(UEVENT).is_ok() {
                say::output(&[&self.path]);
            }
            return;
        }
        let told = dir
            .write(UEVENT)
            .and_then(|uevent| folder::write_once(uevent, b"add"));
        match told {
            Ok(_) => self.told += 1,
            // Most that are asked for in vain have no such file.
            Err(Errno::NOENT) => {}
            Err(error) => self.refused = Some(error),
        }
    }
}

/// Whether what is called so in `path` comes later, and how late: a rule for the control device of a sound card
/// looks at the rest of the card, one for a disk that is made of others at all of these.
fn when(path: &[u8], name: &[u8]) -> Option<usize> {
    let mut above = path.rsplit(|&b| b == b'/');
    let parent = above.next().unwrap_or_default();
    if parent.starts_with(b"card") && above.next() == Some(b"sound") {
        return name.starts_with(b"controlC").then_some(0);
    }
    let made_of_others = name.starts_with(b"md") || name.starts_with(b"dm-");
    (parent == b"block" && made_of_others).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::{somebody_listens, when};

    #[test]
    fn a_socket_in_the_kernels_group_listens() {
        let table = |line: &str| {
            let head = "sk       Eth Pid  Groups   Rmem Wmem Dump Locks Drops Inode\n";
            format!("{head}{line}\n").into_bytes()
        };
        assert!(somebody_listens(&table(
            "0000 15  305  00000001 0 0 0 2 0 9"
        )));
        assert!(somebody_listens(&table(
            "0000 15  0    0000000b 0 0 0 2 0 9"
        )));
        // Of udev, not of the kernel; of interfaces; the kernel's own.
        for other in [
            "0000 15  305  00000002 0 0 0 2 0 9",
            "0000 0   305  00000001 0 0 0 2 0 9",
            "0000 15  0    00000000 0 0 0 2 0 9",
            "",
        ] {
            assert!(!somebody_listens(&table(other)), "{other}");
        }
    }

    #[test]
    fn devices_that_look_at_others_come_later() {
        let late = |path: &str, name: &str| when(path.as_bytes(), name.as_bytes());
        assert_eq!(late("/sys/devices/x/sound/card0", "controlC0"), Some(0));
        assert_eq!(late("/sys/devices/x/sound/card0", "pcmC0D0p"), None);
        assert_eq!(late("/sys/devices/x/card0", "controlC0"), None);
        assert_eq!(late("/sys/devices/virtual/block", "md127"), Some(1));
        assert_eq!(late("/sys/devices/virtual/block", "dm-0"), Some(1));
        assert_eq!(late("/sys/devices/virtual/block", "loop0"), None);
        assert_eq!(late("/sys/devices/virtual/net", "dm-0"), None);
    }
}
