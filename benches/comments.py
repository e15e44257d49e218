#!/usr/bin/env python3
"""Adds readers' comments to a generated archive, to compare builds with and without them.

    comments.py SITE N     N comments on each story of SITE, which corpus.py has made (FOLDER/presswork)

The same N gives the same bytes. Remove SITE/comments to have the archive without comments again.
"""

import glob
import os
import random
import sys

WORDS = """harbour crane ferry vote clerk night letter paper street river engine signal market winter bridge garden union
window station record summer island thunder lantern needle copper barrel meadow orchard saddle timber""".split()


def sentence(numbers):
    count = 6 + int(numbers.random() * 12)
    words = [WORDS[int(numbers.random() * len(WORDS))] for _ in range(count)]
    return " ".join(words).capitalize() + "."


def comment(numbers, at):
    lines = [f"  - id: wp-{at}"]
    if at % 3 == 2:
        lines.append(f"    parent: wp-{at - 1}")
    lines.append(f"    name: Reader {'ABCDEFGH'[int(numbers.random() * 8)]}")
    lines.append(f"    date: 2026-{1 + at % 12:02}-{1 + int(numbers.random() * 28):02} 08:{int(numbers.random() * 60):02} +00:00")
    if numbers.random() < 0.5:
        lines.append(f"    text: {sentence(numbers)}")
    else:
        paragraphs = [" ".join(sentence(numbers) for _ in range(3)) for _ in range(2)]
        lines += ["    text: |-", f"      {paragraphs[0]}", "", f"      {paragraphs[1]}"]
    return "\n".join(lines) + "\n"


def main():
    site, count = sys.argv[1], int(sys.argv[2])
    stories = glob.glob(os.path.join(site, "content", "**", "*.md"), recursive=True)
    numbers = random.Random(7)
    for story in sorted(stories):
        below = os.path.relpath(story, os.path.join(site, "content"))
        if below.startswith(("authors" + os.sep, "pages" + os.sep)) or below.endswith("_index.md"):
            continue
        path = os.path.join(site, "comments", below.removesuffix(".md").removesuffix(os.sep + "index") + ".yaml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("comments:\n" + "".join(comment(numbers, at) for at in range(count)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
