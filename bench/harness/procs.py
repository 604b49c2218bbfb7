"""What /proc tells of the processes of this namespace (pid 1 is the measurement itself)."""

import os
import resource
from pathlib import Path

PROC = Path("/proc")


def pids(comm=None):
    """All processes but this one; those of one short name if given."""
    own = os.getpid()
    found = [int(p.name) for p in PROC.iterdir() if p.name.isdigit() and int(p.name) != own]
    return [pid for pid in found if comm is None or name(pid) == comm]


def name(pid):
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return None


def cpu_ns():
    """Processor time of everything in the namespace so far, in nanoseconds: what lives, and what
    has ended and was reaped by us."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = int((used.ru_utime + used.ru_stime) * 1e9)
    return total + sum(cpu_of(pid) for pid in pids())


def cpu_of(pid):
    try:
        return int((PROC / str(pid) / "schedstat").read_text().split()[0])
    except (OSError, IndexError):
        return 0


def reaped_ns(pid):
    """Processor time of the children that this process has reaped. The kernel tells it in ticks of
    10 ms, rounded down: only for differences over many processes and some seconds."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0
    return (int(fields[13]) + int(fields[14])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def switches(pid):
    """How often the process gave up the processor by itself: once for each time it was woken."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches:"):
            return int(line.split()[1])
    raise ValueError(f"no switches for {pid}")


def private_kib(pid):
    """Memory that is this process's alone and must be kept (Private_Dirty), in KiB."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    raise ValueError(f"no memory for {pid}")


def reap():
    """Takes in every child that has ended; never waits."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def reap_all():
    """Waits until there is no child left."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
