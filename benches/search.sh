#!/usr/bin/env bash
# Measures the search index, beside Pagefind on the same pages. See `search.sh --help`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")
export PYTHONDONTWRITEBYTECODE=1

usage() {
    cat <<'END'
benches/search.sh [OPTION…]

Generates an archive of N articles with the bare theme, builds it without and with a search index, adds one story, and
prints a table in Markdown: the CPU seconds and the peak memory of a build, the files and bytes of the index, the bytes of
the texts, and what one more story changes. Then Pagefind makes its index of the same pages.

  --articles N   size of the archive [default: 10000]
  --runs R       builds of each kind; the table gives medians [default: 3]
  --site DIR     build a copy of this site instead; it needs a theme with a search
  --no-pagefind  leave Pagefind out
  --work DIR     folder for all files; it is kept [default: a new temporary folder, removed at the end]

Environment: PRESSWORK names a program to use; otherwise it is built with cargo. Pagefind is installed from npm into the
work folder. Needs Linux, bash, Python 3.10, and npm for Pagefind.
END
}

fail() {
    printf 'search.sh: %s\n' "$*" >&2
    exit 2
}

articles=10000 runs=3 site='' pagefind=yes work=''
while (($#)); do
    case $1 in
        --articles | --runs | --site | --work) [[ $# -ge 2 ]] || fail "$1 needs a value" ;;
    esac
    case $1 in
        --articles) articles=$2 && shift ;;
        --runs) runs=$2 && shift ;;
        --site) site=$2 && shift ;;
        --no-pagefind) pagefind='' ;;
        --work) work=$2 && shift ;;
        --help) usage && exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done

if [[ -z $work ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
if [[ -z ${PRESSWORK:-} ]]; then
    (cd "$repository" && cargo build --release --quiet)
    PRESSWORK=$repository/target/release/presswork
fi
if [[ -n $pagefind && ! -x $work/npm/node_modules/.bin/pagefind ]]; then
    npm install --silent --no-audit --no-fund --prefix "$work/npm" pagefind >&2
fi

root=$work/site
rm -rf "$root"
if [[ -n $site ]]; then
    cp -r "$site" "$root"
    rm -rf "$root/public" "$root/.presswork"
else
    python3 "$here/corpus.py" make "$work/corpus" "$articles" presswork >&2
    mv "$work/corpus/presswork" "$root"
    # The bare theme with the least that has an index.
    theme=$(sed -n 's/^theme: *//p' "$root/site.yaml")
    printf '{%% extends "base.html" %%}\n{%% block main %%}{%% endblock main %%}\n' >"$root/themes/$theme/templates/search.html"
fi

exec python3 - "$PRESSWORK" "$root" "$runs" "${pagefind:+$work/npm/node_modules/.bin/pagefind}" "$here" <<'END'
import json, os, resource, shutil, statistics, subprocess, sys, time
from pathlib import Path

program, root, runs, pagefind, here = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
public = root / "public"


def run(command, **options):
    """Returns wall and CPU seconds, and peak memory in MB, of a command."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def files(folder):
    """Returns the files below a folder, with what changes when they are written."""
    found = {}
    for path in Path(folder).rglob("*"):
        if path.is_file():
            stat = path.stat()
            found[path.relative_to(folder).as_posix()] = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    return found


config = (root / "site.yaml").read_text()


def build(search, cold=True):
    (root / "site.yaml").write_text(config if search else config + "\nsearch: false\n")
    if cold:
        shutil.rmtree(public, ignore_errors=True)
        shutil.rmtree(root / ".presswork", ignore_errors=True)
    return run([program, "build", "--root", str(root), "--allow-removals", "9"])


without, within = [], []
for _ in range(runs):
    without.append(build(False))
    within.append(build(True))
medians = lambda all: [statistics.median(column) for column in zip(*all)]
plain, full = medians(without), medians(within)
index = {path: stat for path, stat in files(public).items() if path.startswith("search/")}
stories = len(list((root / "content").rglob("*.md")))
text = sum(path.stat().st_size for path in (root / "content").rglob("*.md"))

added = root / "content" / "search-bench-story.md"
section = next(path.parent for path in sorted((root / "content").glob("*/*.md")) if path.parent.name not in ("authors", "pages"))
added = section / "one-more-story.md"
# The newest story of the archive, so that it is added where a newsroom adds it.
newest = max(line for path in section.rglob("*.md") for line in path.read_text().split("\n---", 1)[0].splitlines() if line.startswith("date:"))
body = next(path for path in section.rglob("*.md") if path.name != "_index.md").read_text().split("\n---\n", 1)[1]
rebuilds = {}
for search in (False, True):
    build(search)
    build(search, cold=False)
    before = files(public)
    added.write_text(f"---\ntitle: One more story about marmalade\n{newest}\n---\n{body}")
    measured = run([program, "build", "--root", str(root)])
    after = files(public)
    changed = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    rebuilds[search] = measured, changed, after
    added.unlink()
changed = [path for path in rebuilds[True][1] if path.startswith("search/")]
written = sum(rebuilds[True][2][path][2] for path in changed if path in rebuilds[True][2])

size = lambda found: sum(stat[2] for stat in found.values())
print(f"| {stories} source files, {text / 1e6:.1f} MB | CPU s | peak MB | index MB | index files | one story more |")
print("|---|---:|---:|---:|---:|---|")
print(f"| build without search | {plain[1]:.2f} | {plain[2]:.0f} | | | {1000 * rebuilds[False][0][0]:.0f} ms, {1000 * rebuilds[False][0][1]:.0f} ms CPU |")
print(f"| build with search | {full[1]:.2f} | {full[2]:.0f} | {size(index) / 1e6:.2f} | {len(index)} | {1000 * rebuilds[True][0][0]:.0f} ms, {1000 * rebuilds[True][0][1]:.0f} ms CPU; {len(changed)} files of the index, {written / 1000:.1f} kB |")
if pagefind:
    build(False)
    copy = root.parent / "pagefind-site"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(public, copy)
    measured = run([pagefind, "--site", str(copy), "--quiet"])
    before = files(copy / "pagefind")
    added.write_text(f"---\ntitle: One more story about marmalade\n{newest}\n---\n{body}")
    run([program, "build", "--root", str(root)])
    added.unlink()
    shutil.rmtree(copy)
    shutil.copytree(public, copy)
    again = run([pagefind, "--site", str(copy), "--quiet"])
    after = files(copy / "pagefind")
    changed = [path for path in {*before, *after} if (path in before) != (path in after)]
    written = sum(after[path][2] for path in changed if path in after)
    print(f"| Pagefind | {measured[1]:.2f} | {measured[2]:.0f} | {size(before) / 1e6:.2f} | {len(before)} | {again[1]:.1f} s CPU; {len(changed)} files, {written / 1e6:.2f} MB |")
END
