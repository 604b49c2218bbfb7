"""Control of N services in one call: how long `sv stop` and `sv start` of all of them take, and what
processor time that costs sv and the supervisors (not the services, which come and go)."""

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
    supervisors = procs.pids(side.supervisor)
    values = {}
    for word in ("stop", "start"):
        # A supervisor that waits between two starts must not be measured while it does.
        time.sleep(1.5)
        before = sum(map(procs.cpu_of, supervisors))
        call = [side.program("sv"), "-w60", word, *map(str, services)]
        call_cpu, [(milliseconds, _)] = place.measure_calls(side, call)
        values[word] = milliseconds
        # What a supervisor still does after sv has its answer.
        time.sleep(1)
        after = sum(map(procs.cpu_of, supervisors))
        values[f"{word}_cpu"] = ((after - before) / 1e3 + call_cpu) / count
    return values
