#!/usr/bin/env bash
# Installs what the tests of the default theme need from npm into target/proof/: axe-core, which finds barriers in a
# page, and the Nu checker, which needs Java. The versions and their hashes are those of package-lock.json.
set -euo pipefail
cd "$(dirname "$0")"

into=../../target/proof
if cmp -s package-lock.json "$into/package-lock.json" && [[ -f $into/complete ]]; then
    exit
fi
mkdir -p "$into"
rm -f "$into/complete"
cp package.json package-lock.json .npmrc "$into/"
(cd "$into" && npm ci --loglevel=error)
touch "$into/complete"
