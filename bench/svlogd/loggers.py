"""The loggers that are compared: how each is told what to do.

A logger never measures; it only knows command lines. What it cannot do is None, and the case then
has no value for it.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.sides import DEPS, ours_dir  # noqa: E402

PARTS = DEPS / "bench/svlogd"


class Logger:
    """One logger. `program`: the file."""

    key = title = ""
    # Where its version is found, if that is not called by its key.
    package = None

    def __init__(self, program):
        self.program = Path(program)

    def present(self):
        return self.program.exists()

    def environment(self):
        return dict(os.environ)

    def command(self, case, directory):
        """The command line for a case; may write a config file into the directory."""


class Svlogd(Logger):
    def command(self, case, directory):
        config = f"s{case.size}\nn10\n" + ("-drop*\n" if case.filter else "")
        (directory / "config").write_text(config)
        return [self.program, *{"": [], "tai": ["-t"], "utc": ["-tt"]}[case.label], directory]


class Ours(Svlogd):
    key, title = "ours", "runit-rs"


class Debian(Svlogd):
    key, title = "debian", "C svlogd"


class Busybox(Svlogd):
    key, title = "busybox", "busybox svlogd"


class S6(Logger):
    key, title = "s6", "s6-log"

    def environment(self):
        libraries = next(self.program.parents[1].glob("lib/*-linux-*/"))
        return {**os.environ, "LD_LIBRARY_PATH": str(libraries)}

    def command(self, case, directory):
        script = {"": [], "tai": ["t"], "utc": ["T"]}[case.label]
        script += ["-^drop"] if case.filter else []
        return [self.program, "--", *script, "n10", f"s{case.size}", directory]


class Multilog(Logger):
    key, title, package = "multilog", "multilog", "daemontools"

    def command(self, case, directory):
        if case.label == "utc":
            return None
        script = ["t"] if case.label else []
        script += ["-drop*"] if case.filter and not case.label else []
        return [self.program, *script, "n10", f"s{case.size}", directory]


class Floor(Logger):
    key, title = "floor", "floor"

    def command(self, case, directory):
        return [self.program, directory] if case.key in ("plain", "short") else None


def all_loggers():
    loggers = [
        Ours(ours_dir() / "svlogd"),
        Debian(DEPS / "oracle-release/usr/bin/svlogd"),
        Busybox(DEPS / "bench/busybox/svlogd"),
        S6(DEPS / "bench/s6/usr/bin/s6-log"),
        Multilog(DEPS / "bench/daemontools/usr/bin/multilog"),
        Floor(PARTS / "floor"),
    ]
    return {logger.key: logger for logger in loggers if logger.present()}
