//! What an administrator does on a real Debian ([`Debian`]), and looks at afterwards: packages from the second disk,
//! a restart by a command, the list of all files. Reads what the console says meanwhile, and is alarmed by what
//! nobody likes to read. Decides nothing else about what is right: the tests do.

use crate::debian::Debian;
use crate::machine::Machine;
use crate::qmp::End;

/// Words of messages that an administrator would look into.
const ALARMING: &[&str] = &[
    "error",
    "fail",
    "fatal",
    "cannot",
    "can't",
    "unable",
    "not found",
    "no such",
    "denied",
    "warning",
    "invalid",
    "timed out",
    "syntax",
    "usage:",
    "terminated",
    "killed",
];

/// Asks nothing, and draws no progress.
const APT: &str = "apt-get -y -q -o Dpkg::Use-Pty=0";

/// Everything but what the kernel, dpkg and apt note for themselves, and what is gone at the next boot.
const FILES: &str = "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /srv -o -path /tmp \
    -o -path /root -o -path /var/tmp -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache \
    -o -path /var/log/apt \\) -prune -o -type d -printf '%p/\\n' -o -print | LC_ALL=C sort";

/// What comes on a Debian by itself while it is used, as extended regular expressions.
const COMES_BY_ITSELF: &[&str] = &[
    // The account of the loggers stays, as files may belong to it.
    "/etc/(passwd|group|shadow|gshadow|subuid|subgid)-",
    // hwclock has set the clock at a shutdown.
    "/etc/adjtime",
    // Debian's own loggers.
    "/var/log/user\\.log|/var/log/dmesg(\\.[0-9].*)?",
];

/// What alarms nobody, wherever it is read.
const HARMLESS: &[&str] = &[
    // The kernel's options of the file system.
    "errors=remount-ro",
];

/// Somebody who is logged in as root at the console of a Debian.
pub struct Administrator {
    /// The machine, for what is done there besides.
    pub vm: Machine,
    known: &'static [&'static str],
    alarms: Vec<String>,
}

impl Administrator {
    /// Starts `debian` and logs in. A line with one of the pieces `known` alarms nobody.
    #[must_use]
    #[track_caller]
    pub fn of(debian: Debian, known: &'static [&'static str]) -> Administrator {
        let mut vm = debian.start();
        vm.log_in();
        let mut somebody = Administrator {
            vm,
            known,
            alarms: Vec::new(),
        };
        somebody.logged_in();
        somebody
    }

    /// apt asks nothing, and knows the packages of the second disk only.
    #[track_caller]
    fn logged_in(&mut self) {
        self.vm
            .run("export DEBIAN_FRONTEND=noninteractive LC_ALL=C");
        self.vm
            .run("mkdir -p /srv/repo && { mountpoint -q /srv/repo || mount /dev/vdb /srv/repo; }");
    }

    /// Installs `packages`, as apt-get takes them.
    #[track_caller]
    pub fn installs(&mut self, packages: &str) {
        self.vm.step(&format!("install {packages}"));
        self.vm.run("apt-get update -qq");
        let said = self
            .vm
            .run(&format!("{APT} install --no-install-recommends {packages}"));
        self.reads(&said, &format!("installing {packages}"));
    }

    /// Purges `packages`: none of them is left in dpkg's list, not even its settings.
    #[track_caller]
    pub fn purges(&mut self, packages: &str) {
        self.vm.step(&format!("purge {packages}"));
        let said = self.vm.run(&format!("{APT} purge {packages}"));
        self.vm
            .run(&format!("! dpkg -l {packages} | grep -E '^[a-z][ic]'"));
        self.reads(&said, &format!("purging {packages}"));
    }

    /// Types `command`, which is to restart the machine; process 1 is called `name` then. The root file system is
    /// left clean, unless the file of the process 1 that ends is gone: that is one file in use until the next start.
    #[track_caller]
    pub fn restarts_by(&mut self, command: &str, name: &str) {
        self.vm.step(&format!("{command}, into {name}"));
        let replaced = self.vm.try_run("readlink /proc/1/exe | grep deleted").0 == 0;
        let before = self.vm.transcript().len();
        self.vm.send(command);
        assert_eq!(self.vm.ends(), End::Reset);
        let down = self.vm.transcript().split_off(before);
        self.reads(&down, "on the way down");
        self.vm.stop();
        if !replaced {
            self.vm.assert_clean("disk.img");
        }
        self.vm.start_again();
        self.vm.step(&format!("up by {name}"));
        self.vm.log_in();
        self.reads(&self.vm.transcript(), "at boot");
        assert_eq!(self.vm.run("cat /proc/1/comm"), format!("{name}\n"));
        self.logged_in();
    }

    /// Types `poweroff`: the machine goes off and leaves a clean root file system. The last thing that is done:
    /// nothing that was read since the start was alarming.
    #[track_caller]
    pub fn goes_home(mut self) {
        self.vm.step("poweroff");
        let before = self.vm.transcript().len();
        self.vm.send("poweroff");
        assert_eq!(self.vm.ends(), End::PowerOff);
        let said = self.vm.transcript().split_off(before);
        self.reads(&said, "on the way down");
        self.vm.stop();
        self.vm.assert_clean("disk.img");
        assert!(self.alarms.is_empty(), "\n{}", self.alarms.join("\n"));
    }

    /// Notes all files there are as `list`, for [`Administrator::new_files`].
    #[track_caller]
    pub fn notes_files(&mut self, list: &str) {
        self.vm.run(&format!("{FILES} >/srv/{list}"));
    }

    /// The files that came or went since `list` was noted: `+/a/file`, `-/another`, without those that come by
    /// themselves or that an extended regular expression of `but` matches.
    #[track_caller]
    pub fn new_files(&mut self, list: &str, but: &[&str]) -> String {
        self.vm.step("files that came or went");
        self.notes_files("files.now");
        let but = [COMES_BY_ITSELF, but].concat().join("|");
        self.vm.run(&format!(
            "diff -U0 /srv/{list} /srv/files.now | sed 1,2d | grep -v '^@' | grep -Ev '^.({but})$' || :"
        ))
    }

    fn reads(&mut self, said: &str, what: &str) {
        let alarming = alarming(said, self.known).map(|line| format!("{what}: {line}"));
        self.alarms.extend(alarming);
    }
}

/// The lines of `said` with an alarming word, but for those with one of the pieces `known`.
fn alarming<'a>(said: &'a str, known: &'a [&str]) -> impl Iterator<Item = &'a str> {
    said.lines().filter(|line| {
        let lower = line.to_lowercase();
        ALARMING.iter().any(|word| lower.contains(word))
            && !known
                .iter()
                .chain(HARMLESS)
                .any(|piece| line.contains(piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarming_lines_are_found_whatever_their_case_and_known_ones_left_out() {
        let said =
            "all is well\nmount: Permission denied\nsh: x: not found\nudevd: Unable to do it\n";
        let heard: Vec<&str> = alarming(said, &["Unable to do"]).collect();
        assert_eq!(heard, ["mount: Permission denied", "sh: x: not found"]);
    }
}
