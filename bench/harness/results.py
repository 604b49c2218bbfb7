"""The words and tables of bench/RESULTS.md, from what was measured."""

import statistics

from . import table

PLOT = "services.svg"


def text(about, rounds, rows, sides, values, svlogd, missing):
    parts = ["# Results", "Made by `bench/run.py --results` (`make bench`), in one run.", about,
             "Rounds: " + ", ".join(f"{name} {count}" for name, count in rounds.items()) + ".",
             table.markdown(rows, sides, values)]
    points = curve(values)
    if points:
        parts += ["## By the number of services",
                  f"![Start time and memory by the number of services]({PLOT})",
                  "Milliseconds until the last one is up, and MiB that scanner and supervisors have for"
                  " themselves; medians.",
                  by_number(points, sides)]
    if svlogd:
        parts += ["## svlogd", svlogd]
    if missing:
        parts += ["## Without a value", "\n".join(f"- {line}" for line in missing)]
    return "\n\n".join(parts) + "\n"


def curve(values):
    """{n: {side: {"start": median, "memory": median}}} of what the figure curve measured."""
    points = {}
    for key, found in values.items():
        if key.startswith("curve.") and found:
            what, n = key.removeprefix("curve.").split()
            for side, single in found.items():
                points.setdefault(int(n), {}).setdefault(side, {})[what] = statistics.median(single)
    return dict(sorted(points.items()))


def by_number(points, sides):
    """Number of services by side, as Markdown."""
    keys = [key for key in sides if any(key in point for point in points.values())]
    lines = ["| services | " + " | ".join(sides[key].title for key in keys) + " |", "|---:|" + "---:|" * len(keys)]
    for n, point in points.items():
        cells = [f"{table.number(point[key]['start'])} ms, {table.number(point[key]['memory'])} MiB"
                 if key in point else "-" for key in keys]
        lines.append(f"| {n:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
