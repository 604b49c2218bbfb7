"""The end of a tree of N services: from the signal to the scanner until no process is left, and the
processor time for each service."""

import os
import time

from harness.cgroup import Processor

ROWS = {"wall": ("all of {n} services ended after", "ms"),
        "cpu": ("CPU for each service ended", "us")}
ROUNDS = (15, 3)
OPTIONS = ({"n": 1000}, {"n": 400})
SIDES = None


def measure(side, place, options):
    count = options["n"]
    place.fill(count)
    processor = Processor()
    processor.adopt(os.getpid())
    tree, _ = place.start(side)
    processor.leave()
    place.stamps.wait(count)
    time.sleep(1.5)
    before = processor.read()
    begin = time.monotonic_ns()
    place.end(side, tree)
    values = {"wall": (time.monotonic_ns() - begin) / 1e6,
              "cpu": (processor.read() - before) / 1e3 / count}
    processor.close()
    return values
