//! The guests of the bench of the end of a machine (`vm-reboot`): the same kernel, user land and
//! services, with runit-rs, with Debian's runit, or with nothing but the services. It only says
//! what is in them; it measures nothing.

use std::io;

use crate::tree::Tree;
use crate::{image, places};

/// What is process 1, and supervises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Our programs and stages, all duties of `shutdown.d` included.
    Ours,
    /// Debian's package, its stage 3 without any SysV script to run after the services.
    Debian,
    /// No supervisor: process 1 starts the services, sends each TERM, waits, and resets.
    Floor,
}

/// What the kernel is told to print when a guest begins to go down.
pub const BEGIN: &str = "bench: begin";
/// What the kernel says as its last word.
pub const END: &str = "reboot: Restarting system";

/// Waits until every service is up, and some time more; says when it asks for the end, and how.
const ASKS: &str = "#!/bin/sh\n\
    until [ \"$(cat /etc/sv/s*/supervise/stat 2>/dev/null | grep -c '^run')\" = COUNT ]; do sleep 1; done\n\
    sleep 3\n\
    echo '<0>bench: begin' >/dev/kmsg\n\
    /sbin/reboot\n\
    exec /service\n";

/// What Debian leaves to other packages: what its stage 1 runs, and needs.
const DEBIAN_MOUNTS: &str = "#!/bin/sh\n\
    mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmpfs /run\n";

impl Side {
    /// All of them.
    pub const ALL: [Side; 3] = [Side::Ours, Side::Debian, Side::Floor];

    /// Its name in a table.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Side::Ours => "runit-rs",
            Side::Debian => "C runit",
            Side::Floor => "the services alone",
        }
    }

    /// Its guest's files, with `count` services that end at once.
    ///
    /// # Errors
    ///
    /// A file or directory that cannot be read.
    pub fn tree(self, count: usize) -> io::Result<Tree> {
        let program = places::dep("bench/parts").join("reboot");
        let mut tree = match self {
            Side::Ours => image::minimal(&places::stage())?,
            Side::Debian => debian()?,
            Side::Floor => {
                let mut tree = Tree::new();
                tree.device("/dev/console", 0o600, 5, 1)
                    .device("/dev/kmsg", 0o600, 1, 11)
                    .copy("/sbin/init", 0o755, &program);
                tree
            }
        };
        tree.copy("/service", 0o755, &program);
        if self == Side::Floor {
            return Ok(tree);
        }
        if self == Side::Ours && std::env::var_os("RUNIT_BENCH_DUTIES").is_some() {
            let duty = "#!/bin/sh\ncat /run/runit/shutdown-times\n";
            tree.file("/etc/runit/shutdown.d/99-times.sh", 0o755, duty);
        }
        // No service but these.
        tree.remove("/etc/sv").remove("/etc/runit/runsvdir/default");
        // One of them asks for the end, and then is as the others. (C runsvdir takes 1,000 at most.)
        for n in 1..count {
            let name = format!("s{n:04}");
            service(&mut tree, &name);
            tree.link(&format!("/etc/sv/{name}/run"), "/service");
        }
        service(&mut tree, "asks");
        let asks = ASKS.replace("COUNT", &(count - 1).to_string());
        tree.file("/etc/sv/asks/run", 0o755, asks);
        Ok(tree)
    }
}

fn service(tree: &mut Tree, name: &str) {
    let at = format!("/etc/sv/{name}");
    tree.directory(&at, 0o755)
        .link(&format!("/etc/runit/runsvdir/default/{name}"), &at);
}

/// Debian's package over the minimal guest's user land, as its runit-init package links it.
fn debian() -> io::Result<Tree> {
    let mut tree = image::user_land();
    let package = places::dep("oracle-release");
    for (from, to) in [
        ("etc", "/etc"),
        ("usr", "/usr"),
        ("lib", "/usr/lib"),
        ("sbin", "/usr/sbin"),
    ] {
        tree.graft(&package.join(from), to)?;
    }
    tree.remove("/etc/service");
    tree.link("/etc/service", "/etc/runit/runsvdir/current")
        .link("/etc/runit/runsvdir/current", "default")
        .link("/sbin/init", "/lib/runit/runit-init")
        .link("/sbin/reboot", "/lib/runit/shutdown")
        .file("/etc/runit/no.emulate.sysv", 0o644, "")
        .file("/etc/rcS.d/S01mounts", 0o755, DEBIAN_MOUNTS)
        // What its stage 1 wants of coreutils, and busybox has not.
        .file(
            "/bin/install",
            0o755,
            "#!/bin/sh\n: >\"$3\"; chmod 0 \"$3\"\n",
        );
    for flag in ["stopit", "reboot"] {
        tree.link(&format!("/etc/runit/{flag}"), &format!("/run/runit.{flag}"));
    }
    image::add_busybox(&mut tree)?;
    Ok(tree)
}
