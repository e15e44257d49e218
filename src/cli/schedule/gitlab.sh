#!/bin/sh
@MARK@
# Gives a GitLab project a daily pipeline schedule and one for each scheduled change of the site (an embargo ends, a
# story expires). It replaces those that an earlier run of this script created and leaves others alone. It needs curl
# and jq, and
#
#   GITLAB_TOKEN     an access token with the scope `api`
#   GITLAB_PROJECT   the project: group/name or its number; set in pipelines
#   GITLAB_URL       the GitLab server, unless https://gitlab.com
#   GITLAB_BRANCH    the branch, unless main
#
# Run `presswork schedule --for gitlab` and this script again when you add or change a story with an embargo, an expiry
# or another future date, and once a month. Other stories need no new schedule. GitLab starts schedules some minutes late,
# never early, and may limit their number: the daily one is created first, then the soonest.
set -eu
: "${GITLAB_TOKEN:?set it to an access token with the scope api}"
project=${GITLAB_PROJECT:-${CI_PROJECT_ID:?set GITLAB_PROJECT to group/name}}
branch=${GITLAB_BRANCH:-${CI_DEFAULT_BRANCH:-main}}
server=${GITLAB_URL:-${CI_SERVER_URL:-https://gitlab.com}}
schedules="$server/api/v4/projects/$(printf %s "$project" | jq -sRr @uri)/pipeline_schedules"
mark='presswork clock:'

call() {
    curl --fail --silent --show-error --header "PRIVATE-TOKEN: $GITLAB_TOKEN" "$@"
}

add() {
    call --request POST "$schedules" --data-urlencode "description=$mark $1" --data-urlencode "cron=$2" \
        --data-urlencode "cron_timezone=UTC" --data-urlencode "ref=$branch" > /dev/null
}

# Read all pages before removing anything, because removing moves entries to earlier pages.
old=
page=1
while :; do
    found=$(call "$schedules?per_page=100&page=$page")
    old="$old $(printf %s "$found" |
        jq -r --arg mark "$mark" '.[] | select((.description // "") | startswith($mark)) | .id')"
    [ "$(printf %s "$found" | jq length)" != 0 ] || break
    page=$((page + 1))
done
for id in $old; do
    call --request DELETE "$schedules/$id" > /dev/null
done
# For stories that have been in the news sitemap for 48 hours.
add 'each day' '17 3 * * *'
@INSTANTS@
