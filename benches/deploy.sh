#!/usr/bin/env bash
# Deploys a generated archive to an S3-compatible store on this machine, and then one more story from a fresh clone that has
# only the sources. Prints a table in Markdown: seconds, calls, files and megabytes.
#
#   benches/deploy.sh [ARTICLES]      default: 10000
#
# Needs moto_server (see tests/deploy.sh) and Python 3.10. Environment: MOTO names the server, PRESSWORK a program to use;
# otherwise one is built with `cargo build --release --features object-stores`.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1

articles=${1:-10000}
moto=${MOTO:-$PWD/target/deploy-servers/moto/bin/moto_server}
presswork=${PRESSWORK:-}
if [[ -z $presswork ]]; then
    cargo build --release --features object-stores
    presswork=$PWD/target/release/presswork
fi
work=$(mktemp -d)
"$moto" -H 127.0.0.1 -p 5556 >"$work/log" 2>&1 &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
until (exec 3<>/dev/tcp/127.0.0.1/5556) 2>/dev/null; do read -rt 0.2 <> <(:) || true; done
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
export AWS_ENDPOINT_URL=http://127.0.0.1:5556 AWS_ALLOW_HTTP=true
for bucket in paper private; do curl -sf -X PUT "$AWS_ENDPOINT_URL/$bucket" >/dev/null; done

python3 benches/corpus.py make "$work" "$articles" presswork >/dev/null
site=$work/presswork
printf 'deploy: {targets: {live: {url: "s3://paper/site", state: "s3://private/live"}}}\n' >>"$site/site.yaml"

printf '| %s articles | seconds | calls | files put | MB put |\n|---|---|---|---|---|\n' "$articles"
# measured NAME FOLDER: one deploy, with its numbers.
measured() {
    (cd "$2" && "$presswork" deploy --format json 2>"$work/errors") | tail -n 1 >"$work/report" || { cat "$work/errors"; exit 1; }
    python3 - "$1" "$work/report" <<'PYTHON'
import json, sys
name, path = sys.argv[1:]
report = json.load(open(path))
print(f"| {name} | {report['seconds']:.2f} | {report['calls']} | {report['put']} | {report['bytes'] / 1e6:.2f} |")
PYTHON
}
measured 'first deploy' "$site"
measured 'nothing changed' "$site"
rm -rf "$site/.presswork" "$site/public"
measured 'nothing changed, fresh clone' "$site"
python3 benches/corpus.py add "$site" 1 >/dev/null
rm -rf "$site/.presswork" "$site/public"
measured 'one story more, fresh clone' "$site"
python3 benches/corpus.py add "$site" 2 >/dev/null
measured 'one story more, same machine' "$site"
