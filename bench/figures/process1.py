"""A stop asked of process 1: from the signal CONT until the first instruction of stage 3, with a tree
of one service in stage 2."""

import os
import signal
import time

from harness.process1 import System

ROWS = {"stage3": ("CONT to process 1 until stage 3 starts", "ms")}
ROUNDS = (10, 3)
OPTIONS = ({}, {})
SIDES = ["ours", "before", "debian"]


def measure(side, place, options):
    place.service("web")
    system = System(side, place, f"exec {side.program('runsvdir')} -P {place.services}")
    pid = system.pid()
    place.stamps.wait(1)
    time.sleep(0.5)
    request = os.open(system.request, os.O_CREAT | os.O_WRONLY, 0o100)
    os.fchmod(request, 0o100)
    os.close(request)
    at = time.monotonic_ns()
    os.kill(pid, signal.SIGCONT)
    # Stage 3 is `ends`, which leaves a stamp; the service is not started again.
    place.stamps.wait(2)
    return {"stage3": (place.stamps.record(1)[0] - at) / 1e6}
