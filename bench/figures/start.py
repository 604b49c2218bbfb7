"""Starting a tree: from the exec of the scanner until the last of N services runs its first
instruction, and the processor time all of it took for each service.

The directory of services is left alone for a moment before: C runsvdir waits with its first look at
one that changed within this second, which is a nap at boot for nobody, but would be one here.
"""

import time

from harness import procs

ROWS = {"start": ("last of {n} services up", "ms"),
        "start_cpu": ("CPU for each service started", "us")}
ROUNDS = (15, 3)
OPTIONS = ({"n": 1000}, {"n": 400})
SIDES = None
SETTLED = 1.2


def measure(side, place, options):
    count = options["n"]
    place.fill(count)
    time.sleep(SETTLED)
    _, begin = place.start(side)
    place.stamps.wait(count, pause=0.005)
    return {"start": (place.stamps.last_of(count) - begin) / 1e6,
            "start_cpu": procs.cpu_ns() / 1e3 / count}
