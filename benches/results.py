"""Results of `compare.sh`: a file of tab-separated values with one line for each build, and their medians.

Lines that begin with `#` describe the machine and the programs of the measurements below them.
"""

import collections
import statistics

# place: the file system, for a real archive with its name; program: presswork, hugo, blades or floor; style: folders
# (…/story/) or html (…/story.html), with feeds, as users get it (default, ananke);
# case: cold, unchanged, edited or added; wall, user, system: seconds; written, removed: files that differ after the
# build, counted from outside; said: the same numbers according to Presswork's own summary; kinds: the number of files of
# each kind, and the size of the Markdown in bytes as `text`.
COLUMNS = [
    "place",
    "articles",
    "program",
    "style",
    "case",
    "run",
    "wall",
    "user",
    "system",
    "peak_mib",
    "files",
    "bytes",
    "written",
    "removed",
    "said",
    "kinds",
]
Build = collections.namedtuple("Build", COLUMNS)
TEXTS = {"place", "program", "style", "case", "said", "kinds"}


def write(path, build):
    with open(path, "a", encoding="utf-8") as file:
        file.write("\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in build) + "\n")


def read(paths):
    """Returns the lines about machines, and all builds."""
    notes, builds = [], []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith("#"):
                    notes.append(line.removeprefix("#").strip())
                elif line:
                    fields = zip(COLUMNS, line.split("\t"), strict=True)
                    builds.append(Build(*(value if name in TEXTS else float(value) for name, value in fields)))
    return notes, builds


def cpu(builds):
    """Returns the median of the processor time in seconds."""
    return statistics.median(build.user + build.system for build in builds)


class Results:
    """Builds in groups that differ only in the run."""

    def __init__(self, builds):
        self.groups = collections.defaultdict(list)
        for build in builds:
            self.groups[build.place, int(build.articles), build.program, build.style, build.case].append(build)

    def places(self):
        return sorted({place for place, *_ in self.groups})

    def numbers(self, place, program="presswork"):
        return sorted({articles for at, articles, name, *_ in self.groups if at == place and name == program})

    def builds(self, place, articles, program, style="folders", case="cold"):
        return self.groups.get((place, articles, program, style, case), [])

    def median(self, column, *key):
        """Returns the median of a column, or None without measurements."""
        builds = self.builds(*key)
        return statistics.median(getattr(build, column) for build in builds) if builds else None
