#!/usr/bin/env python3
"""Boot, reboot, memory and processes of five inits on the same Debian, side by side, in emulated machines.

    run.py                      all, both clocks, five rounds each: RESULTS.md (an hour and a half)
    run.py --quick              the instruction clock only, one round (ten minutes)
    run.py --profile ours       where each second went: a table, and boot-ours.svg

Each round boots every init once, the first one changing; all that decides when all is up, and all that is
counted, is the observer's (watch.c), which knows no init. See README.md beside this.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import images
import timeline
from guest import Guest, Missed

HERE = Path(__file__).resolve().parent
# Of which programs the memory is counted: process 1 and what supervises or logs for it.
SUPERVISION = {
    "sysvinit": ("init",),
    "systemd": ("/sbin/init", "/lib/systemd/systemd", "(sd-pam)"),
    "runit-init": ("runit", "runsvdir", "runsv"),
    "finit": ("/sbin/init", "logit"),
    "ours": ("runit", "runsvdir", "runsv"),
}
# The loggers of single services stand apart: other inits have none.
LOGGERS = {"ours": ("svlogd",), "runit-init": ("svlogd",)}


def memory(init, processes):
    """KiB (PSS) of process 1 and its supervisors, and of the loggers among them."""
    def of(pid, name, names):
        word = name.split(" ")[0]
        return (pid == 1 and names is SUPERVISION[init]) or any(
            word == one or word == f"/sbin/{one}" or word == f"/usr/bin/{one}" for one in names)
    supervision = sum(kib for pid, kib, name in processes
                      if of(pid, name, SUPERVISION[init]) or "systemd-journald" in name or "systemd-logind" in name)
    loggers = sum(kib for pid, kib, name in processes if of(pid, name, LOGGERS.get(init, ())))
    return supervision, loggers


def once(init, suite, clock, profile=False):
    disk, new = images.disk(init, suite, **images.extra(init))
    initramfs = images.initramfs(suite)
    if new:
        print(f"boot: {init}: first boot", flush=True)
        try:
            with Guest(images.KERNEL, initramfs, disk, "wall", keep=True) as guest:
                guest.boot()
                guest.end("poweroff")
        except BaseException:
            disk.unlink()
            raise
    with Guest(images.KERNEL, initramfs, disk, clock, profile=profile) as guest:
        figures = guest.boot()
        figures["reboot"] = guest.end("reboot")
        figures["said"] = guest.watch.said
    return figures


def median(values):
    return statistics.median(values) if values else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--inits", default=",".join(images.INITS))
    parser.add_argument("--clocks", default="instructions,wall")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round, the instruction clock")
    parser.add_argument("--anew", action="store_true", help="write the disk of ours anew, with the packages of now")
    parser.add_argument("--profile", metavar="INIT", help="where each second goes")
    parser.add_argument("--out", type=Path, help="write the table there too")
    options = parser.parse_args()
    if options.anew:
        images.forget("ours", options.suite)
    if options.profile:
        figures = once(options.profile, options.suite, "instructions", profile=True)
        print(timeline.table(figures["said"]))
        print("\nThe reboot:\n")
        print(timeline.table(figures["said"], 0.005, "asked") if "\nasked " in figures["said"] else "not observed")
        chart = HERE / f"boot-{options.profile}.svg"
        title = f"{options.profile}: {figures['seconds']:.2f} s, {figures['forks']} forks (instruction clock, observed closely)"
        chart.write_text(timeline.svg(figures["said"], title))
        print(f"\n{figures['seconds']:.2f} s, {figures['forks']} forks, reboot {figures['reboot']:.2f} s; chart: {chart}")
        return 0
    inits = options.inits.split(",")
    clocks = ["instructions"] if options.quick else options.clocks.split(",")
    rounds = 1 if options.quick else options.rounds
    found = {}
    for clock in clocks:
        for number in range(rounds):
            for step in range(len(inits)):
                init = inits[(number + step) % len(inits)]
                begin = time.monotonic()
                try:
                    figures = once(init, options.suite, clock)
                except (Missed, subprocess.CalledProcessError) as error:
                    print(f"boot: {clock} {number + 1}/{rounds} {init}: {str(error)[:300]}", file=sys.stderr, flush=True)
                    continue
                found.setdefault((init, clock), []).append(figures)
                print(f"boot: {clock} {number + 1}/{rounds} {init}: up {figures['seconds']:.2f} s, reboot "
                      f"{figures['reboot']:.2f} s, {figures['forks']} forks, {memory(init, figures['memory'])} KiB "
                      f"({time.monotonic() - begin:.0f} s)", flush=True)
    text = results(inits, clocks, found)
    print(text)
    if options.out:
        options.out.write_text(text)
    return 0


def results(inits, clocks, found):
    def row(name, value, unit="{:.2f}"):
        cells = []
        for init in inits:
            try:
                figure = value(init)
                cells.append("-" if figure is None else unit.format(figure))
            except (KeyError, IndexError):
                cells.append("-")
        return f"| {name} | " + " | ".join(cells) + " |"

    names = {"instructions": "instruction clock", "wall": "wall clock"}
    lines = ["| | " + " | ".join("**runit-rs**" if init == "ours" else init for init in inits) + " |",
             "|---|" + "---:|" * len(inits)]
    for clock in clocks:
        lines.append(row(f"init exec'd to all up, {names[clock]}, s",
                         lambda init, clock=clock: median([f["seconds"] for f in found[init, clock]])))
    for clock in clocks:
        lines.append(row(f"reboot to reset, {names[clock]}, s",
                         lambda init, clock=clock: median([f["reboot"] for f in found[init, clock]])))
    first = clocks[0]
    lines.append(row("memory (PSS) of init and supervision, MiB",
                     lambda init: median([memory(init, f["memory"])[0] / 1024 for f in found[init, first]])))
    lines.append(row("its loggers besides, MiB",
                     lambda init: median([memory(init, f["memory"])[1] / 1024 for f in found[init, first]])
                     if init in LOGGERS else None))
    lines.append(row("processes forked until all is up",
                     lambda init: median([f["forks"] for f in found[init, first]]), "{:.0f}"))
    counts = ", ".join(f"{names[clock]} {min(len(found.get((init, clock), [])) for init in inits)}" for clock in clocks)
    return "\n".join([*lines, "", f"Medians; rounds: {counts}.", ""])


if __name__ == "__main__":
    sys.exit(main())
