#!/usr/bin/env python3
"""Prints the medians of RESULTS files as Markdown: `table.py RESULTS…`."""

import sys

sys.dont_write_bytecode = True
import results

CASES = {"unchanged": "nothing changed", "edited": "a word of one article corrected", "added": "one article added"}
ROWS = [
    ("hugo", "folders", "Hugo"),
    ("presswork", "folders", "Presswork"),
    ("floor", "folders", "I/O floor"),
    ("presswork", "html", "Presswork, `.html` addresses"),
    ("blades", "html", "Blades, `.html` addresses"),
    ("floor", "html", "I/O floor, `.html` addresses"),
    ("presswork", "feeds", "Presswork, with feeds and sitemaps"),
    ("hugo", "ananke", "Hugo as users get it, with Ananke"),
    ("presswork", "default", "Presswork as users get it"),
]
# What a build of Presswork is compared with, by its style.
PEERS = {"folders": "folders", "feeds": "folders", "default": "ananke"}
KINDS = {
    "articles": "articles",
    "sections": "section fronts and their pages",
    "authors": "authors, and the list of them",
    "tags": "tags, and the list of them",
    "latest": "all stories, newest first",
    "archive": "the archive by month",
    "others": "others",
}


def seconds(value):
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def times(one, other):
    if not one or not other:
        return ""
    return f"{one / other:.1f}" if one > 3 * other else f"{one / other:.2f}"


def row(cells):
    return f"| {' | '.join(cells)} |"


def cold(data, place, articles):
    lines = [
        row(
            [
                "",
                "wall s (from – to)",
                "user s",
                "system s",
                "peak MiB",
                "files",
                "MB",
                "times as fast as Hugo",
                "Hugo's CPU time to this",
                "wall to the floor",
                "user time to that of Blades",
                "CPU ms an article",
                "CPU s a MB of text",
            ]
        ),
        "|---|" + "---:|" * 12,
    ]
    for program, style, title in ROWS:
        key = place, articles, program, style
        builds = data.builds(*key)
        if not builds:
            continue
        blades = data.median("user", place, articles, "blades", "html")
        wall, walls = data.median("wall", *key), [build.wall for build in builds]
        peer = PEERS.get(style) if program in ("presswork", "floor") else None
        hugo = data.builds(place, articles, "hugo", peer) if peer else []
        text = int(dict(pair.split("=") for pair in builds[-1].kinds.split()).get("text", 0))
        floor = None if program == "floor" else data.median("wall", place, articles, "floor", style)
        lines.append(
            row(
                [
                    title,
                    f"{seconds(wall)} ({seconds(min(walls))} – {seconds(max(walls))})",
                    seconds(data.median("user", *key)),
                    seconds(data.median("system", *key)),
                    f"{data.median('peak_mib', *key):.0f}",
                    f"{builds[-1].files:.0f}",
                    f"{builds[-1].bytes / 1e6:.0f}",
                    times(data.median("wall", place, articles, "hugo", peer), wall) if hugo else "",
                    times(results.cpu(hugo), results.cpu(builds)) if hugo else "",
                    times(wall, floor),
                    times(data.median("user", *key), blades) if program == "presswork" else "",
                    seconds(results.cpu(builds) * 1000 / articles),
                    seconds(results.cpu(builds) * 1e6 / text) if text else "",
                ]
            )
        )
    return lines


def rebuilds(data, place, articles):
    lines = [
        row(
            [
                "build after",
                "Presswork s",
                "Hugo s",
                "times as fast",
                "user s",
                "peak MiB",
                "files written",
                "files removed",
                "Presswork says",
                "files Hugo writes",
            ]
        ),
        "|---|" + "---:|" * 7 + "---|---:|",
    ]
    for case, title in CASES.items():
        key = place, articles, "presswork", "folders", case
        builds = data.builds(*key)
        if not builds:
            continue
        wall, other = data.median("wall", *key), (place, articles, "hugo", "folders", case)
        hugo = data.median("wall", *other)
        lines.append(
            row(
                [
                    title,
                    seconds(wall),
                    seconds(hugo) if hugo else "",
                    times(hugo, wall),
                    seconds(data.median("user", *key)),
                    f"{data.median('peak_mib', *key):.0f}",
                    f"{data.median('written', *key):.0f}",
                    f"{data.median('removed', *key):.0f}",
                    builds[-1]
                    .said.replace("=", " ")
                    .replace(" written", ", written")
                    .replace(" removed", ", removed")
                    .removeprefix(", "),
                    f"{data.median('written', *other):.0f}" if hugo else "",
                ]
            )
        )
    return lines if len(lines) > 2 else []


def kinds(data, place, articles):
    """Returns a table of the number of files of each kind, by program."""
    counts = []
    for program in ("presswork", "hugo"):
        builds = data.builds(place, articles, program)
        counts.append(dict(pair.split("=") for pair in builds[-1].kinds.split()) if builds else {})
    if not all(counts):
        return []
    lines = [row(["files", "Presswork", "Hugo"]), "|---|---:|---:|"]
    return lines + [row([title, counts[0].get(name, "0"), counts[1].get(name, "0")]) for name, title in KINDS.items()]


def growth(data, place):
    """Returns a table of the wall time of a cold build per article, by size of the archive."""
    numbers = data.numbers(place)
    if len(numbers) < 2:
        return []
    lines = [
        row(["cold build, ms an article", *(f"{number:,}" for number in numbers)]),
        "|---|" + "---:|" * len(numbers),
    ]
    for program, style, title in ROWS[:3]:
        each = [data.median("wall", place, number, program, style) for number in numbers]
        if any(each):
            lines.append(
                row([title, *(f"{wall / number * 1000:.3f}" if wall else "" for wall, number in zip(each, numbers))])
            )
    return lines


def main(paths):
    notes, builds = results.read(paths)
    data = results.Results(builds)
    blocks = ["\n".join(dict.fromkeys(notes))]
    for place in data.places():
        for articles in data.numbers(place):
            number = max(len(data.builds(place, articles, "presswork", style)) for style in PEERS)
            fewest = max(len(data.builds(place, articles, "hugo", style)) for style in PEERS.values())
            runs = f"medians of {number}" + (f" (Hugo {fewest})" if 0 < fewest != number else "")
            blocks.append(f"## {articles:,} articles on {place}, {runs}")
            for table in (cold, rebuilds, kinds):
                blocks.append("\n".join(table(data, place, articles)))
        blocks.append("\n".join(growth(data, place)))
    print("\n\n".join(block for block in blocks if block))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
