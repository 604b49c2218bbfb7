"""Where one measurement happens: its services, the stamps they leave, the tree that runs them."""

import os
import shutil
import subprocess
import time

from . import procs
from .sides import PARTS
from .stamps import Stamps


class Place:
    def __init__(self, top):
        self.top = top
        self.services = top / "services"
        self.services.mkdir()
        self.stamps = Stamps(top / "stamps")
        # The service program is copied once: it then lies in memory, the same for every side.
        self.programs = {}
        for name in ("stamp", "ends"):
            self.programs[name] = top / name
            shutil.copy2(PARTS / name, top / name)

    def service(self, name, program="stamp", parent=None):
        """A service directory; nothing in it but `run`."""
        service = (parent or self.services) / name
        service.mkdir()
        os.link(self.programs[program], service / "run")
        return service

    def fill(self, count, program="stamp"):
        return [self.service(f"s{n:04}", program) for n in range(count)]

    def environment(self, side):
        return side.environment() | {"BENCH_STAMPS": str(self.stamps.path)}

    def start(self, side):
        """Starts the tree; gives the process and when that was (CLOCK_MONOTONIC, ns)."""
        begin = time.monotonic_ns()
        tree = subprocess.Popen(side.tree(self.services), env=self.environment(side), cwd="/",
                                start_new_session=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return tree, begin

    def end(self, side, tree):
        """Ends the tree and waits until every process but us is gone."""
        for command in side.end(tree.pid, self.services) or []:
            self.call(side, command)
        procs.reap_all()

    def call(self, side, command):
        subprocess.run(command, env=self.environment(side), stdout=subprocess.DEVNULL, check=True)

    def measure_calls(self, side, command, count=1):
        """Runs a command so many times. Gives its processor time in microseconds (mean), and for
        each call (milliseconds, when it ended in CLOCK_MONOTONIC ns)."""
        out = subprocess.run([PARTS / "calls", str(count), *command], env=self.environment(side),
                             stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
        calls = [tuple(map(int, line.split())) for line in out[1:]]
        if any(code for _, _, code in calls):
            raise RuntimeError(f"{command[:3]} failed: {out[1:]}")
        return float(out[0]), [(took / 1e6, ended) for took, ended, _ in calls]
