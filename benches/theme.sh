#!/usr/bin/env bash
# Compares the cost of the default theme with an earlier version of it: rendering articles alone, and whole builds.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")

usage() {
    cat <<'END'
theme.sh [OPTION…]: compares themes/broadsheet with an earlier version of itself

  --before COMMIT    commit of the earlier theme [default: the plain theme from before the redesign]
  --articles N       size of the archive to build [default: 2000]
  --runs N           measurements of each theme, in turn; the tables give medians [default: 7]
  --work FOLDER      folder for sites and results; it is kept [default: a temporary folder, removed at the end]
  --profile NAME     Cargo profile of the program and the benchmark [default: release]

Environment: PRESSWORK names a program to use for whole builds instead of the one built by Cargo.

The first table is the stage `render_articles` of stages.rs: 2,000 articles, one after the other, on one thread. The
theme must not take more than 1.5 times as long as the earlier one. The second table is a build of the archive of
corpus.py without output and cache; reading, planning and writing are the same for both themes.

Needs bash, Python 3.10 and the repository's history.
END
}

fail() {
    printf 'theme.sh: %s\n' "$*" >&2
    exit 2
}

before=d7d701c9fba1 articles=2000 runs=7 work='' profile=release
while (($#)); do
    case $1 in
        --before | --articles | --runs | --work | --profile) [[ $# -ge 2 ]] || fail "$1 needs a value" ;;
    esac
    case $1 in
        --before) before=$2 && shift ;;
        --articles) articles=$2 && shift ;;
        --runs) runs=$2 && shift ;;
        --work) work=$2 && shift ;;
        --profile) profile=$2 && shift ;;
        --help) usage && exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done
[[ $articles =~ ^[1-9][0-9]*$ && $runs =~ ^[1-9][0-9]*$ ]] || fail '--articles and --runs take a number'
if [[ -z $work ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)

# The themes: `earlier` and `broadsheet`.
rm -rf "$work/themes" "$work/before"
mkdir -p "$work/themes" "$work/before"
git -C "$repository" archive "$before" themes/broadsheet | tar -x -C "$work/before" || fail "no theme in $before"
mv "$work/before/themes/broadsheet" "$work/themes/earlier"
cp -r "$repository/themes/broadsheet" "$work/themes/broadsheet"

# Rendering alone. Cargo builds the benchmark once, then each theme is measured in turn.
export PRESSWORK_BENCH_EARLIER=$work/themes/earlier
cd "$repository"
cargo bench --quiet --locked --profile "$profile" --bench stages --no-run
: >"$work/rendering.txt"
for _ in $(seq "$runs"); do
    for theme in earlier broadsheet; do
        cargo bench --quiet --locked --profile "$profile" --bench stages -- --exact "stages::render_articles::$theme" |
            tee -a "$work/rendering.txt" | grep "$theme" >&2 || fail "the benchmark does not know $theme"
    done
done

# Whole builds.
if [[ -z ${PRESSWORK:-} ]]; then
    cargo build --quiet --locked --profile "$profile" --bin presswork
    folder=$profile
    [[ $profile != dev ]] || folder=debug
    PRESSWORK=${CARGO_TARGET_DIR:-$repository/target}/$folder/presswork
fi
rm -rf "$work/corpus" "$work/builds.tsv"
python3 "$here/corpus.py" make "$work/corpus" "$articles" presswork
mv "$work/corpus/presswork" "$work/corpus/earlier"
cp -r "$work/corpus/earlier" "$work/corpus/broadsheet"
for theme in earlier broadsheet; do
    sed -i "s/^theme:.*/theme: $theme/" "$work/corpus/$theme/site.yaml"
    cp -r "$work/themes/$theme" "$work/corpus/$theme/themes/"
done
for run in $(seq "$runs"); do
    for theme in earlier broadsheet; do
        rm -rf "$work/corpus/$theme/public" "$work/corpus/$theme/.presswork"
        sync
        python3 "$here/measure.py" "$work/builds.tsv" here "$articles" "$theme" folders cold "$run" \
            "$work/corpus/$theme" public -- "$PRESSWORK" build --format json
    done
done

python3 "$here/theme.py" "$work/rendering.txt" "$work/builds.tsv"
