#!/usr/bin/env bash
# Whether .dockerignore is a list of what may come along: everything is left out first, and what is let in again is none of what
# holds secrets or data.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ $(grep -v '^#' .dockerignore | head -n 1) == '*' ]] || { echo "it does not begin with *" >&2 && exit 1; }
while read -r line; do
    [[ $line == !* ]] || { echo "$line: only what is let in may follow" >&2 && exit 1; }
    path=${line#!}
    case $path in .env* | data* | target* | .git | .git/* | *secret* | *key*) echo "$path must stay outside" >&2 && exit 1 ;; esac
    [[ -e $path ]] || { echo "$path is not there" >&2 && exit 1; }
done < <(grep -v '^#' .dockerignore | tail -n +2)
# What the Dockerfile copies by name is let in.
grep -q '^!deploy/etc$' .dockerignore
