#!/usr/bin/env python3
"""The bench of svlogd: the same lines through ours and other loggers in turn, one Markdown table.

    run.py [--quick] [--only CASE,...] [--loggers LOGGER,...] [--rounds N] [--json FILE]

In every round each case is measured once for every logger, the loggers in changing order, so that
whatever else this machine does meets all of them alike. Logs lie on a tmpfs: no figure measures a
disk. A logger that is slower is given less, and each figure is per mebibyte or gibibyte.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

sys.dont_write_bytecode = True

from loggers import PARTS, all_loggers  # noqa: E402
from harness import machine, table  # noqa: E402 (after loggers, which knows where it is)

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
# With a system call stopped twice, a few mebibytes are enough to count.
COUNTED = 8


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="three rounds with a quarter of the lines")
    arguments.add_argument("--only", help="cases: " + ", ".join(case.key for case in CASES))
    arguments.add_argument("--loggers", help="ours, debian, busybox, s6, multilog, floor")
    arguments.add_argument("--rounds", type=int, default=0)
    arguments.add_argument("--json", help="file for all single values")
    asked = arguments.parse_args()
    loggers = all_loggers()
    if "floor" not in loggers:
        sys.exit("bench: run it with `make bench-svlogd`")
    if asked.loggers:
        loggers = {key: loggers[key] for key in asked.loggers.split(",")}
    cases = [case for case in CASES if not asked.only or case.key in asked.only.split(",")]
    rounds = asked.rounds or (3 if asked.quick else 9)
    rows = {f"{case.key}.{unit}": (case.title, text) for case in cases for unit, text in UNITS.items()}
    values = {key: {} for key in rows}
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-svlogd.", dir=memory()) as directory:
        for number in range(rounds):
            for case in cases:
                order = list(loggers.values())
                turn = number % len(order)
                for logger in order[turn:] + order[:turn]:
                    progress(f"round {number + 1} of {rounds}: {case.key} {logger.key}", begin)
                    found = measure(logger, case, Path(directory), asked.quick, number == 0)
                    for unit, value in found.items():
                        values[f"{case.key}.{unit}"].setdefault(logger.key, []).append(value)
    progress("done", begin)
    print(file=sys.stderr)
    print(machine.description({logger.package or key: logger for key, logger in loggers.items()}), end="\n\n")
    print(table.markdown(rows, loggers, values))
    if asked.json:
        Path(asked.json).write_text(json.dumps(values, indent=1))


def memory():
    """Where files lie in memory."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def measure(logger, case, directory, quick, count):
    """Feeds one logger; {unit: value}."""
    mebibytes = logger.mebibytes // (4 if quick else 1)
    if case.each or case.length < 100:
        mebibytes = max(1, mebibytes // 4)
    seconds, cpu = run(logger, case, directory, mebibytes)
    if seconds is None:
        return {}
    found = {"speed": mebibytes * 1.048576 / seconds, "cpu": cpu * 1024 / mebibytes}
    if count:
        counts = directory / "count"
        run(logger, case, directory, COUNTED, [PARTS / "count", counts])
        found["calls"] = int(counts.read_text()) / COUNTED
    return found


def run(logger, case, directory, mebibytes, before=()):
    """Wall time until the logger has ended, and its processor time, its children not counted."""
    log = directory / "log"
    shutil.rmtree(log, ignore_errors=True)
    log.mkdir()
    command = logger.command(case, log)
    if command is None:
        return None, None
    feed = [PARTS / "feed", str(mebibytes), str(case.length), *(["each"] if case.each else [])]
    feeder = subprocess.Popen(feed, stdout=subprocess.PIPE)
    begin = time.monotonic()
    process = subprocess.Popen([*before, *command], stdin=feeder.stdout, env=logger.environment())
    feeder.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or feeder.wait():
        sys.exit(f"bench: {logger.key} failed in {case.key}: {process.returncode}, {feeder.returncode}")
    return seconds, used.ru_utime + used.ru_stime


def progress(text, begin):
    print(f"\r\033[K{time.monotonic() - begin:5.0f} s  {text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
