#!/usr/bin/env python3
"""Boot, reboot, memory and processes of six inits on the same Debian, side by side, in emulated machines.

    run.py                      all, both clocks, five rounds each (an hour); the table of RESULTS.md
    run.py --quick              the instruction clock only, one round (a quarter of an hour)
    run.py --clocks wall        the wall clock only, for a machine that does nothing else (a quarter of an hour)
    run.py --report             only the table, of what was measured so far
    run.py --profile ours       where each second went: two tables, and boot-ours.svg

Each round boots every init once, the first one changing; all that decides when all is up, and all that is
counted, is the observer's (watch.c), which knows no init. Every boot's figures are kept at once (figures.py), so a
run that was ended goes on where it was, and the two clocks may be measured on different days. See README.md
beside this.
"""

import argparse
import re
import statistics
import sys
import time
from pathlib import Path

import figures as kept
import images
import timeline
from guest import Guest

HERE = Path(__file__).resolve().parent
# Of which programs the memory is counted: process 1 and what supervises or logs for it.
SUPERVISION = {
    "sysvinit": ("init",),
    "systemd": ("/sbin/init", "/lib/systemd/systemd", "(sd-pam)"),
    "runit-init": ("runit", "runsvdir", "runsv"),
    "runit-native": ("runit", "runsvdir", "runsv"),
    "finit": ("/sbin/init", "logit"),
    "ours": ("runit", "runsvdir", "runsv"),
}
# The loggers of single services stand apart: other inits have none.
LOGGERS = {"ours": ("svlogd",), "runit-init": ("svlogd",), "runit-native": ("svlogd",)}
# Services of ours for which others have nothing, or do it in process 1: they stand apart as well.
OWN_SERVICES = {"ours": ("initctld", "power-button", "pause")}
NAMES = {"instructions": "instruction clock", "wall": "wall clock"}


def part_of_finit(factor):
    """A limit: so much of what the same boots gave for finit; none where that was not measured."""
    return lambda of: None if of.get("finit") is None else of["finit"] * factor


# What is aimed at, in words and as a limit to the medians of all inits.
AIMS = {
    ("seconds", "instructions"): ("6.8", lambda _: 6.8),
    ("seconds", "wall"): ("0.70 of finit", part_of_finit(0.7)),
    ("reboot", "instructions"): ("1.1", lambda _: 1.1),
    ("reboot", "wall"): ("finit", part_of_finit(1)),
}
MARK = ("<!-- figures: what follows is written by run.py -->", "<!-- end of figures -->")


def memory(init, processes):
    """KiB (PSS) of process 1 and its supervisors, of the loggers of services, and of the init's own services."""
    def of(pid, name, names):
        word = name.split(" ")[0]
        return (pid == 1 and names is SUPERVISION[init]) or any(
            word == one or word == f"/sbin/{one}" or word == f"/usr/bin/{one}" for one in names)
    supervision = sum(kib for pid, kib, name in processes
                      if of(pid, name, SUPERVISION[init]) or "systemd-journald" in name or "systemd-logind" in name)
    loggers = sum(kib for pid, kib, name in processes if of(pid, name, LOGGERS.get(init, ())))
    own = sum(kib for pid, kib, name in processes if of(pid, name, OWN_SERVICES.get(init, ())))
    return supervision, loggers, own


def once(init, suite, clock, profile=False):
    disk, new = images.disk(init, suite)
    initramfs = images.initramfs(suite)
    if new:
        print(f"boot: {init}: first boot", flush=True)
        try:
            with Guest(images.KERNEL, initramfs, disk, "wall", keep=True) as guest:
                guest.boot()
                guest.end("poweroff")
            disk = images.booted(disk)
        except BaseException:
            disk.unlink()
            raise
    with Guest(images.KERNEL, initramfs, disk, clock, profile=profile) as guest:
        found = guest.boot()
        found["reboot"] = guest.end("reboot")
        found["said"] = guest.watch.said
    return found


def profile(init, suite, clock):
    """Tables of one boot and reboot, observed closely, and the chart."""
    found = once(init, suite, clock, profile=True)
    print(timeline.table(found["said"]))
    print("\nThe reboot:\n")
    print(timeline.table(found["said"], 0.005, "asked") if "\nasked " in found["said"] else "not observed")
    chart = HERE / f"boot-{init}.svg"
    title = f"{init}: {found['seconds']:.2f} s, {found['forks']} forks ({NAMES[clock]}, observed closely)"
    chart.write_text(timeline.svg(found["said"], title))
    print(f"\n{found['seconds']:.2f} s, {found['forks']} forks, reboot {found['reboot']:.2f} s; chart: {chart}")


