#!/usr/bin/env python3
"""Draws build time and peak memory against the number of articles, from the results of compare.sh.

    chart.py PLACE FOLDER RESULTS…    writes FOLDER/performance-time.svg and FOLDER/performance-memory.svg from the
                                      builds on the file system PLACE, such as ext4

Both axes are logarithmic: a straight line at 45 degrees means that cost is proportional to the size
of the archive.
"""

import html
import math
import sys

sys.dont_write_bytecode = True
import results

WIDTH, HEIGHT = 760, 430
LEFT, RIGHT, TOP, BOTTOM = 86, 526, 56, 376
# Series differ in the shape of their marks and in the labels at the end of their lines, not in colour alone.
HUGO, COLD, AGAIN = "hugo", "cold", "again"
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 16px }
  .small { font-size: 12px; fill: #59636e }
  .ground { fill: #fff }
  .grid { stroke: #d1d9e0; fill: none }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
  .hugo { stroke: #b35900; fill: #b35900 }
  .cold { stroke: #0a58ca; fill: #0a58ca }
  .again { stroke: #1a7f37; fill: #1a7f37 }
  path.line { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .small { fill: #9198a1 }
    .ground { fill: #0d1117 }
    .grid { stroke: #3d444d }
    .hugo { stroke: #f0883e; fill: #f0883e }
    .cold { stroke: #6cb6ff; fill: #6cb6ff }
    .again { stroke: #56d364; fill: #56d364 }
  }
"""


def duration(seconds):
    """Formats a time for people."""
    if seconds >= 100:
        return f"{seconds:,.0f} s"
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{seconds * 1000:.3g} ms" if seconds < 0.1 else f"{seconds:.2g} s"


def memory(mib):
    return f"{mib:,.0f} MiB"


class Axis:
    """A logarithmic scale between two powers of ten, over a range of the picture."""

    def __init__(self, values, start, end):
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.high = max(self.high, self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def mark(name, x, y):
    if name == HUGO:
        return f'<rect class="{name}" x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
    if name == AGAIN:
        return f'<path class="{name}" d="M{x:.1f} {y - 6:.1f}l6 10.5h-12z"/>'
    return f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'


def spread(places, distance):
    """Moves heights apart until adjacent ones have at least this distance."""
    order = sorted(places, key=places.get)
    for _ in range(50):
        for upper, lower in zip(order, order[1:]):
            missing = distance - (places[lower] - places[upper])
            if missing > 0:
                places[upper] -= missing / 2
                places[lower] += missing / 2
    return places


def draw(title, under, series, say):
    """Draws an SVG picture of series {name: (label, [(articles, value), …])}."""
    points = [point for _, line in series.values() for point in line]
    across = Axis([articles for articles, _ in points], LEFT, RIGHT)
    up = Axis([value for _, value in points], BOTTOM, TOP)
    told = "; ".join(
        f"{words}: " + ", ".join(f"{say(value)} at {articles:,} articles" for articles, value in line)
        for words, line in series.values()
    )
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{html.escape(title)}</title>',
        f'<desc id="desc">{html.escape(told)}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="16" y="28">{html.escape(title)}</text>',
    ]
    for tick in up.ticks():
        y = up.at(tick)
        out += [
            f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>',
            f'<text class="small" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{say(tick)}</text>',
        ]
    for tick in across.ticks():
        x = across.at(tick)
        out += [
            f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM}"/>',
            f'<text class="small" x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{tick:,.0f}</text>',
        ]
    out.append(
        f'<text class="small" x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">{html.escape(under)}</text>'
    )
    labels = spread({name: up.at(line[-1][1]) for name, (_, line) in series.items()}, 36)
    for name, (words, line) in series.items():
        places = [(across.at(articles), up.at(value)) for articles, value in line]
        out.append(f'<path class="line {name}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>')
        out += [mark(name, x, y) for x, y in places]
        x, y = places[-1][0] + 14, labels[name]
        out += [
            f'<text x="{x:.1f}" y="{y - 2:.1f}">{html.escape(words)}</text>',
            f'<text class="small" x="{x:.1f}" y="{y + 14:.1f}">{say(line[-1][1])} at {line[-1][0]:,}</text>',
        ]
    return "\n".join([*out, "</svg>", ""])


def line(data, column, place, program, case="cold"):
    """Returns the medians of a column by number of articles."""
    medians = [
        (articles, data.median(column, place, articles, program, "folders", case))
        for articles in sorted({*data.numbers(place, "presswork"), *data.numbers(place, "hugo")})
    ]
    return [(articles, value) for articles, value in medians if value]


def main(place, folder, paths):
    data = results.Results(results.read(paths)[1])
    time = {
        HUGO: ("Hugo", line(data, "wall", place, "hugo")),
        COLD: ("Presswork", line(data, "wall", place, "presswork")),
        AGAIN: ("Presswork, one story added", line(data, "wall", place, "presswork", "added")),
    }
    peak = {
        HUGO: ("Hugo", line(data, "peak_mib", place, "hugo")),
        COLD: ("Presswork", line(data, "peak_mib", place, "presswork")),
    }
    for name, title, series, say in (
        ("time", "Time of a build", time, duration),
        ("memory", "Peak memory of a build", peak, memory),
    ):
        series = {key: (words, points) for key, (words, points) in series.items() if points}
        if not series:
            sys.exit(f"nothing was measured on {place}")
        with open(f"{folder}/performance-{name}.svg", "w", encoding="utf-8") as file:
            file.write(draw(title, f"articles (files on {place}; both axes logarithmic)", series, say))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
