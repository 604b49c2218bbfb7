"""A new service directory, complete when it appears: how long until its program runs."""

import os
import random
import time

ROWS = {"pickup": ("new service directory runs after", "ms"),
        "pickup_most": ("the same, worst", "ms")}
ROUNDS = (5, 2)
OPTIONS = ({"samples": 12, "seconds": 30}, {"samples": 6, "seconds": 6})
SIDES = None


def measure(side, place, options):
    if side.sees_new is None:
        return {}
    place.service("first")
    place.start(side)
    place.stamps.wait(1)
    new = place.top / "new"
    new.mkdir()
    took = []
    begin = time.monotonic()
    while len(took) < options["samples"] and time.monotonic() < begin + options["seconds"]:
        # At any moment of a period in which others look.
        time.sleep(random.uniform(0.05, 0.15) if took and took[-1] < 100 else random.uniform(0.5, 2))
        service = place.service(f"new{len(took)}", parent=new)
        at = time.monotonic_ns()
        os.rename(service, place.services / service.name)
        if not side.sees_new:
            place.call(side, side.tell_new(place.services))
        place.stamps.wait(len(took) + 2)
        took.append((place.stamps.record(len(took) + 1)[0] - at) / 1e6)
    return {"pickup": sorted(took)[len(took) // 2], "pickup_most": max(took)}