def measure(inits, clocks, rounds, suite, store, minutes):
    """Boots what is still missing of so many rounds; what goes wrong is tried once more, then named and left out."""
    end = time.monotonic() + minutes * 60
    for clock in clocks:
        for number in range(rounds):
            for step in range(len(inits)):
                init = inits[(number + step) % len(inits)]
                if len(store.of(init, clock)) > number:
                    continue
                for attempt in (1, 2):
                    begin = time.monotonic()
                    if begin > end:
                        print(f"boot: {minutes} minutes are over", file=sys.stderr, flush=True)
                        return
                    which = f"boot: {clock} {number + 1}/{rounds} {init}"
                    try:
                        found = once(init, suite, clock)
                    except Exception as error:  # whatever it is, the others' figures are not lost for it
                        print(f"{which}: attempt {attempt}: {type(error).__name__}: {str(error)[-2000:]}",
                              file=sys.stderr, flush=True)
                        store.miss(init, clock)
                        continue
                    store.add(init, clock, found)
                    print(f"{which}: up {found['seconds']:.2f} s, reboot {found['reboot']:.2f} s, {found['forks']} forks, "
                          f"{memory(init, found['memory'])} KiB ({time.monotonic() - begin:.0f} s)", flush=True)
                    break


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--inits", default=",".join(images.INITS))
    parser.add_argument("--clocks", default="instructions,wall")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=180, help="no boot begins after so many")
    parser.add_argument("--quick", action="store_true", help="one round, the instruction clock")
    parser.add_argument("--again", action="store_true", help="forget the figures of these inits and clocks first")
    parser.add_argument("--anew", nargs="?", const="ours", default="", metavar="INITS",
                        help="write the disks of these anew (of ours, with the packages of now)")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    parser.add_argument("--profile", metavar="INIT", help="where each second goes")
    parser.add_argument("--out", type=Path, help="put the table into that document, between its two marks")
    options = parser.parse_args()
    for init in filter(None, options.anew.split(",")):
        images.forget(init, options.suite)
    inits = options.inits.split(",")
    clocks = ["instructions"] if options.quick else options.clocks.split(",")
    if options.profile:
        profile(options.profile, options.suite, clocks[0])
        return 0
    rounds = 1 if options.quick else options.rounds
    store = kept.Figures(options.suite)
    if options.again:
        store.forget(inits, clocks)
    if not options.report:
        measure(inits, clocks, rounds, options.suite, store, options.minutes)
    text = results(store)
    print(text)
    if options.out:
        document = options.out.read_text()
        begin, end = map(re.escape, MARK)
        table = f"{MARK[0]}\n\n{text}\n{MARK[1]}"
        options.out.write_text(re.sub(f"{begin}.*{end}", lambda _: table, document, flags=re.S))
    whole = all(len(store.of(init, clock)) >= rounds for init in inits for clock in clocks)
    return 0 if whole or options.report else 1


def results(store):
    """The table of all that was measured, a line for each figure, and whether it is what was aimed at."""
    inits = [init for init in images.INITS if any(store.of(init, clock) for clock in NAMES)]
    clocks = [clock for clock in NAMES if any(store.of(init, clock) for init in inits)]
    lines = ["| | " + " | ".join("**runit-rs**" if init == "ours" else init for init in inits) + " | target | |",
             "|---|" + "---:|" * len(inits) + "---|---|"]

    def row(name, value, unit="{:.2f}", target=None, limit=lambda of: None):
        of = {}
        for init in inits:
            values = [one for one in value(init) if one is not None]
            of[init] = statistics.median(values) if values else None
        most, ours = limit(of), of.get("ours")
        verdict = "" if most is None or ours is None else "met" if ours <= most else "missed"
        cells = ["-" if of[init] is None else unit.format(of[init]) for init in inits]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {target or ''} | {verdict} |")

    for figure, name in (("seconds", "init exec'd to all up"), ("reboot", "reboot to reset")):
        for clock in clocks:
            def values(init, figure=figure, clock=clock):
                return [one[figure] for one in store.of(init, clock)]
            target, limit = AIMS[figure, clock]
            row(f"{name}, {NAMES[clock]}, s", values, target=target, limit=limit)
            if figure == "seconds":
                spread = " | ".join(f"{min(values(i)):.2f} to {max(values(i)):.2f}" if values(i) else "-" for i in inits)
                lines.append(f"| its boots, lowest to highest | {spread} | | |")
    first = clocks[0] if clocks else "wall"

    def kib(which):
        return lambda init: [memory(init, one["memory"])[which] / 1024 for one in store.of(init, first)]
    row("memory (PSS) of init and supervision, MiB", kib(0), target="0.6", limit=lambda _: 0.6)
    row("its loggers besides, MiB", lambda init: kib(1)(init) if init in LOGGERS else [])
    row("its initctld, power-button, pause besides, MiB", lambda init: kib(2)(init) if init in OWN_SERVICES else [])
    row("processes forked until all is up", lambda init: [one["forks"] for one in store.of(init, first)], "{:.0f}",
        "110", lambda _: 110)
    def count(init, clock):
        missed = store.missed(init, clock)
        return f"{init} {len(store.of(init, clock))}" + (f" (and {missed} missed)" if missed else "")
    counts = "; ".join(f"{NAMES[clock]}: " + ", ".join(count(init, clock) for init in inits) for clock in clocks)
    return "\n".join([*lines, "", f"Medians. Boots measured by the {counts}.", ""])


if __name__ == "__main__":
    sys.exit(main())
