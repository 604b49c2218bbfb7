#!/usr/bin/env python3
"""The bench: measures runit-rs and other supervisors in turn, and prints one Markdown table.

    run.py [--quick] [--minutes M] [--results] [--only FIGURE,...] [--sides SIDE,...] [--rounds N] [--json FILE]

In every round each figure is measured once for every side, the sides in changing order, so that
whatever else this machine does meets all of them alike. Needs root (namespaces). With --minutes each
figure gets as many rounds as fit, one at least; after an interrupt (Ctrl-C, TERM) the table shows
what there is.
"""

import argparse
import collections
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

import plot  # noqa: E402
from figures import ORDER  # noqa: E402
from harness import inside, machine, results, table  # noqa: E402
from harness.sides import PARTS, all_sides  # noqa: E402

HERE = Path(__file__).resolve().parent
# Minutes that the bench of svlogd takes, and from which time limit on it gets them.
SVLOGD, SVLOGD_QUICK, FROM = 10, 3, 25


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and services: under 3 minutes")
    parser.add_argument("--minutes", type=float, help="time for all of it; 3 with --quick")
    parser.add_argument("--results", action="store_true", help="write RESULTS.md and services.svg; measures svlogd, too")
    parser.add_argument("--only", help="figures: " + ", ".join(ORDER))
    parser.add_argument("--sides", help="ours, debian, s6, ...")
    parser.add_argument("--rounds", type=int, help="instead of each figure's own number")
    parser.add_argument("--json", help="file for all single values")
    return parser.parse_args()


class Run:
    """One run of the bench: what is asked for, and what was measured so far."""

    def __init__(self, asked):
        self.quick = int(asked.quick)
        self.asked = asked
        self.sides = all_sides()
        if asked.sides:
            self.sides = {key: self.sides[key] for key in asked.sides.split(",")}
        # Before anything is measured, since it tells how busy the machine is.
        self.about = machine.description(self.sides)
        names = asked.only.split(",") if asked.only else [n for n in ORDER if not (asked.quick and n == "curve")]
        self.figures = {name: importlib.import_module(f"figures.{name}") for name in names}
        self.rows = {f"{name}.{key}": (title.format(**module.OPTIONS[self.quick]), unit)
                     for name, module in self.figures.items() for key, (title, unit) in module.ROWS.items()}
        self.values = collections.defaultdict(dict, {key: {} for key in self.rows})
        self.rounds = dict.fromkeys(self.figures, 0)
        self.missing = []
        self.begin = time.monotonic()
        minutes = asked.minutes or (2.6 if asked.quick else None)
        self.seconds = minutes * 60 if minutes else float("inf")
        if asked.results:
            self.seconds -= 60 * (SVLOGD if self.seconds > 60 * FROM else SVLOGD_QUICK)

    def measure(self):
        """Round by round, while the time lasts."""
        took = {}
        for number in range(max(map(self.most, self.figures.values()))):
            for name, module in self.figures.items():
                since = time.monotonic()
                late = since - self.begin + took.get(name, 0) > self.seconds
                # One round of each is more than a second one of another, unless time is up altogether.
                if number >= self.most(module) or (late and (number or self.quick)):
                    continue
                self.round(name, module, number)
                took[name] = time.monotonic() - since
                self.rounds[name] += 1

    def most(self, module):
        return self.asked.rounds or module.ROUNDS[self.quick]

    def round(self, name, module, number):
        measured = [key for key in self.sides if module.SIDES is None or key in module.SIDES]
        turn = number % len(measured)
        order = measured[turn:] + measured[:turn]
        points = getattr(module, "POINTS", None)
        for n in points[self.quick] if points else [None]:
            options = module.OPTIONS[self.quick] | ({"n": n} if points else {})
            self.progress(f"{name}{f' of {n}' if n else ''}, round {number + 1}")
            one = lambda side: (side, inside.run(name, side, options))  # noqa: E731
            if getattr(module, "TOGETHER", False):
                with ThreadPoolExecutor(len(order)) as pool:
                    found = list(pool.map(one, order))
            else:
                found = map(one, order)
            for side, values in found:
                for key, value in values.items():
                    self.values[f"{name}.{key}"].setdefault(side, []).append(value)

    def progress(self, text):
        print(f"{time.monotonic() - self.begin:5.0f} s  {text}", file=sys.stderr, flush=True)

    def svlogd(self):
        """The table of the other bench, which is a program of its own."""
        self.progress("svlogd")
        brief = [] if self.asked.minutes is None or self.asked.minutes > FROM else ["--quick"]
        with tempfile.NamedTemporaryFile("r", suffix=".md") as file:
            done = subprocess.run([HERE / "svlogd/run.py", *brief, "--markdown", file.name],
                                  stdout=subprocess.DEVNULL, check=False)
            if done.returncode:
                self.missing.append("svlogd: its bench failed")
                return ""
            # Its own title gives way to a heading of ours.
            return file.read().split("\n", 1)[1].strip()

    def lacking(self):
        """What should have a value and has none."""
        for key, (title, _) in self.rows.items():
            name = key.split(".")[0]
            sides = [side for side in self.sides if self.figures[name].SIDES is None or side in self.figures[name].SIDES]
            if not self.rounds[name]:
                yield f"{title}: no time for it"
            elif not any(side in self.values[key] for side in sides):
                yield f"{title}: measured for none"


def main():
    asked = arguments()
    if os.geteuid() != 0:
        sys.exit("bench: needs root: it makes namespaces")
    PARTS.is_dir() or sys.exit("bench: run it with `make bench` or `make bench-quick`")
    run = Run(asked)
    subprocess.run(["sync"], check=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    done, svlogd = False, ""
    try:
        run.measure()
        if asked.results:
            svlogd = run.svlogd()
        done = True
    except KeyboardInterrupt:
        print("bench: interrupted; what there is:", file=sys.stderr)
    run.progress("done")
    missing = run.missing + list(run.lacking())
    print(f"{run.about}\n\n{table.markdown(run.rows, run.sides, run.values)}")
    print("".join(f"\nbench: without a value: {line}" for line in missing), file=sys.stderr)
    if asked.json:
        Path(asked.json).write_text(json.dumps(run.values, indent=1))
    if asked.results and done:
        text = results.text(run.about, run.rounds, run.rows, run.sides, run.values, svlogd, missing)
        (HERE / "RESULTS.md").write_text(text)
        points = results.curve(run.values)
        if points:
            (HERE / results.PLOT).write_text(plot.svg(points, {key: side.title for key, side in run.sides.items()}))
        print(f"bench: wrote {HERE / 'RESULTS.md'}", file=sys.stderr)
    sys.exit(0 if done else 130)


if __name__ == "__main__":
    main()
