"""Control of N services in one call: `sv stop` and `sv start` of all of them, processor time of the
call and of the supervisors, and how long it takes."""

import time

from harness import procs

ROWS = {"stop": ("`sv stop` of {n} in one call returns after", "ms"),
        "stop_cpu": ("CPU of that, sv and supervisors, for each", "us"),
        "start": ("`sv start` of {n} in one call returns after", "ms"),
        "start_cpu": ("CPU of that, sv and supervisors, for each", "us")}
ROUNDS = (5, 1)
OPTIONS = ({"n": 1000}, {"n": 200})
SIDES = ["ours", "before", "debian"]


def measure(side, place, options):
    count = options["n"]
    services = place.fill(count)
    place.start(side)
    place.stamps.wait(count)
    values = {}
    for key, word in (("stop", "stop"), ("start", "start")):
        time.sleep(1.5)
        before = procs.cpu_ns()
        _, [(milliseconds, _)] = place.measure_calls(side, [side.program("sv"), "-w60", word, *map(str, services)])
        values[key] = milliseconds
        time.sleep(1)
        values[f"{key}_cpu"] = (procs.cpu_ns() - before) / 1e3 / count
    return values
