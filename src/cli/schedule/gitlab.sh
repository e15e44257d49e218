#!/bin/sh
@MARK@
# Gives a GitLab project the pipeline schedules of the instants at which the site changes with no edit, in the place of
# those that an earlier run of this script has made; others are left alone. It needs curl and jq, and
#
#   GITLAB_TOKEN     an access token with the scope `api`
#   GITLAB_PROJECT   the project: group/name or its number; in a pipeline it is known
#   GITLAB_URL       where GitLab is, unless that is https://gitlab.com
#   GITLAB_BRANCH    the branch, unless that is main
#
# Run `presswork schedule --for gitlab` and this script again whenever a story with an embargo, an expiry or another
# date ahead was added or changed, and once a month. GitLab begins schedules some minutes late, never early, and may
# limit their number: the soonest ones are made first.
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

# All pages are read before anything is removed, which would move what stands on the next.
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
@INSTANTS@
