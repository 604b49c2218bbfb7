#!/usr/bin/env python3
"""The bench of svlogd: the same lines through ours and other loggers in turn, one Markdown table.

    run.py [--quick] [--only CASE,...] [--loggers LOGGER,...] [--rounds N] [--markdown FILE] [--json FILE]

In every round each case is measured once for every logger, the loggers in changing order, so that
whatever else this machine does meets all of them alike. Logs lie on a tmpfs: no figure measures a
disk. Each logger is given what it works off in about the same time, found out by a first run, and
each figure is per mebibyte or gibibyte. An interrupt (Ctrl-C, TERM) prints what there is by then.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

sys.dont_write_bytecode = True

from loggers import all_loggers  # noqa: E402
from harness import machine, table  # noqa: E402 (after loggers, which knows where it is)
from measure import Course, Failed, memory  # noqa: E402

Case = namedtuple("Case", "key title length label filter size each", defaults=("", False, 1000000, False))
CASES = [
    Case("plain", "lines of 100 bytes", 100),
    Case("utc", "100 bytes with `-tt`", 100, "utc"),
    Case("tai", "100 bytes with `-t`", 100, "tai"),
    Case("short", "lines of 16 bytes", 16),
    Case("short-utc", "16 bytes with `-tt`", 16, "utc"),
    Case("filter", "100 bytes, every other line filtered out", 100, "", True),
    Case("rotate", "100 bytes, files of 64 kB", 100, "", False, 65536),
    Case("each", "100 bytes, a write for each line", 100, "", False, 1000000, True),
]
UNITS = {"speed": "MB/s", "cpu": "CPU s/GiB", "calls": "system calls/MiB"}
# (rounds, seconds of a run)
FULL, QUICK = (9, 0.8), (3, 0.4)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="three rounds of shorter runs: under three minutes")
    arguments.add_argument("--only", help="cases: " + ", ".join(case.key for case in CASES))
    arguments.add_argument("--loggers", help="ours, debian, busybox, s6, multilog, floor")
    arguments.add_argument("--rounds", type=int, default=0)
    arguments.add_argument("--markdown", help="file for the table; only a complete one is written there")
    arguments.add_argument("--json", help="file for all single values")
    asked = arguments.parse_args()
    loggers = all_loggers()
    if "floor" not in loggers:
        sys.exit("bench: run it with `make bench-svlogd`")
    if asked.loggers:
        loggers = {key: loggers[key] for key in asked.loggers.split(",")}
    cases = [case for case in CASES if not asked.only or case.key in asked.only.split(",")]
    rounds, seconds = QUICK if asked.quick else FULL
    rounds = asked.rounds or rounds
    # Before anything is measured, since it tells how busy the machine is.
    about = machine.description({logger.package or key: logger for key, logger in loggers.items()})
    values = {key: {} for key in rows(cases)}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    done = False
    try:
        measure(loggers, cases, rounds, seconds, values)
        done = True
    except KeyboardInterrupt:
        print("bench: interrupted; what there is:", file=sys.stderr)
    except Failed as why:
        print(f"bench: failed: {why}", file=sys.stderr)
    text = f"{about}\n\n{table.markdown(rows(cases), loggers, values)}\n"
    print(text, end="")
    if asked.json:
        Path(asked.json).write_text(json.dumps(values, indent=1))
    if asked.markdown and done:
        Path(asked.markdown).write_text(f"# svlogd and other loggers\n\nMade by `make bench-svlogd`.\n\n{text}")
    sys.exit(0 if done else 130)


def rows(cases):
    found = {f"{case.key}.{unit}": (case.title, text) for case in cases for unit, text in UNITS.items()}
    if any(case.each for case in cases):
        found["each.seen"] = ("a lone line, from its write until it is in the file", "µs")
    return found


def measure(loggers, cases, rounds, seconds, values):
    """Fills in the values, round by round, so that they make a table at any time."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-svlogd.", dir=memory()) as directory:
        courses = {}
        for case in cases:
            of_case = (Course(logger, case, Path(directory), seconds) for logger in loggers.values())
            courses[case.key] = [course for course in of_case if course.possible()]
        for number in range(rounds):
            for case in cases:
                course = courses[case.key]
                turn = number % len(course)
                speeds = []
                for one in course[turn:] + course[:turn]:
                    found = one.measure()
                    for unit, value in found.items():
                        values[f"{case.key}.{unit}"].setdefault(one.logger.key, []).append(value)
                    speeds.append(f"{one.logger.key} {table.number(found['speed'])}")
                progress(f"round {number + 1} of {rounds}, {case.key}: {', '.join(speeds)} MB/s", begin)


def progress(text, begin):
    print(f"{time.monotonic() - begin:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
