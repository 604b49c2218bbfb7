"""What is measured of one logger in one case, and how much it is given for that."""

import os
import shutil
import statistics
import subprocess
import sys
import time

from loggers import PARTS

# A first run is repeated with more until it takes that long: by then it is no longer the start of
# the program that is measured.
FIRST_SECONDS = 0.08
FIRST_MEBIBYTES = 0.25
# No logger is given more, however fast it is.
MOST_MEBIBYTES = 1024
# A system call is stopped twice when it is counted, so the slower half is counted over less.
COUNTED_MEBIBYTES = 8
COUNTED_PART = 0.02
# Lines whose way into the file is timed, in a run.
SEEN_LINES = 100


class Failed(Exception):
    """A logger that ended in another way than it should have."""


class Course:
    """One logger in one case, again and again. `seconds`: what a run is to take."""

    def __init__(self, logger, case, directory, seconds):
        self.logger, self.case, self.directory, self.seconds = logger, case, directory, seconds
        self.mebibytes = None

    def possible(self):
        return self.logger.command(self.case, self.fresh()) is not None

    def fresh(self):
        log = self.directory / "log"
        shutil.rmtree(log, ignore_errors=True)
        log.mkdir()
        return log

    def measure(self):
        """{unit: value} of one run."""
        found = {}
        if self.mebibytes is None:
            self.calibrate()
            found["calls"] = self.calls()
        seconds, cpu = self.run(self.mebibytes)
        found["speed"] = self.mebibytes * 1.048576 / seconds
        found["cpu"] = cpu * 1024 / self.mebibytes
        if self.case.each:
            found["seen"] = self.seen() * 1e6
        return found

    def calibrate(self):
        """Finds out how much is worked off in the time that a run is to take."""
        mebibytes = FIRST_MEBIBYTES
        while True:
            seconds, _ = self.run(mebibytes)
            if seconds >= FIRST_SECONDS or mebibytes >= MOST_MEBIBYTES:
                break
            mebibytes *= 8
        wanted = mebibytes * self.seconds / seconds
        # In pieces that the feeder writes.
        self.mebibytes = max(0.25, min(MOST_MEBIBYTES, round(wanted * 16) / 16))

    def calls(self):
        """System calls for a mebibyte."""
        counts = self.directory / "count"
        mebibytes = max(0.25, min(COUNTED_MEBIBYTES, round(self.mebibytes * COUNTED_PART * 16) / 16))
        self.run(mebibytes, [PARTS / "count", counts])
        return int(counts.read_text()) / mebibytes

    def run(self, mebibytes, before=()):
        """Wall time until the logger has ended, and its processor time, its children not counted."""
        command = self.logger.command(self.case, self.fresh())
        feed = [PARTS / "feed", str(mebibytes), str(self.case.length), *(["each"] if self.case.each else [])]
        feeder = subprocess.Popen(feed, stdout=subprocess.PIPE)
        begin = time.monotonic()
        process = subprocess.Popen([*before, *command], stdin=feeder.stdout, env=self.logger.environment())
        try:
            feeder.stdout.close()
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            # After an interrupt nothing goes on.
            end(process, feeder)
        if process.returncode or feeder.wait():
            raise Failed(f"{self.logger.key} in {self.case.key}: {process.returncode}, {feeder.returncode}")
        return seconds, used.ru_utime + used.ru_stime

    def seen(self):
        """Median of the seconds from the write of a lone line until it is in the file."""
        log = self.fresh()
        command = self.logger.command(self.case, log)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=self.logger.environment())
        line = b"x" * (self.case.length - 1) + b"\n"
        times = []
        try:
            for number in range(SEEN_LINES + 1):
                # It has gone back to sleep by then.
                time.sleep(0.001)
                begin = time.monotonic()
                os.write(process.stdin.fileno(), line)
                while not arrived(log / "current", (number + 1) * len(line)):
                    if time.monotonic() > begin + 10:
                        raise Failed(f"{self.logger.key}: a line was not written")
                times.append(time.monotonic() - begin)
            process.stdin.close()
            if process.wait():
                raise Failed(f"{self.logger.key}: {process.returncode}")
        finally:
            end(process)
        # The first line waits for the start of the program.
        return statistics.median(times[1:])


def end(process, feeder=None):
    """Kills what still runs: the feeder first, so that it is not told of a broken pipe."""
    if process.returncode is None:
        for one in filter(None, (feeder, process)):
            one.kill()
            one.wait()


def arrived(path, size):
    try:
        return os.stat(path).st_size >= size
    except FileNotFoundError:
        return False


def memory():
    """Where files lie in memory."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


if __name__ == "__main__":
    sys.exit("bench: run it with `make bench-svlogd`")
