#!/usr/bin/env bash
# Before a deployment to Fly.io: a backup on the volume, and what rollback.sh wants to know afterwards. Writes `image=`, `schema=` and
# `archive=` for the steps of a workflow, or to the screen. A first deployment has no machine yet, and nothing to keep.
set -euo pipefail

app=${1:?usage: deploy/before.sh APP}
fly=$(command -v fly || command -v flyctl) || { echo "before: fly is missing" >&2 && exit 69; }
told=${GITHUB_OUTPUT:-/dev/stdout}

machine=$("$fly" machine list --app "$app" --json | python3 -c 'import json,sys; all = json.load(sys.stdin); print(all[0]["id"] if all else "")')
if [[ -z $machine ]]; then
    echo "before: no machine yet" >&2
    exit 0
fi
image=$("$fly" machine status "$machine" --app "$app" --display-config | sed -n '/^{/,$p' | python3 -c 'import json,sys; print(json.load(sys.stdin)["image"])')
# made 2026-11-18-120000Z by Ballast 0.1.0, schema 22, 40 tables with 1234 rows
said=$("$fly" machine exec "$machine" "/ballast backup --reason before-a-deployment" --app "$app")
echo "$said" >&2
schema=$(sed -n 's/.*, schema \([0-9]*\),.*/\1/p' <<<"$said" | tail -n 1)
archive=$(grep -oE '/data/backups/[A-Za-z0-9.-]+\.ballast\.tar\.zst' <<<"$said" | tail -n 1)
[[ -n $schema && -n $archive ]] || { echo "before: no backup was made, so nothing is deployed" >&2 && exit 1; }
printf 'image=%s\nschema=%s\narchive=%s\n' "$image" "$schema" "$archive" >>"$told"
