"""Control of one service: how long the command for stop, start and restart takes to return, and how
long after the service began to run `start` says so."""

import statistics
import time

ROWS = {"stop": ("`sv stop` of one returns after", "ms"),
        "start": ("`sv start` of one returns after", "ms"),
        "restart": ("`sv restart` of one returns after", "ms"),
        "told": ("`sv start` returns, after the service runs", "ms")}
ROUNDS = (5, 2)
OPTIONS = ({"samples": 3}, {"samples": 1})
SIDES = None
# A supervisor that waits between two starts must not be measured while it does.
SETTLED = 1.2


def measure(side, place, options):
    service = place.service("web")
    if not side.up(service):
        return {}
    place.start(side)
    place.stamps.wait(1)
    took = {key: [] for key in ROWS}

    def timed(key, command):
        time.sleep(SETTLED)
        _, [(milliseconds, ended)] = place.measure_calls(side, command)
        took[key].append(milliseconds)
        return ended

    for _ in range(options["samples"]):
        timed("restart", side.restart(service))
        timed("stop", side.down(service))
        starts = place.stamps.count()
        ended = timed("start", side.up(service))
        took["told"].append((ended - place.stamps.record(starts)[0]) / 1e6)
    return {key: statistics.median(values) for key, values in took.items()}
