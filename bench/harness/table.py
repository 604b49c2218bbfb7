"""From many measured values to one Markdown table."""

import statistics


def spread(values):
    """Half of the middle half: what a further measurement may well differ by."""
    if len(values) < 4:
        return (max(values) - min(values)) / 2
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def number(value):
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"


def markdown(rows, sides, values, reference="debian"):
    """rows: {key: (title, unit)}; values: {key: {side: [values]}}."""
    head = ["", *(side.title for side in sides.values())]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * len(sides)]
    for key, (title, unit) in rows.items():
        base = values[key].get(reference)
        cells = []
        for side in sides:
            found = values[key].get(side)
            if not found:
                cells.append("-")
                continue
            median = statistics.median(found)
            cell = f"{number(median)} ± {number(spread(found))}" if len(found) > 1 else number(median)
            if base and side != reference and statistics.median(base):
                ratio = median / statistics.median(base)
                cell += f" ({ratio:.2f})" if ratio >= 0.1 or not ratio else f" ({ratio:.2g})"
            cells.append(f"**{cell}**" if side == "ours" else cell)
        lines.append(f"| {title}{unit and f', {unit}'} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
