"""N services that sleep: how often process 1 and the supervisors wake up although nothing happens,
and what processor time that costs. runit is measured with its own process 1 above it."""

import time

from harness import procs
from harness.process1 import System

ROWS = {"wakeups": ("wake-ups a minute, process 1 and {n} idle services", ""),
        "cpu": ("CPU a minute, the same", "us")}
ROUNDS = (1, 1)
OPTIONS = ({"n": 200, "seconds": 60}, {"n": 100, "seconds": 12})
SIDES = None
# They sleep: nobody disturbs anybody.
TOGETHER = True


def measure(side, place, options):
    place.fill(options["n"])
    if side.process_1:
        system = System(side, place, f"exec {side.program('runsvdir')} -P {place.services}")
        system.pid()
        watched = lambda: procs.pids("runit") + procs.pids("runsvdir") + procs.pids("runsv")  # noqa: E731
    else:
        place.start(side)
        watched = lambda: procs.pids(side.scanner) + procs.pids(side.supervisor)  # noqa: E731
    place.stamps.wait(options["n"])
    time.sleep(2)
    pids = watched()
    wakeups, cpu = sum(map(procs.switches, pids)), sum(map(procs.cpu_of, pids))
    time.sleep(options["seconds"])
    if sorted(watched()) != sorted(pids):
        raise RuntimeError("supervisors came or went")
    minutes = options["seconds"] / 60
    return {"wakeups": (sum(map(procs.switches, pids)) - wakeups) / minutes,
            "cpu": (sum(map(procs.cpu_of, pids)) - cpu) / 1e3 / minutes}
