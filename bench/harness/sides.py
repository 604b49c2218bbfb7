"""The supervisors that are compared: how each is started, spoken to and ended.

A side never measures; it only knows commands. What it cannot do is None, and the figure then has
no value for it.
"""

import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPS = Path(os.environ.get("RUNIT_DEPS", ROOT / ".deps"))
PARTS = DEPS / "bench" / "parts"


class Side:
    """One supervisor. `programs`: the directory its programs are in."""

    key = title = ""
    # The short names (comm) of its long-lived processes: the one that scans, and one a service.
    scanner = supervisor = ""
    # Without being told it sees a new service directory by itself.
    sees_new = True
    # It has a process 1 of its own, to be measured above its tree.
    process_1 = False

    def __init__(self, programs):
        self.programs = Path(programs)

    def prepare(self, work):
        """What it needs of the mount namespace it is measured in; `work` is a directory for it."""

    def present(self):
        return (self.programs / self.scanner).exists()

    def program(self, name):
        return str(self.programs / name)

    def environment(self):
        return {"PATH": f"{self.programs}:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"}

    def tree(self, services):
        """Supervises every entry of the directory `services`."""
        return [self.program(self.scanner), str(services)]

    def end(self, tree_pid, services):
        """Ends the tree and its services; None if a signal was enough, else commands to run."""
        os.kill(tree_pid, signal.SIGTERM)

    def tell_new(self, services):
        """The command that makes it look for new services, where it needs one."""

    def up(self, service):
        """Starts one service and returns when it is up."""

    def down(self, service):
        """Ends one service and returns when it is down."""

    def restart(self, service):
        """Ends one service and returns when its successor is up."""

    def status(self, services):
        """Tells the state of these services, in one call."""


class Runit(Side):
    """runit and what is compatible with it."""

    scanner, supervisor = "runsvdir", "runsv"
    process_1 = True

    def end(self, tree_pid, services):
        os.kill(tree_pid, signal.SIGHUP)

    def up(self, service):
        return [self.program("sv"), "start", str(service)]

    def down(self, service):
        return [self.program("sv"), "stop", str(service)]

    def restart(self, service):
        return [self.program("sv"), "restart", str(service)]

    def status(self, services):
        return [self.program("sv"), "status", *map(str, services)]


class Ours(Runit):
    key, title = "ours", "runit-rs"


class Before(Runit):
    """Another build of ours, to tell what a change brought: RUNIT_BENCH_BEFORE names its programs."""

    key, title = "before", "runit-rs before"


class Debian(Runit):
    key, title = "debian", "C runit"


class Busybox(Runit):
    """Its applets that are compatible with runit; it has no process 1 of that kind."""

    key, title = "busybox", "busybox"
    process_1 = False


class S6(Side):
    key, title = "s6", "s6"
    scanner, supervisor = "s6-svscan", "s6-supervise"
    sees_new = False

    def prepare(self, work):
        # As if it were installed: it looks for its own programs in /usr/bin and nowhere else, and
        # its libraries are found as those of every package are.
        libraries = next(self.programs.parent.glob("lib/*-linux-*/"))
        cache = work / "ld.so.cache"
        subprocess.run(["/sbin/ldconfig", "-X", "-C", cache, libraries], check=True)
        subprocess.run(["mount", "--bind", cache, "/etc/ld.so.cache"], check=True)
        subprocess.run(["mount", "--bind", self.programs, "/usr/bin"], check=True)

    def tree(self, services):
        # Its default is at most 500 services, and to wait between two scans.
        return [self.program("s6-svscan"), "-c", "10000", str(services)]

    def tell_new(self, services):
        return [self.program("s6-svscanctl"), "-a", str(services)]

    def up(self, service):
        return [self.program("s6-svc"), "-wu", "-T", "7000", "-u", str(service)]

    def down(self, service):
        return [self.program("s6-svc"), "-wD", "-T", "7000", "-d", str(service)]

    def restart(self, service):
        return [self.program("s6-svc"), "-wr", "-T", "7000", "-r", str(service)]

    def status(self, services):
        return [self.program("s6-svstat"), str(services[0])] if len(services) == 1 else None


class Daemontools(Side):
    key, title = "daemontools", "daemontools"
    scanner, supervisor = "svscan", "supervise"

    def end(self, tree_pid, services):
        os.kill(tree_pid, signal.SIGTERM)
        every = sorted(map(str, services.iterdir()))
        return [[self.program("svc"), "-dx", *every]]

    def status(self, services):
        return [self.program("svstat"), *map(str, services)]


class Floor(Side):
    """Not a supervisor: the least that a process for each service can cost."""

    key, title = "floor", "floor"
    scanner, supervisor = "floor", "floor-one"
    sees_new = None


def ours_dir():
    """The release build, or what RUNIT_BENCH_OURS names."""
    return Path(os.environ.get("RUNIT_BENCH_OURS", ROOT / "target/small/programs"))


def all_sides():
    sides = [
        Ours(ours_dir()),
        Before(os.environ.get("RUNIT_BENCH_BEFORE", "/nowhere")),
        Debian(DEPS / "oracle-release/usr/bin"),
        Busybox(DEPS / "bench/busybox"),
        S6(DEPS / "bench/s6/usr/bin"),
        Daemontools(DEPS / "bench/daemontools/usr/bin"),
        Floor(PARTS),
    ]
    return {side.key: side for side in sides if side.present()}
