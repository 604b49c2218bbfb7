"""A whole system under `runit` as process 1 of a pid namespace inside the measurement's own.

Its /etc/runit is made here: stage 1 does nothing, stage 2 becomes the program given, stage 3 leaves
a stamp. The machine's /etc/runit stays out of sight.
"""

import os
import subprocess
import time
from pathlib import Path

from . import procs

STAGES = {"1": "exit 0", "3": "exec {top}/ends"}


class System:
    def __init__(self, side, place, stage2):
        self.place = place
        etc = place.top / "etc-runit"
        etc.mkdir()
        for stage, body in (STAGES | {"2": stage2}).items():
            script = etc / stage
            script.write_text("#!/bin/sh\n" + body.format(top=place.top) + "\n")
            script.chmod(0o755)
        runit = next(p for p in (side.programs / "runit", side.programs / "../sbin/runit",
                                 side.programs / "../../sbin/runit") if p.exists())
        place_etc(place.top, etc)
        self.unshare = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--kill-child", runit],
            env=place.environment(side), cwd="/", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Debian's version looks in /run, where /etc may be read-only; ours follows such a link.
        self.request = Path("/run/runit.stopit") if side.key == "debian" else etc / "stopit"

    def pid(self):
        """Process 1, as this namespace numbers it."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = procs.pids("runit")
            if found:
                return found[0]
            time.sleep(0.005)
        raise TimeoutError("process 1 did not begin")


def place_etc(top, etc):
    """Puts `etc` in the place of /etc/runit, which this machine may or may not have."""
    old = top / "old-etc"
    old.mkdir()
    mount = lambda *arguments: subprocess.run(["mount", *map(str, arguments)], check=True)  # noqa: E731
    mount("-t", "tmpfs", "-o", "mode=755", "bench", "/run")
    mount("--bind", "/etc", old)
    mount("-t", "tmpfs", "-o", "mode=755", "bench", "/etc")
    for entry in os.listdir(old):
        if entry != "runit":
            os.symlink(old / entry, f"/etc/{entry}")
    os.mkdir("/etc/runit")
    mount("--bind", etc, "/etc/runit")
