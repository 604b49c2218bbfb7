"""What a tree costs in all, from a cgroup of its own (version 1 or 2): memory of the kernel, and
processor time.

Where this machine lets us make none there is no value for memory, and the table says so with a
dash; processor time is then read from /proc.
"""

import os
from pathlib import Path

from . import procs

TOP = Path("/sys/fs/cgroup")


def old_parent(controller):
    """Where version 1 keeps the group that we are in."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return TOP / controller / path.lstrip("/")
    return None


class Group:
    """A cgroup of our own; `dir` is None where there can be none. `ways`: (parent, read) in turn."""

    def __init__(self, ways):
        self.dir = None
        for parent, self.read in ways:
            if parent is None or not (parent / "cgroup.procs").exists():
                continue
            try:
                self.dir = parent / f"runit-bench-{os.stat('/proc/self/ns/pid').st_ino}"
                self.dir.mkdir()
                self.read()
                return
            except (OSError, ValueError):
                self.close()

    def adopt(self, pid):
        """From now on this process and what it starts is counted."""
        if self.dir:
            (self.dir / "cgroup.procs").write_text(str(pid))

    def close(self):
        """Only when all its processes are gone."""
        try:
            if self.dir:
                self.dir.rmdir()
        except OSError:
            pass
        self.dir = None

    def leave(self):
        """We ourselves are counted no longer; what we started stays. A group with us in it could not
        be removed."""
        if self.dir:
            (self.dir.parent / "cgroup.procs").write_text(str(os.getpid()))


class KernelMemory(Group):
    """`read` gives bytes."""

    def __init__(self):
        super().__init__(((old_parent("memory"), self._old), (TOP, self._new)))

    def _old(self):
        return int((self.dir / "memory.kmem.usage_in_bytes").read_text())

    def _new(self):
        for line in (self.dir / "memory.stat").read_text().splitlines():
            if line.startswith("kernel "):
                return int(line.split()[1])
        raise ValueError("no kernel memory in memory.stat")


class Processor(Group):
    """`read` gives nanoseconds. To read them of each process in /proc would leave the kernel with
    names to forget when these end, which took it longer than the end of a small process."""

    def __init__(self):
        super().__init__(((old_parent("cpuacct"), self._old), (TOP, self._new)))
        if not self.dir:
            self.read = procs.cpu_ns

    def _old(self):
        return int((self.dir / "cpuacct.usage").read_text())

    def _new(self):
        for line in (self.dir / "cpu.stat").read_text().splitlines():
            if line.startswith("usage_usec "):
                return int(line.split()[1]) * 1000
        raise ValueError("no usage in cpu.stat")
