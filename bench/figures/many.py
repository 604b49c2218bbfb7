"""Many services at once: how many of those asked for are run and known as running."""

import time

from harness import procs

ROWS = {"many": ("of {n} services supervised at once", "services")}
ROUNDS = (1, 1)
OPTIONS = ({"n": 5000}, {"n": 2000})
SIDES = ["ours", "before", "debian", "s6"]


def measure(side, place, options):
    place.fill(options["n"])
    place.start(side)
    try:
        place.stamps.wait(options["n"], seconds=30)
    except TimeoutError:
        pass
    time.sleep(0.2)
    supervisors = len(procs.pids(side.supervisor))
    return {"many": min(supervisors, place.stamps.count())}
