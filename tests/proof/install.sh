#!/usr/bin/env bash
# Installs what tests need from npm and PyPI into target/proof/: axe-core, which finds barriers in a page, the Nu checker,
# which needs Java, terser, which minifies scripts, and what reads articles out of pages: Readability, trafilatura and
# newspaper4k; and Isso, the comment server. Versions are those of
# package-lock.json and requirements.txt. Needs npm, and Python with venv (python3-venv on Debian).
set -euo pipefail
cd "$(dirname "$0")"

into=../../target/proof
mkdir -p "$into"

if ! cmp -s package-lock.json "$into/package-lock.json" || [[ ! -f $into/complete ]]; then
    rm -f "$into/complete"
    cp package.json package-lock.json .npmrc "$into/"
    (cd "$into" && npm ci --loglevel=error)
    touch "$into/complete"
fi

if ! cmp -s requirements.txt "$into/python/requirements.txt"; then
    rm -rf "$into/python"
    python3 -m venv "$into/python"
    "$into/python/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt
    cp requirements.txt "$into/python/"
fi
