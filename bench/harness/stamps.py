"""The record of starts that parts/stamp.c keeps in a file all services map."""

import mmap
import struct
import time

MOST = 65535
HEAD, RECORD = 16, 16


class Stamps:
    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.truncate(HEAD + MOST * RECORD)
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)

    def count(self):
        return struct.unpack_from("Q", self.map, 0)[0]

    def record(self, index):
        """(nanoseconds, pid) of one start; the first has index 0."""
        while True:
            at, pid = struct.unpack_from("QQ", self.map, HEAD + index * RECORD)
            if at:
                return at, pid

    def last_of(self, count):
        """When the last of the first `count` starts was."""
        return max(self.record(i)[0] for i in range(count))

    def wait(self, count, seconds=20, pause=0.0005):
        """Waits for so many starts in all. Looking costs next to nothing: two processors suffice."""
        deadline = time.monotonic() + seconds
        while self.count() < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.count()} of {count} started after {seconds} s")
            time.sleep(pause)
