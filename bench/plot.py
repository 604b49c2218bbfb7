"""Draws two curves for each side, start time and memory by the number of services, as one SVG.

Nothing but the standard library; readable on a light and on a dark page, and without colours too:
each line has a mark of its own and its name at its end.
"""

import math
from html import escape

WIDTH, HEIGHT = 960, 430
LEFT, RIGHT, TOP, BOTTOM, GAP = 70, 112, 52, 58, 190
# Mid tones, which stand out from white and from black.
COLOURS = ["#d9480f", "#1c7ed6", "#2b8a3e", "#9c36b5", "#868e96", "#b08900", "#0b7285"]
MARKS = ["circle", "square", "triangle", "diamond", "cross", "ring", "bar"]
STYLE = """
svg { color: #1b1b1b }
.page { fill: #ffffff }
@media (prefers-color-scheme: dark) { svg { color: #e6e6e6 } .page { fill: #15171a } }
text { font: 13px system-ui, sans-serif; fill: currentColor }
.title { font-size: 15px; font-weight: 600 }
.grid { stroke: currentColor; stroke-opacity: .16 }
.axis { stroke: currentColor; stroke-opacity: .7 }
.line { fill: none; stroke-width: 2 }
"""


def svg(points, titles):
    """points: {n: {side: {"start": ms, "memory": MiB}}}; titles: {side: its name}."""
    panel = (WIDTH - LEFT - RIGHT - GAP) / 2
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
             f'width="{WIDTH}" height="{HEIGHT}">',
             "<title>Start time and memory by the number of services</title>", f"<style>{STYLE}</style>",
             '<rect class="page" width="100%" height="100%"/>']
    for index, (what, title) in enumerate([("start", "Last service up after, ms"),
                                           ("memory", "Private memory of the supervisors, MiB")]):
        frame = Frame(LEFT + index * (panel + GAP), TOP, panel, HEIGHT - TOP - BOTTOM)
        parts += frame.draw(points, what, title, titles)
    return "\n".join(parts) + "\n</svg>\n"


class Frame:
    """One panel: where it is, and how values become places in it."""

    def __init__(self, x, y, width, height):
        self.x, self.y, self.width, self.height = x, y, width, height

    def draw(self, points, what, title, titles):
        numbers = list(points)
        found = {side: [(n, points[n][side][what]) for n in numbers if side in points[n]] for side in titles}
        found = {side: line for side, line in found.items() if line}
        values = [value for line in found.values() for _, value in line if value > 0]
        self.xs = (math.log10(min(numbers)), math.log10(max(numbers)))
        self.ys = (math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))))
        yield f'<text class="title" x="{self.x}" y="{self.y - 22}">{escape(title)}</text>'
        for n in numbers:
            yield self.rule(self.left(n), self.y, self.left(n), self.y + self.height)
            yield self.word(self.left(n), self.y + self.height + 18, short(n), "middle")
        for decade in range(self.ys[0], self.ys[1] + 1):
            top = self.top(10 ** decade)
            yield self.rule(self.x, top, self.x + self.width, top)
            yield self.word(self.x - 8, top + 4, f"{10 ** decade:g}" if decade < 3 else f"{10 ** decade:,}", "end")
        yield self.word(self.x + self.width / 2, self.y + self.height + 42, "services (both scales logarithmic)", "middle")
        yield (f'<path class="axis" fill="none" d="M{self.x:.1f} {self.y} V{self.y + self.height} '
               f'H{self.x + self.width:.1f}"/>')
        for index, (side, line) in enumerate(found.items()):
            colour, mark = COLOURS[index % len(COLOURS)], MARKS[index % len(MARKS)]
            places = [(self.left(n), self.top(value)) for n, value in line]
            way = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            yield f'<path class="line" stroke="{colour}" d="M{way}"/>'
            yield from (shape(mark, x, y, colour) for x, y in places)
        yield from self.names(found, titles)

    def names(self, found, titles):
        """The names at the right, in the order of the ends of the lines, none over another."""
        ends = sorted((self.top(line[-1][1]), index, side) for index, (side, line) in enumerate(found.items()))
        below = self.y
        for top, index, side in ends:
            at = max(top, below)
            below = at + 17
            x = self.x + self.width + 16
            colour, mark = COLOURS[index % len(COLOURS)], MARKS[index % len(MARKS)]
            yield shape(mark, x, at, colour)
            yield self.word(x + 10, at + 4, titles[side], "start")

    def left(self, n):
        low, high = self.xs
        return self.x + self.width * ((math.log10(n) - low) / (high - low or 1))

    def top(self, value):
        low, high = self.ys
        share = (math.log10(max(value, 10 ** low)) - low) / (high - low or 1)
        return self.y + self.height * (1 - share)

    @staticmethod
    def rule(x1, y1, x2, y2):
        return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'

    @staticmethod
    def word(x, y, text, anchor):
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def short(n):
    return f"{n // 1000}k" if n >= 1000 and n % 1000 == 0 else str(n)


def shape(mark, x, y, colour):
    if mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if mark == "square":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    if mark == "triangle":
        return f'<path d="M{x:.1f} {y - 5:.1f} l4.5 8 h-9 z" fill="{colour}"/>'
    if mark == "diamond":
        return f'<path d="M{x:.1f} {y - 5:.1f} l5 5 l-5 5 l-5 -5 z" fill="{colour}"/>'
    if mark == "ring":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="none" stroke="{colour}" stroke-width="2"/>'
    if mark == "bar":
        return f'<path d="M{x:.1f} {y - 5:.1f} v10" stroke="{colour}" stroke-width="3"/>'
    return f'<path d="M{x - 4:.1f} {y - 4:.1f} l8 8 m0 -8 l-8 8" stroke="{colour}" stroke-width="2"/>'
