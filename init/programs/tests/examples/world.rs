//! A machine as the articles have it: runit as process 1, our examples in /etc/sv, users, a host
//! name, a network, and Debian's daemons unpacked, nothing installed. busybox gives it the rest.
//!
//! /service and /var/service, of which the articles speak, lead to /etc/service.

use crate::common::*;
use crate::machine::{Machine, Plan};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/sh
www-data:x:33:33::/var/www:/usr/sbin/nologin
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
postgres:x:101:101::/var/lib/postgresql:/bin/sh
memcache:x:102:102::/nonexistent:/usr/sbin/nologin
_runit-log:x:103:103::/nonexistent:/usr/sbin/nologin
appuser:x:1001:1001::/home/appuser:/bin/sh
callcenter:x:1002:1002::/home/callcenter:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
";

const GROUP: &str = "\
root:x:0:
www-data:x:33:
postgres:x:101:
memcache:x:102:
_runit-log:x:103:
appuser:x:1001:
callcenter:x:1002:
nogroup:x:65534:
";

/// Where programs are looked for in it: those under test first, busybox's last.
const PATH: &str = "/sbin:/opt/bin:/usr/sbin:/usr/bin:/busybox";

/// The programs under test that the examples use. `pause` is none of runit's own.
const PROGRAMS: [&str; 7] = [
    "runsvdir",
    "runsv",
    "sv",
    "svlogd",
    "chpst",
    "runsvchdir",
    "utmpset",
];

/// Before the root is entered; in it already: /proc, /dev and a place for /usr.
const BEFORE: &str = r#"
mount --bind "$DEPS/examples/usr" usr
mount -o remount,ro,bind usr
for device in full random urandom; do
    : >dev/$device
    mount --bind /dev/$device dev/$device
done
mkdir -p dev/shm
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s /proc/self/fd dev/fd
mkdir -p busybox root var/log var/lib var/tmp opt/bin home/appuser/service home/callcenter etc/service
chmod 1777 tmp var/tmp
cp "$DEPS/busybox/busybox" busybox/
chroot . /busybox/busybox --install -s /busybox
for name in init halt poweroff reboot sv runsvdir; do rm -f "busybox/$name"; done
cp -R "$EXAMPLES" etc/sv
[ ! -d own-sv ] || cp -R own-sv/. etc/sv/
ln -s /etc/service service
ln -s /etc/service var/service
ln -s /run var/run
mkdir -p etc/ssh
cp "$DEPS"/examples/etc/services etc/
echo '127.0.0.1 localhost' >etc/hosts
chown -R 1001:1001 home/appuser
chown -R 1002:1002 home/callcenter
"#;

/// As the first thing in it: a name and a network of its own, with the article's address.
const LAUNCH: &str = "hostname jimmy
/busybox/ip link set lo up
/busybox/ip addr add 192.168.6.20/32 dev lo
exec /sbin/runit";

/// The machine, running.
pub struct World {
    pub machine: Machine,
}

impl World {
    /// As it is.
    #[track_caller]
    pub fn new() -> World {
        World::with(|plan| plan)
    }

    /// With what `more` adds: files below `own-sv` come over the examples.
    #[track_caller]
    pub fn with(more: impl FnOnce(Plan) -> Plan) -> World {
        let deps = deps();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sv-examples");
        let dots = ".".repeat(395);
        let mut plan = Plan::new()
            .own_network()
            .env("DEPS", &deps.display().to_string())
            .env("EXAMPLES", &examples.display().to_string())
            .env("LANG", "C")
            .file("etc/passwd", PASSWD, 0o644)
            .file("etc/group", GROUP, 0o644)
            .before(BEFORE)
            .stage(
                2,
                &format!("echo $$ >>/t/two\nexec /busybox/env - PATH={PATH} runsvdir -P /etc/service 'log: {dots}'"),
            )
            .launch(LAUNCH);
        for name in PROGRAMS {
            plan = plan.with_program(name);
        }
        if under_test() == Under::Ours {
            plan = plan.with_program("pause");
        }
        let world = World {
            machine: more(plan).boot(),
        };
        let start = Instant::now();
        while world.machine.lines("t/two").is_empty() {
            assert!(
                start.elapsed() < LONG,
                "it does not start: {}\n{}",
                world.machine.stderr(),
                world.machine.console()
            );
            std::thread::sleep(Duration::from_millis(3));
        }
        world
    }

