"""Trees of 10 to 5,000 services: how start time and memory grow. No rows of the table but the two
panels of the plot (plot.py): from the exec of the scanner until the last service runs its first
instruction, and what scanner and supervisors have for themselves together (Private_Dirty).
"""

import os
import time

from harness import procs

# Measured one after the other in each round; `{n}` in a key is one of them.
POINTS = ([10, 30, 100, 300, 1000, 2000, 5000], [10, 100, 1000])
ROWS = {}
ROUNDS = (5, 1)
OPTIONS = ({"n": None}, {"n": None})
SIDES = None
# C runsvdir and svscan take no more, which the figure `many` shows.
MOST = {"debian": 1000, "daemontools": 1000}
SETTLED = 1.2


def measure(side, place, options):
    count = options["n"]
    if count > MOST.get(side.key, count):
        return {}
    place.fill(count)
    # See start.py: C runsvdir waits with a directory that changed within this second.
    time.sleep(SETTLED)
    tree, begin = place.start(side)
    place.stamps.wait(count, seconds=60, pause=0.005)
    up = (place.stamps.last_of(count) - begin) / 1e6
    # A file that was just written counts as dirty where it is mapped.
    os.sync()
    time.sleep(0.3)
    memory = procs.private_kib(tree.pid) + sum(map(procs.private_kib, procs.pids(side.supervisor)))
    return {f"start {count}": up, f"memory {count}": memory / 1024}
