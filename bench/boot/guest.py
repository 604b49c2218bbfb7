"""One measured guest: QEMU without KVM, one processor, its kernel's words, the observer's line, its end.

Whatever happens the guest is stopped: QEMU dies with this process, and each wait has its limit.
"""

import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# `shift=2`: an instruction takes 4 ns of the guest's time, whatever the machine around it does.
CLOCKS = {"wall": [], "instructions": ["-icount", "shift=2"]}
# A word of the kernel comes with its time: "[    1.234567] ...".
STAMP = re.compile(r"\[ *(\d+\.\d+)\] (.*)")


class Missed(Exception):
    """What was waited for did not come."""


class Line:
    """A serial line or the monitor: what came, and how to wait for more."""

    def __init__(self, ours):
        self.socket, self.said = ours, ""

    def wait(self, text, seconds):
        deadline = time.monotonic() + seconds
        while text not in self.said:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                raise Missed(f"{text!r} did not come in {seconds} s")
            self.read()

    def read(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise Missed("the machine ended")
        self.said += piece.decode(errors="replace").replace("\r", "")


class Guest:
    def __init__(self, kernel, initramfs, disk, clock, profile=False, keep=None):
        """`keep`: changes go to the disk itself; else they are forgotten."""
        self.scratch, self.clock = None, clock
        if not keep:
            # In memory where there is some: no measurement of the host's disk.
            place = "/dev/shm" if Path("/dev/shm").is_dir() else None
            self.scratch = Path(tempfile.mkdtemp(prefix="boot-bench-", dir=place))
            subprocess.run(["cp", "--sparse=always", disk, self.scratch / "disk"], check=True)
            disk = self.scratch / "disk"
        self.disk = disk
        pairs = [socket.socketpair() for _ in range(3)]
        lines = []
        for name, (_, theirs) in zip(("console", "watch", "monitor"), pairs):
            lines += ["-chardev", f"socket,id={name},fd={theirs.fileno()}"]
        command_line = "console=ttyS0 quiet loglevel=1 net.ifnames=0 no_timer_check printk.time=1"
        if profile:
            command_line += " WATCH=profile"
        self.qemu = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", "qemu-system-x86_64", "-accel", "tcg,thread=single",
             "-machine", "pc", "-m", "512", "-smp", "1", "-nodefaults", "-no-user-config", "-display", "none",
             # The machine's clock goes with the guest's time, as on any machine, and not with the host's.
             "-rtc", "clock=vm",
             "-kernel", str(kernel), "-initrd", str(initramfs), "-append", command_line,
             "-drive", f"file={disk},format=raw,if=virtio,cache=unsafe",
             "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=",
             "-action", "reboot=shutdown,shutdown=pause", *CLOCKS[clock], *lines,
             "-serial", "chardev:console", "-serial", "chardev:watch", "-mon", "chardev=monitor,mode=control"],
            pass_fds=[theirs.fileno() for _, theirs in pairs], stdin=subprocess.DEVNULL)
        for _, theirs in pairs:
            theirs.close()
        self.console, self.watch, self.monitor = (Line(ours) for ours, _ in pairs)
        self.monitor.socket.send(b'{"execute":"qmp_capabilities"}')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.qemu.kill()
        self.qemu.wait()
        for line in (self.console, self.watch, self.monitor):
            line.socket.close()
        if self.scratch:
            shutil.rmtree(self.scratch)

    def boot(self):
        """Waits until all is up: what the observer says of it, a dictionary."""
        # By the instruction clock a busy host may take as long as it likes: nothing is measured of it.
        seconds = {"wall": 300, "instructions": 1200}[self.clock]
        deadline = time.monotonic() + seconds
        while "memory-end\n" not in self.watch.said:
            left = deadline - time.monotonic()
            ready = select.select([self.watch.socket, self.console.socket], [], [], max(left, 0))[0]
            if not ready:
                raise Missed(f"nothing in {seconds} s; console: {self.console.said[-1500:]}")
            for line in (self.watch, self.console):
                if line.socket in ready:
                    line.read()
        for line in self.watch.said.splitlines():
            # "lost": the observer has not seen all of it.
            if line.startswith(("never", "lost")):
                raise Missed(f"not up: {line}; {self.watch.said[-200:]}; console: {self.console.said[-1500:]}")
        (begin, end, forks), = re.findall(r"^up (\d+) (\d+) (\d+)$", self.watch.said, re.M)
        memory = re.findall(r"^memory (\d+) (\d+) (.*)$", self.watch.said, re.M)
        return {"seconds": (int(end) - int(begin)) / 1e6, "forks": int(forks), "begin": int(begin), "end": int(end),
                "memory": [(int(pid), int(kib), name) for pid, kib, name in memory], "said": self.watch.said}

    def end(self, how="reboot", seconds=120):
        """Has it end; the seconds from the command to the kernel's last word."""
        self.watch.socket.send({"reboot": b"r", "poweroff": b"p"}[how])
        deadline = time.monotonic() + seconds
        while '"SHUTDOWN"' not in self.monitor.said:
            left = deadline - time.monotonic()
            ready = select.select([self.monitor.socket, self.console.socket, self.watch.socket], [], [], max(left, 0))[0]
            if not ready:
                raise Missed(f"no {how} in {seconds} s: {self.console.said[-2000:]}")
            for line in (self.monitor, self.console, self.watch):
                if line.socket in ready:
                    line.read()
        while select.select([self.console.socket], [], [], 0.2)[0]:
            self.console.read()
        asked = last = None
        for line in self.console.said.splitlines():
            stamp = STAMP.search(line)
            if stamp and f"watch: {how} now" in stamp[2]:
                asked = float(stamp[1])
            if stamp and {"reboot": "reboot: Restarting", "poweroff": "reboot: Power down"}[how] in stamp[2]:
                last = float(stamp[1])
        if asked is None or last is None:
            raise Missed(f"no word of the {how}: {self.console.said[-2000:]}")
        # The machine stands still, its disk is as it was left.
        super_block = subprocess.run(["dumpe2fs", "-h", str(self.disk)], check=True, capture_output=True, text=True).stdout
        if "needs_recovery" in super_block:
            raise Missed(f"after the {how} the root file system is not clean")
        return last - asked

