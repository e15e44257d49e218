#!/usr/bin/env bash
# Deploys a small paper to real servers on this machine: an S3-compatible store (moto), Azure Blob Storage (Azurite), OpenSSH
# and a Git remote. Each gets a first deploy, one without changes, a new story, a retraction, deploys that are killed, two at
# once, a lost state, and a file of others. A server that is not installed is skipped and named.
#
#   tests/deploy.sh [PROGRAM]      default: target/debug/presswork, built with --features object-stores
#
# Servers: moto from PyPI in target/deploy-servers/moto (python3 -m venv; pip install 'moto[s3,server]'), Azurite from npm in
# target/deploy-servers/azurite (npm install azurite), OpenSSH from the system (apt-get install openssh-server). Set MOTO,
# AZURITE or SSHD to use others.
set -euo pipefail
cd "$(dirname "$0")/.."

servers=$PWD/target/deploy-servers
moto=${MOTO:-$servers/moto/bin/moto_server}
azurite=${AZURITE:-$servers/azurite/node_modules/.bin/azurite-blob}
sshd=${SSHD:-/usr/sbin/sshd}
if [[ $# -gt 0 ]]; then
    presswork=$(realpath "$1")
else
    cargo build --features object-stores
    presswork=$PWD/target/debug/presswork
fi

work=$(mktemp -d)
started=()
finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

fail() {
    printf 'failed: %s\n' "$*" >&2
    tail -n 3 "$work/report" >&2 || true
    exit 1
}
say() { printf '  %s\n' "$*"; }

# until_open PORT: waits for a server, at most a minute.
until_open() {
    local deadline=$((SECONDS + 60))
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        ((SECONDS < deadline)) || fail "no server on port $1"
        read -rt 0.2 <> <(:) || true
    done
}

# new_paper FOLDER URL STATE: makes a project with a target.
new_paper() {
    "$presswork" new site "$1" >/dev/null 2>&1
    for story in one two three four; do
        printf -- '---\ntitle: Story %s\ndate: 2026-11-0%s\nauthors: jane-doe\n---\n\nThe text of %s.\n' \
            "$story" "${#story}" "$story" >"$1/content/local/$story.md"
    done
    printf '\ndeploy:\n  targets:\n    live: {url: "%s", state: "%s"}\n' "$2" "$3" >>"$1/site.yaml"
}

# numbers KEY: a number of the last report.
number() { sed -n "\$s/.*\"$1\":\([0-9]*\).*/\1/p" "$work/report"; }

deploy() { (cd "$site" && "$presswork" deploy --format json "$@") >"$work/report"; }

# exercise NAME URL STATE: the cases for a target that keeps files one by one.
exercise() {
    printf '%s\n' "$1"
    site=$work/$1
    new_paper "$site" "$2" "$3"
    deploy || fail "the first deploy to $1"
    [[ $(number deleted) == 0 ]] || fail 'the first deploy deleted something'
    say "first deploy: $(number put) files, $(number calls) calls"
    deploy && [[ $(number put) == 0 ]] || fail 'a deploy without changes put files'
    (($(number calls) < 10)) || fail "a deploy without changes made $(number calls) calls"
    say "nothing changed: $(number calls) calls"
    printf -- '---\ntitle: A new story\ndate: 2026-11-20\nauthors: jane-doe\n---\n\nIts text.\n' >"$site/content/local/new.md"
    deploy && (($(number put) > 2)) || fail 'a new story'
    say "one story: $(number put) files, $(number calls) calls"
    deploy --verify || fail "the new story is not online: $(cat "$work/report")"
    (cd "$site" && "$presswork" retract local/new "It was wrong.") >/dev/null
    deploy && deploy --verify || fail 'a retraction'
    deploy --rollback || fail 'a rollback'
    say "rollback: $(number put) files"
    deploy && deploy --verify || fail 'a deploy after a rollback'
    for delay in 0.05 0.1 0.2 0.4 0.8; do
        printf '\nMore, before %s s.\n' "$delay" | tee -a "$site"/content/local/{one,two,three}.md >/dev/null
        (cd "$site" && exec timeout --signal=KILL "$delay" "$presswork" deploy) >/dev/null 2>&1 || true
    done
    deploy && deploy --verify || fail 'a deploy after those that were killed'
    say 'killed five times, then complete'
    # Two machines at once: a copy of the project has a folder of its own.
    cp -r "$site" "$work/copy"
    rm -rf "$work/copy/.presswork/deploy"
    printf '\nBoth.\n' | tee -a "$site/content/local/one.md" >>"$work/copy/content/local/one.md"
    (cd "$work/copy" && "$presswork" deploy) >"$work/other" 2>&1 & other=$!
    deploy 2>"$work/one" || grep -q 'deploy' "$work/one" || fail "two at once: $(cat "$work/one")"
    wait "$other" || grep -q 'deploy' "$work/other" || fail "two at once: $(cat "$work/other")"
    rm -rf "$work/copy"
    deploy && deploy --verify || fail 'a deploy after two at once'
    say 'two at once leave one edition'
    rm -rf "$site/.presswork" "$site/public"
    deploy && [[ $(number put) == 0 ]] || fail 'a fresh clone put files that were online'
    say "a fresh clone: $(number put) files, $(number calls) calls"
}

store_s3() {
    if [[ ! -x $moto ]]; then printf 'skipped: no moto_server\n'; return; fi
    "$moto" -H 127.0.0.1 -p 5555 >"$work/moto.log" 2>&1 &
    started+=($!)
    until_open 5555
    export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
    export AWS_ENDPOINT_URL=http://127.0.0.1:5555 AWS_ALLOW_HTTP=true
    for bucket in paper private; do curl -sf -X PUT "$AWS_ENDPOINT_URL/$bucket" >/dev/null || fail 'no bucket'; done
    exercise s3 s3://paper/site s3://private/live
    local headers
    headers=$(curl -sfI "$AWS_ENDPOINT_URL/paper/site/index.html")
    grep -qi 'content-type: text/html; charset=utf-8' <<<"$headers" || fail "type: $headers"
    grep -qi 'cache-control: public, max-age=60' <<<"$headers" || fail "caching: $headers"
    say 'headers of the front page are right'
    # A changed rule puts the pages again, and a file of others stays.
    curl -sf -X PUT --data theirs "$AWS_ENDPOINT_URL/paper/site/theirs.txt" >/dev/null
    printf 'headers: {Cache-Control: "public, max-age=5"}\n' >>"$site/site.yaml"
    deploy && (($(number put) > 5)) || fail 'a changed rule'
    curl -sfI "$AWS_ENDPOINT_URL/paper/site/index.html" | grep -qi 'max-age=5' || fail 'the changed rule is not online'
    curl -sf "$AWS_ENDPOINT_URL/paper/site/theirs.txt" | grep -q theirs || fail 'a file of others is gone'
    say "a changed header: $(number put) files"
    # A lost state.
    curl -sf -X DELETE "$AWS_ENDPOINT_URL/private/live/head.json"
    rm -rf "$site/.presswork/deploy"
    ! deploy 2>"$work/one" || fail 'a lost state was not noticed'
    deploy --take-over && deploy --verify || fail 'a deploy after a lost state'
    say 'a lost state is said, and repaired'
}

store_azure() {
    if [[ ! -x $azurite ]]; then printf 'skipped: no azurite-blob\n'; return; fi
    "$azurite" --blobHost 127.0.0.1 --blobPort 10000 --location "$work/azurite" --silent --skipApiVersionCheck &
    started+=($!)
    until_open 10000
    export AZURE_STORAGE_USE_EMULATOR=true AZURE_ALLOW_HTTP=true
    for container in paper private; do azure_container "$container"; done
    exercise azure az://paper/site az://private/live
}

# azure_container NAME: makes a container by a signed request.
azure_container() {
    # The emulator's account and key are part of its documentation.
    local account=devstoreaccount1 date signature
    local key=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==
    date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
    local text
    text=$(printf 'PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:%s\nx-ms-version:2021-12-02\n/%s/%s/%s\nrestype:container' \
        "$date" "$account" "$account" "$1")
    signature=$(printf '%s' "$text" | openssl dgst -sha256 -mac HMAC \
        -macopt "hexkey:$(printf '%s' "$key" | base64 -d | od -An -tx1 | tr -d ' \n')" -binary | base64)
    curl -sf -X PUT "http://127.0.0.1:10000/$account/$1?restype=container" -H "x-ms-date: $date" \
        -H 'x-ms-version: 2021-12-02' -H 'Content-Length: 0' -H "Authorization: SharedKey $account:$signature" \
        || fail "no container $1"
}

server_ssh() {
    if [[ ! -x $sshd ]] || ! command -v ssh >/dev/null; then printf 'skipped: no OpenSSH\n'; return; fi
    local folder=$work/sshd
    mkdir -p "$folder" "$work/programs" /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
    ssh-keygen -q -t ed25519 -N '' -f "$folder/key"
    cp "$folder/key.pub" "$folder/authorized"
    printf '%s\n' 'Port 2222' 'ListenAddress 127.0.0.1' "HostKey $folder/host" "AuthorizedKeysFile $folder/authorized" \
        'UsePAM no' 'StrictModes no' "PidFile $folder/pid" >"$folder/config"
    "$sshd" -D -f "$folder/config" -E "$folder/log" &
    started+=($!)
    until_open 2222
    # The user's own configuration names the key; here a program that stands before `ssh` does.
    printf '#!/bin/sh\nexec %s -i %s -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s -o LogLevel=ERROR "$@"\n' \
        "$(command -v ssh)" "$folder/key" "$folder/known" >"$work/programs/ssh"
    chmod +x "$work/programs/ssh"
    PATH=$work/programs:$PATH exercise ssh "ssh://127.0.0.1:2222$work/ssh-online" "ssh://127.0.0.1:2222$work/ssh-state"
    diff -r --exclude=.presswork-deploy --exclude=.presswork-manifest "$site/public" "$work/ssh-online" >/dev/null ||
        fail 'the folder on the server is not the site'
}

branch_git() {
    printf 'git\n'
    site=$work/git
    git init --quiet --bare "$work/remote.git"
    new_paper "$site" "git+file://$work/remote.git#pages" X
    sed -i 's/, state: "X"//' "$site/site.yaml"
    deploy || fail 'the first deploy to a branch'
    deploy && [[ $(number put) == 0 ]] || fail 'a deploy without changes'
    printf '\nMore.\n' >>"$site/content/local/one.md"
    deploy && (($(number put) > 0)) || fail 'a changed story'
    [[ $(git -C "$work/remote.git" rev-list --count pages) == 1 ]] || fail 'the branch has a history'
    git clone --quiet --branch pages "$work/remote.git" "$work/checked-out"
    diff -r --exclude=.git --exclude=.nojekyll --exclude=.presswork-manifest "$site/public" "$work/checked-out" >/dev/null ||
        fail 'the branch is not the site'
    say 'the branch is the site, in one commit'
}

branch_git
server_ssh
store_s3
store_azure
printf 'all targets are right\n'
