#!/usr/bin/env python3
"""Checks the order of search results on an archive of real articles.

    ranking.py PRESSWORK SITE [QUERIES]

SITE is the folder of the archive: the 2,627 articles of the US agency behind digital.gov, in the public domain, for the
queries of ranking.tsv. Each line has a query and the file of the story that must be among the first three. SITE is copied
first and gets the default theme. Prints the queries that fail and the share of those that hold, and fails below 95 %.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

WANTED = 0.95


def main(program, site, queries):
    lines = [line.rstrip("\n").split("\t") for line in open(queries, encoding="utf-8")]
    held = first = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "site"
        shutil.copytree(site, root)
        for query, wanted in lines:
            command = [program, "search", "--root", str(root), "--limit", "3", "--format", "json", "--", *query.split()]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found = [json.loads(line) for line in done.stdout.splitlines()]
            paths = [line["path"] for line in found if "url" in line]
            held += wanted in paths
            first += paths[:1] == [wanted]
            if wanted not in paths:
                print(f"{query}: {wanted} is not among {paths}")
    print(f"{held} of {len(lines)} among the first three, {first} first")
    return 0 if held >= WANTED * len(lines) else 1


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    default = pathlib.Path(__file__).with_name("ranking.tsv")
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else default))
