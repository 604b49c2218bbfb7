"""Many processes whose parents are gone end under process 1: its processor time for each."""

import time

from harness import procs
from harness.process1 import System
from harness.sides import PARTS

ROWS = {"each": ("process 1 reaps {n} orphans, CPU of process 1 for each", "us")}
ROUNDS = (5, 2)
OPTIONS = ({"n": 20000}, {"n": 5000})
SIDES = ["ours", "before", "debian"]


def measure(side, place, options):
    system = System(side, place, f"{PARTS}/orphans {options['n']}; {{top}}/ends; exec {{top}}/stamp")
    pid = system.pid()
    before = procs.cpu_of(pid)
    place.stamps.wait(2, seconds=60)
    while len(procs.pids()) > 3:
        time.sleep(0.01)
    return {"each": (procs.cpu_of(pid) - before) / 1e3 / options["n"]}
