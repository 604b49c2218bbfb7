"""Many services at once: how many of those asked for are run and known as running."""

import time

from harness import procs

ROWS = {"many": ("of {n} services supervised at once", "services")}
ROUNDS = (1, 1)
OPTIONS = ({"n": 5000}, {"n": 1500})
# So long without a further start, and no more are expected. C runsvdir looks every 5 s at the latest.
QUIET = 6
SIDES = ["ours", "before", "debian", "busybox", "s6"]


def measure(side, place, options):
    place.fill(options["n"])
    place.start(side)
    count, since = 0, time.monotonic()
    while count < options["n"] and time.monotonic() < since + QUIET:
        time.sleep(0.05)
        if place.stamps.count() > count:
            count, since = place.stamps.count(), time.monotonic()
    time.sleep(0.2)
    supervisors = len(procs.pids(side.supervisor))
    return {"many": min(supervisors, place.stamps.count())}
