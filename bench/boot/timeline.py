"""Where each second of a boot and of a reboot went: from the observer's events to a table and a chart (SVG).

A span is one program from its exec to its end or to "all is up"; what a program started is inside its span.
A process that executes nothing is shown as (of NAME), its parent's, and a duty of our stages by the duty's name.
Beside the span stands for how long the process itself had the processor: on one processor the spans overlap.
"""

import html
import re


def span_of(said, what="up"):
    """When it began and ended: from /sbin/init to all up, or from the reboot asked for to the last event seen."""
    if what == "up":
        return tuple(map(int, re.search(r"^up (\d+) (\d+)", said, re.M).groups()))
    begin = int(re.search(r"^asked (\d+)", said, re.M)[1])
    return begin, max([int(at) for at in re.findall(r"^(?:fork|exec|exit) (\d+) ", said, re.M)] + [begin])


def processes(said, what="up"):
    """Every process that began then, in order of its start: dictionaries with times in seconds since the begin."""
    begin, end = span_of(said, what)
    table = {1: {"pid": 1, "parent": 0, "from": 0.0, "to": (end - begin) / 1e6, "names": []}}
    order = [table[1]]
    for line in said.splitlines():
        word, *rest = line.split(None, 3)
        if word not in ("fork", "exec", "exit") or len(rest) < 2 or not begin <= int(rest[0]) <= end:
            continue
        at, pid = (int(rest[0]) - begin) / 1e6, int(rest[1])
        if word == "fork":
            table[pid] = {"pid": pid, "parent": int(rest[2].split()[0]), "from": at, "to": (end - begin) / 1e6, "names": []}
            order.append(table[pid])
        elif pid in table and word == "exec":
            name = rest[2].strip() if len(rest) > 2 else ""
            table[pid]["names"].append(name or "?")
        elif pid in table:
            table[pid]["to"] = at
    # The last that was forked for a duty, by the stage's own shell (the first of them), is the duty.
    shells, duties = {}, {}
    for pid, duty in re.findall(r"^duty (\d+) (\S+)$", said, re.M):
        if int(pid) in table:
            parent = shells.setdefault(duty, table[int(pid)]["parent"])
            if table[int(pid)]["parent"] == parent:
                duties[duty] = table[int(pid)]
    for duty, process in duties.items():
        process["names"].insert(0, f"duty {duty}")
    return order


def processes_before(said):
    """What each process that ran before the reboot was called."""
    return {process["pid"]: process["names"][-1] for process in processes(said) if process["names"]}


def processor(said):
    """Seconds that each process had the processor by "all is up", also those of the kernel; the observer's pid."""
    spent = {}
    for pid, used in re.findall(r"^processor (\d+) (\d+)$", said.split("\nasked ", 1)[0], re.M):
        # Twice: from the first time to the last (process 1 was the kernel's before it was /sbin/init).
        spent.setdefault(int(pid), []).append(int(used) / 1e6)
    observer = re.search(r"^observer (\d+)$", said, re.M)
    return {pid: used[-1] - (used[0] if used[1:] else 0) for pid, used in spent.items()}, observer and int(observer[1])


def rows(said, least=0.0, what="up"):
    """(start, seconds, seconds of the processor, forks below it, depth, name) of each process that took so long."""
    order = processes(said, what)
    table = {process["pid"]: process for process in order}

    def depth(process):
        steps = 0
        while process["pid"] != 1 and process["parent"] in table and steps < 9:
            process, steps = table[process["parent"]], steps + 1
        return steps

    def name(process):
        parent = table.get(process["parent"], {}).get("names")
        return " -> ".join(process["names"]) or f"(of {parent[-1].rsplit('/', 1)[-1] if parent else '?'})"

    below = {}
    for process in reversed(order):
        below[process["pid"]] = below.get(process["pid"], 0)
        below[process["parent"]] = below.get(process["parent"], 0) + 1 + below[process["pid"]]
    spent, _ = processor(said)
    return [(p["from"], p["to"] - p["from"], spent.get(p["pid"], 0), below[p["pid"]], depth(p), name(p))
            for p in order if p["to"] - p["from"] >= least]


def missing(said):
    """What was still missing, and since when less of it: [(seconds, what)]."""
    begin = int(re.search(r"^up (\d+)", said, re.M)[1])
    words = {"u": "udev", "l": "syslog", "c": "cron", "g": "gettys", "n": "network", "s": "sshd"}
    return [((int(at) - begin) / 1e6, " ".join(words[letter] for letter in letters.strip()) or "nothing: all is up")
            for at, letters in re.findall(r"^missing (\d+) ?(.*)$", said, re.M)]


def table(said, least=0.02, what="up"):
    lines = ["|  from, s | for, s | processor, s | forks | |", "|---:|---:|---:|---:|:---|"]
    for start, seconds, used, forks, depth, name in rows(said, least, what):
        # Of the way down nobody counts it.
        used = f"{used:.3f}" if what == "up" else ""
        lines.append(f"| {start:.3f} | {seconds:.3f} | {used} | {forks} | {'· ' * depth}{name[:90].replace('|', '/')} |")
    if what == "up":
        spent, observer = processor(said)
        watched = {process["pid"] for process in processes(said)}
        kernel = sum(used for pid, used in spent.items() if pid not in watched and pid != observer)
        lines += ["", f"The processor besides: the kernel's threads {kernel:.2f} s, this observer {spent.get(observer, 0):.2f} s."]
        lines += ["", "Still missing:", ""]
        lines += [f"- from {at:.3f} s: {what}" for at, what in missing(said)]
    else:
        begin, _ = span_of(said, what)
        names = processes_before(said)
        lines += ["", "Ended on the way down:", ""]
        lines += [f"- at {(int(at) - begin) / 1e6:.3f} s: {names[int(pid)][:90]}"
                  for at, pid in re.findall(r"^exit (\d+) (\d+)", said, re.M) if int(at) >= begin and int(pid) in names]
    return "\n".join(lines)


def svg(said, title, least=0.02):
    """One bar for each process, indented by what started it."""
    bars = rows(said, least)
    end = max(start + seconds for start, seconds, *_ in bars)
    width, line, left = 1000, 15, 10
    scale = (width - 2 * left) / end
    height = line * len(bars) + 60
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 420}" height="{height}" font-family="sans-serif" '
             f'font-size="10"><rect width="100%" height="100%" fill="white"/><text x="{left}" y="16" font-size="13">'
             f"{html.escape(title)}</text>"]
    for second in range(int(end) + 1):
        x = left + second * scale
        parts.append(f'<line x1="{x:.1f}" y1="24" x2="{x:.1f}" y2="{height - 18}" stroke="#ddd"/>'
                     f'<text x="{x:.1f}" y="{height - 6}">{second} s</text>')
    for number, (start, seconds, _, _, depth, name) in enumerate(bars):
        x, y = left + start * scale, 28 + number * line
        bar = max(seconds * scale, 1)
        colour = ("#35618f", "#5b8db8", "#8ab6d6", "#b5d3e7", "#d3e5f1")[min(depth, 4)]
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{bar:.1f}" height="{line - 4}" fill="{colour}"/>'
                     f'<text x="{x + 3:.1f}" y="{y + 9}">{html.escape(name[:80])} ({seconds:.2f})</text>')
    return "".join(parts) + "</svg>\n"