    /// A path in it, as seen from here.
    pub fn path(&self, path: &str) -> PathBuf {
        self.machine.path(path)
    }

    /// Runs a command as root.
    #[track_caller]
    pub fn try_run(&self, command: &str) -> Output {
        let whole = format!("export PATH={PATH}; unset RUNIT_DEPS; {command}");
        self.machine.inside(&whole)
    }

    /// Runs a command as this user, in his home directory.
    #[track_caller]
    pub fn try_run_as(&self, user: &str, command: &str) -> Output {
        let command = command.replace('\'', r"'\''");
        self.try_run(&format!(
            "cd /home/{user} && HOME=/home/{user} exec chpst -u {user} /bin/sh -c '{command}'"
        ))
    }

    /// Runs a command as root that must succeed. Returns what it prints.
    #[track_caller]
    pub fn run(&self, command: &str) -> String {
        let out = self.try_run(command);
        assert_eq!(out.code, 0, "`{command}`: {out:#?}");
        out.stdout
    }

    /// Repeats a command until it succeeds. Returns what it prints then.
    #[track_caller]
    pub fn until(&self, what: &str, command: &str) -> String {
        let start = Instant::now();
        loop {
            let out = self.try_run(command);
            if out.code == 0 {
                return out.stdout;
            }
            assert!(
                start.elapsed() < LONG,
                "in vain: {what}; `{command}`: {out:#?}\n{}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Makes the empty database that Debian's package makes when it is installed.
    #[track_caller]
    pub fn initdb(&self) {
        self.run(
            "set -e
            initdb=$(echo /usr/lib/postgresql/*/bin/initdb)
            version=${initdb#/usr/lib/postgresql/}
            main=/var/lib/postgresql/${version%%/*}/main
            mkdir -p $main
            chown -R postgres /var/lib/postgresql
            cd /
            chpst -u postgres $initdb --no-sync -A trust --locale=C -D $main
            echo 'fsync = off' >>$main/postgresql.conf",
        );
    }

    /// The environment of the process of a service, its variables that begin so; none while there is
    /// no process, as between the two of a restart (C's sv may return before the second).
    #[track_caller]
    pub fn variables(&self, service: &str, begin: &str) -> Vec<String> {
        let environ = self.run(&format!(
            "pid=$(cat {service}/supervise/pid); cat /proc/${{pid:-none}}/environ 2>/dev/null || true"
        ));
        let all = environ.split('\0').filter(|v| v.starts_with(begin));
        let mut variables: Vec<String> = all.map(str::to_string).collect();
        variables.sort();
        variables
    }

    /// Puts these examples under supervision, the way every article does.
    #[track_caller]
    pub fn serve(&self, names: &[&str]) {
        for name in names {
            self.run(&format!("ln -s /etc/sv/{name} /service/"));
        }
    }

    /// All logs there are, for the message of a test that fails.
    pub fn logs(&self) -> String {
        let look = "ps axf; for log in /var/log/*/current; do echo \"== $log\"; cat $log; done";
        self.try_run(look).stdout
    }
}

/// What `make deps` fetched.
#[track_caller]
fn deps() -> PathBuf {
    let deps = std::env::var_os("RUNIT_DEPS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.deps"),
        PathBuf::from,
    );
    for part in ["examples", "busybox"] {
        assert!(
            deps.join(part).is_dir(),
            "{part} is not in {}: run `make deps`",
            deps.display()
        );
    }
    deps.canonicalize().expect("it is there")
}
