"""Memory of a tree of N services that sleep: what each supervisor has for itself (Private_Dirty), what
the scanner has, and what the kernel keeps for supervisor and service together."""

import os
import statistics
import time

from harness import procs
from harness.cgroup import KernelMemory

ROWS = {"supervisor": ("private memory of a supervisor", "KiB"),
        "scanner": ("private memory of the scanner, {n} services", "KiB"),
        "kernel": ("kernel memory for a supervisor and its service", "KiB")}
ROUNDS = (3, 1)
OPTIONS = ({"n": 1000}, {"n": 200})
SIDES = None


def measure(side, place, options):
    count = options["n"]
    place.fill(count)
    memory = KernelMemory()
    # The scanner inherits the cgroup from us; then we leave it out of the count by difference.
    memory.adopt(os.getpid())
    before = memory.read() if memory.dir else None
    tree, _ = place.start(side)
    place.stamps.wait(count)
    time.sleep(0.5)
    # A file that was just written counts as dirty where it is mapped.
    os.sync()
    values = {"supervisor": statistics.mean(map(procs.private_kib, procs.pids(side.supervisor))),
              "scanner": procs.private_kib(tree.pid)}
    if before is not None:
        values["kernel"] = (memory.read() - before) / 1024 / count
    place.end(side, tree)
    memory.leave()
    memory.close()
    return values
