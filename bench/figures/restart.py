"""A service is killed: how long until its successor runs its first instruction. Each has run for longer
than the second that runit demands between two starts."""

import os
import signal
import statistics
import time

ROWS = {"tenth": ("SIGKILL to the next start, 10th percentile", "us"),
        "median": ("the same, median", "us")}
ROUNDS = (5, 2)
OPTIONS = ({"samples": 200, "seconds": 20}, {"samples": 60, "seconds": 8})
SIDES = None


def measure(side, place, options):
    count = options["samples"]
    place.fill(count)
    place.start(side)
    place.stamps.wait(count)
    time.sleep(2)
    took = []
    begin = time.monotonic()
    for index in range(count):
        # One that waits a second each time is known after some of them.
        if len(took) >= 8 and time.monotonic() > begin + options["seconds"]:
            break
        _, pid = place.stamps.record(index)
        at = time.monotonic_ns()
        os.kill(pid, signal.SIGKILL)
        place.stamps.wait(count + index + 1)
        took.append((place.stamps.record(count + index)[0] - at) / 1e3)
    return {"tenth": statistics.quantiles(took, n=10)[0], "median": statistics.median(took)}
