#!/usr/bin/env python3
"""The bench: measures runit-rs and other supervisors in turn, and prints one Markdown table.

    run.py [--quick] [--only FIGURE,...] [--sides SIDE,...] [--rounds N] [--json FILE]

In every round each figure is measured once for every side, the sides in changing order, so that
whatever else this machine does meets all of them alike. Needs root (namespaces).
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from figures import ORDER  # noqa: E402
from harness import inside, machine, table  # noqa: E402
from harness.sides import PARTS, all_sides  # noqa: E402


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer rounds and services: under 3 minutes")
    arguments.add_argument("--only", help="figures: " + ", ".join(ORDER))
    arguments.add_argument("--sides", help="ours, debian, s6, ...")
    arguments.add_argument("--rounds", type=int, help="instead of each figure's own number")
    arguments.add_argument("--json", help="file for all single values")
    asked = arguments.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench: needs root: it makes namespaces")
    PARTS.is_dir() or sys.exit("bench: run it with `make bench` or `make bench-quick`")

    sides = all_sides()
    if asked.sides:
        sides = {key: sides[key] for key in asked.sides.split(",")}
    quick = int(asked.quick)
    figures = {name: importlib.import_module(f"figures.{name}")
               for name in (asked.only.split(",") if asked.only else ORDER)}
    rows = {f"{name}.{key}": (title.format(**module.OPTIONS[quick]), unit)
            for name, module in figures.items() for key, (title, unit) in module.ROWS.items()}
    values = {key: {} for key in rows}
    subprocess.run(["sync"], check=False)
    begin = time.monotonic()
    for name, module in figures.items():
        for number in range(asked.rounds or module.ROUNDS[quick]):
            measured = [key for key in sides if module.SIDES is None or key in module.SIDES]
            turn = number % len(measured)
            for side in measured[turn:] + measured[:turn]:
                progress(f"{name} {number + 1}: {side}", begin)
                for key, value in inside.run(name, side, module.OPTIONS[quick]).items():
                    values[f"{name}.{key}"].setdefault(side, []).append(value)
    progress("done", begin)
    print(file=sys.stderr)
    print(machine.description(sides), end="\n\n")
    print(table.markdown(rows, sides, values))
    if asked.json:
        with open(asked.json, "w") as file:
            json.dump(values, file, indent=1)


def progress(text, begin):
    if sys.stderr.isatty():
        print(f"\r\033[K{time.monotonic() - begin:5.0f} s  {text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
