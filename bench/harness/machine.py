"""One paragraph on where and on what the numbers were made."""

import os
import platform
import subprocess
import time
from pathlib import Path

from .sides import DEPS, ROOT, ours_dir


def description(sides):
    return " ".join([
        f"Measured {time.strftime('%Y-%m-%d')} on {processor()}, {os.cpu_count()} processors,",
        f"Linux {platform.release()}, {distribution()}; load average before the table: {os.getloadavg()[1]:.1f}.",
        "Versions: " + "; ".join(f"{side.title} {version(key)}" for key, side in sides.items()) + ".",
        "Medians ± half the interquartile range, in brackets the ratio to Debian's C runit.",
    ])


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def distribution():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return "unknown distribution"


def version(key):
    if key == "ours":
        how = ours_dir() / ".how"
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
        return f"{commit.stdout.strip()} ({how.read_text().strip() if how.exists() else 'unknown build'})"
    if key in ("floor", "before"):
        return {"floor": "(parts/floor.c)", "before": "(another build)"}[key]
    packages = DEPS / ("oracle-release" if key == "debian" else f"bench/{key}") / "PACKAGES"
    name = "runit" if key == "debian" else key
    for line in packages.read_text().splitlines():
        package, found = line.split("\t")
        if package == name:
            return found
    return "?"
