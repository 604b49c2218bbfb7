"""The end of a tree of N services: from the signal to the scanner until no process is left, and the
processor time for each service."""

import time

from harness import procs

ROWS = {"wall": ("all of {n} services ended after", "ms"),
        "cpu": ("CPU for each service ended", "us")}
ROUNDS = (15, 3)
OPTIONS = ({"n": 1000}, {"n": 400})
SIDES = None


def measure(side, place, options):
    count = options["n"]
    place.fill(count)
    tree, _ = place.start(side)
    place.stamps.wait(count)
    time.sleep(1.5)
    before = procs.cpu_ns()
    begin = time.monotonic_ns()
    place.end(side, tree)
    return {"wall": (time.monotonic_ns() - begin) / 1e6,
            "cpu": (procs.cpu_ns() - before) / 1e3 / count}
