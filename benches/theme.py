#!/usr/bin/env python3
"""Prints the results of theme.sh as Markdown: `theme.py RENDERING BUILDS`.

RENDERING is the output of the benchmark, one table for each run; BUILDS is a file of measure.py. The exit status is 1
if rendering exceeds its limit.
"""

import re
import statistics
import sys

sys.dont_write_bytecode = True
import results

MOST = 1.5
ARTICLES = 2000
UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
# A theme's row of the benchmark's table: fastest, slowest, median.
ROW = re.compile(r"[├╰]─ (\w+) +[\d.]+ \S+ +│ [\d.]+ \S+ +│ ([\d.]+) (\S+) +│")


def rendering(path):
    """Returns each theme's median in seconds."""
    found = {"earlier": [], "broadsheet": []}
    with open(path, encoding="utf-8") as file:
        for name, number, unit in ROW.findall(file.read()):
            found[name].append(float(number) * UNITS[unit])
    return found


def row(what, earlier, now, digits):
    ratio = statistics.median(now) / statistics.median(earlier)
    cells = [f"{statistics.median(times):.{digits}f} ({min(times):.{digits}f} – {max(times):.{digits}f})" for times in (earlier, now)]
    print(f"| {what} | {cells[0]} | {cells[1]} | {ratio:.2f} |")
    return ratio


def main(rendered, built):
    times = rendering(rendered)
    _, builds = results.read([built])
    of = {name: [build for build in builds if build.program == name] for name in times}
    print("| | earlier theme | broadsheet | ratio |\n|---|---:|---:|---:|")
    microseconds = {name: [time / ARTICLES * 1e6 for time in found] for name, found in times.items()}
    ratio = row("an article rendered, µs", microseconds["earlier"], microseconds["broadsheet"], 1)
    for what, value in [("user", lambda b: b.user), ("wall", lambda b: b.wall)]:
        seconds = {name: [value(build) for build in found] for name, found in of.items()}
        row(f"a build of {builds[0].articles:.0f} articles, {what} s", seconds["earlier"], seconds["broadsheet"], 2)
    sizes = {name: [found[0].bytes / 1e6] for name, found in of.items()}
    row("its output, MB", sizes["earlier"], sizes["broadsheet"], 2)
    if ratio > MOST:
        sys.exit(f"rendering costs {ratio:.2f} times the earlier theme; the limit is {MOST}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
