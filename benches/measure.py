#!/usr/bin/env python3
"""Runs one build and records its time, memory and output.

    measure.py RESULTS PLACE ARTICLES PROGRAM STYLE CASE RUN FOLDER OUTPUT -- COMMAND [ARGUMENT …]

COMMAND runs in FOLDER and writes FOLDER/OUTPUT. Seconds and peak memory are the operating system's figures for the
whole process (on Linux), from start to end. If the command fails, its messages are printed and nothing is recorded.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import results

SECTIONS = {"world", "politics", "business", "technology", "science", "health", "sport", "culture"}
LISTINGS = {"authors", "tags", "archive", "latest"}


def tree(top):
    """Returns the files of a folder with metadata that changes whenever a file is written."""
    found = {}
    folders = [top] if os.path.isdir(top) else []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    stat = entry.stat(follow_symlinks=False)
                    found[entry.path] = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    return found


def kind(path):
    """Returns the kind of an output, by its path below the output folder."""
    parts = path.split("/")
    if parts[0] in SECTIONS and len(parts) > 1:
        return "sections" if parts[1] in ("index.html", "page") else "articles"
    return parts[0] if parts[0] in LISTINGS else "others"


def run(folder, command):
    """Runs the command. Returns wall, user and system seconds, peak memory in MiB, and its standard output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as messages:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=messages)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        messages.seek(0)
        printed = out.read().decode("utf-8", "replace")
        if child.returncode != 0:
            sys.exit(
                f"{' '.join(command)} in {folder} failed:\n{printed[-2000:]}{messages.read().decode('utf-8', 'replace')[-2000:]}"
            )
    return wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024, printed


def text(folder):
    """Returns the size of a site's Markdown files in bytes."""
    files = (os.path.join(at, name) for at, _, names in os.walk(os.path.join(folder, "content")) for name in names)
    return sum(os.path.getsize(file) for file in files if file.endswith(".md"))


def said(printed):
    """Returns the numbers of Presswork's own summary, if the last line is one."""
    try:
        summary = json.loads(printed.strip().splitlines()[-1])
        return " ".join(f"{name}={summary[name]}" for name in ("rendered", "written", "removed") if name in summary)
    except (IndexError, ValueError, TypeError):
        return ""


def main(arguments):
    split = arguments.index("--")
    path, place, articles, program, style, case, number, folder, output = arguments[:split]
    top = os.path.join(folder, output)
    before = tree(top)
    wall, user, system, peak, printed = run(folder, arguments[split + 1 :])
    after = tree(top)
    written = sum(before.get(file) != stamp for file, stamp in after.items())
    kinds = collections.Counter(kind(os.path.relpath(file, top)) for file in after)
    kinds["text"] = text(folder)
    build = results.Build(
        place,
        int(articles),
        program,
        style,
        case,
        int(number),
        wall,
        user,
        system,
        peak,
        len(after),
        sum(size for *_, size in after.values()),
        written,
        len(before.keys() - after.keys()),
        said(printed),
        " ".join(f"{name}={count}" for name, count in sorted(kinds.items())),
    )
    results.write(path, build)
    print(
        f"{place} {articles} {program} {style} {case} {number}: {wall:.3f} s, user {user:.2f} s, system {system:.2f} s, "
        f"{peak:.0f} MiB, {written} of {len(after)} files written",
        file=sys.stderr,
    )


if __name__ == "__main__":
    if "--" not in sys.argv or sys.argv.index("--") != 10:
        sys.exit(__doc__)
    main(sys.argv[1:])
