"""What was measured, kept in a file beside the disks: each boot as soon as it was made.

A figure belongs to the disk it was measured on: of a disk that was written anew the old figures no longer count.
"""

import json
import os

import images

# What of a boot is kept.
KEYS = ("seconds", "reboot", "forks", "memory")


class Figures:
    def __init__(self, suite):
        self.suite, self.path = suite, images.place(suite) / "figures.json"
        self.read()

    def read(self):
        try:
            self.all = json.loads(self.path.read_text())
        except (OSError, ValueError):
            self.all = []

    def disk(self, init):
        """What tells this disk from one written before or after."""
        try:
            return (images.place(self.suite) / f"{init}.ext4").stat().st_mtime_ns
        except OSError:
            return None

    def on_this_disk(self, init, clock):
        disk = self.disk(init)
        return [one for one in self.all if (one["init"], one["clock"], one["disk"]) == (init, clock, disk)]

    def of(self, init, clock):
        """Each good boot of that init on the disk it has now, by that clock."""
        return [one for one in self.on_this_disk(init, clock) if "missed" not in one]

    def missed(self, init, clock):
        """How many boots of it went wrong."""
        return len(self.on_this_disk(init, clock)) - len(self.of(init, clock))

    def add(self, init, clock, found):
        # Another run may have added some meanwhile.
        self.read()
        self.all.append({"init": init, "clock": clock, "disk": self.disk(init), **{key: found[key] for key in KEYS}})
        self.write()

    def miss(self, init, clock):
        self.read()
        self.all.append({"init": init, "clock": clock, "disk": self.disk(init), "missed": True})
        self.write()

    def forget(self, inits, clocks):
        self.all = [one for one in self.all if one["init"] not in inits or one["clock"] not in clocks]
        self.write()

    def write(self):
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.all))
        os.replace(part, self.path)
