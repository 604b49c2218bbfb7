"""N services that end at once, each restarted once a second: the processor time of a whole tree for
each start, from its beginning to its end."""

import time

from harness import procs

ROWS = {"each": ("CPU for each restart of a service that ends at once", "us")}
ROUNDS = (3, 1)
OPTIONS = ({"n": 100, "seconds": 6}, {"n": 100, "seconds": 3})
# The floor restarts without any delay.
SIDES = ["ours", "before", "debian", "busybox", "s6", "daemontools"]


def measure(side, place, options):
    count = options["n"]
    place.fill(count, "ends")
    place.start(side)
    place.stamps.wait(count)
    time.sleep(1.5)
    # What a supervisor's children used is only known to it until it has ended: the processor's own
    # count for a whole cgroup is not everywhere, so take the difference of two whole lives.
    starts, cpu = place.stamps.count(), lives_ns()
    time.sleep(options["seconds"])
    return {"each": (lives_ns() - cpu) / 1e3 / (place.stamps.count() - starts)}


def lives_ns():
    """Processor time of all that lives and of all that any of it has reaped."""
    return procs.cpu_ns() + sum(map(procs.reaped_ns, procs.pids()))
