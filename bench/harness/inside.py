"""Runs one measurement in a pid and mount namespace of its own, where it is process 1.

`run` is called outside and starts this file inside, which calls the figure and prints its values.
Whatever the figure leaves behind ends with the namespace.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]


def run(figure, side, options, seconds=300):
    """The values of one measurement, or {} with a word on stderr if it failed."""
    with tempfile.TemporaryDirectory(prefix="runit-bench-") as work:
        call = ["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--kill-child", sys.executable,
                "-m", "harness.inside", figure, side, json.dumps(options), work]
        try:
            done = subprocess.run(call, cwd=BENCH, stdout=subprocess.PIPE, timeout=seconds, check=True)
            return json.loads(done.stdout.splitlines()[-1])
        except (subprocess.SubprocessError, ValueError, IndexError) as error:
            print(f"bench: {figure} of {side}: {error}", file=sys.stderr)
            return {}


def be_first():
    """On a machine that has other work, for every side alike: before that work (RUNIT_BENCH_FIRST=1).
    Real-time scheduling, since a nice value counts only within a session. It changes who runs when, so
    the table of RESULTS.md is made without it, on a machine that does nothing else."""
    if os.environ.get("RUNIT_BENCH_FIRST"):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def main():
    from . import sides
    from .place import Place

    figure, side, options, work = sys.argv[1:]
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "bench", work], check=True)
    os.chdir(work)
    module = importlib.import_module(f"figures.{figure}")
    side = sides.all_sides()[side]
    be_first()
    side.prepare(Path(work))
    values = module.measure(side, Place(Path(work)), json.loads(options))
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
