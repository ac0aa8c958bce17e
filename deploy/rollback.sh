#!/usr/bin/env bash
# Puts the image before the newest one back on Fly.io. Where the schema has moved in between, the older program refuses the data: then
# it stops and asks, since the copy from before the migration knows nothing of what was written after it.
#
#     deploy/rollback.sh plan https://plan.example.org           asks where it must
#     deploy/rollback.sh plan https://plan.example.org --image registry.fly.io/plan@sha256:…
#     RESTORE=yes deploy/rollback.sh …                           answers that question beforehand
#
# Needs fly (or flyctl) and python3, and FLY_API_TOKEN or a sign-in.
set -euo pipefail

usage="usage: deploy/rollback.sh APP https://address [--image IMAGE]"
app=${1:?$usage}
address=${2:?$usage}
image=
if [[ ${3:-} == --image ]]; then image=${4:?$usage}; fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fly=$(command -v fly || command -v flyctl) || { echo "rollback: fly is missing" >&2 && exit 69; }

say() { echo "rollback: $*" >&2; }
# first EXPRESSION: what Python finds in the JSON that comes in, as `all`.
first() { python3 -c "import json,sys; all = json.load(sys.stdin); print($1)"; }

machine=$("$fly" machine list --app "$app" --json | first 'all[0]["id"]')
if [[ -z $image ]]; then
    image=$("$fly" releases --app "$app" --image --json |
        first 'next((one["ImageRef"] for one in all[1:] if one.get("ImageRef") and one["ImageRef"] != all[0].get("ImageRef") and one.get("Status", "").lower() in ("complete", "succeeded")), "")')
fi
[[ -n $image ]] || { say "no earlier image is known; name one with --image" && exit 1; }
say "machine $machine goes back to $image"

# The schema before is what before.sh told; the one of now is that of a backup made now, which is kept whatever comes next.
moved=${SCHEMA_MOVED:-}
if [[ -z $moved ]]; then
    then=${SCHEMA_BEFORE:-}
    now=$("$fly" machine exec "$machine" "/ballast backup --reason before-going-back" --app "$app" 2>/dev/null | sed -n 's/.*schema \([0-9]*\).*/\1/p' | tail -n 1) || now=
    if [[ -z $then || -z $now ]]; then
        say "whether the schema moved is not known (SCHEMA_BEFORE names the schema before the deploy)"
        moved=unknown
    elif [[ $then == "$now" ]]; then moved=no; else moved=yes; fi
fi

if [[ $moved != no ]]; then
    answer=${RESTORE:-}
    if [[ -z $answer ]]; then
        if [[ ! -t 0 ]]; then
            say "the schema has moved, or may have: the older program would refuse the data. Nothing was done."
            say "look at it, then run this again by hand; RESTORE=yes takes the copy from before the migration, RESTORE=no only the image"
            exit 3
        fi
        echo "What was written since the deploy is lost when the copy from before it is put back."
        read -r -p "Put the newest backup from before the deploy back? Type yes, no or nothing to stop: " answer
    fi
    case $answer in
    yes)
        archive=${ARCHIVE:-}
        [[ -n $archive ]] || read -r -p "Which archive (in /data/backups, as the deploy printed it): " archive
        [[ $archive == /data/backups/*.ballast.tar.zst ]] || { say "$archive is no archive" && exit 64; }
        "$fly" machine exec "$machine" "/ballast verify $archive" --app "$app"
        # A restore wants the data to itself: the machine starts with the older program's image and a command that restores.
        "$fly" machine update "$machine" --app "$app" --image "$image" --command "restore $archive" --restart no --yes
        "$fly" machine wait "$machine" --app "$app" --state stopped --wait-timeout 120s || true
        "$fly" machine update "$machine" --app "$app" --image "$image" --command serve --restart always --yes
        ;;
    no) "$fly" deploy --app "$app" --image "$image" --ha=false ;;
    *)
        say "nothing was done"
        exit 3
        ;;
    esac
else
    "$fly" deploy --app "$app" --image "$image" --ha=false
fi
"${SMOKE:-$here/smoke.sh}" "$address"
say "done: $image"
