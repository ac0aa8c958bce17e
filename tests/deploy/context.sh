#!/usr/bin/env bash
# Whether .dockerignore is a list of what may come along: everything is left out first, what is let in again is none of what holds
# secrets or data, and Ballast can be built of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ $(grep -v '^#' .dockerignore | head -n 1) == '*' ]] || { echo "it does not begin with *" >&2 && exit 1; }
while read -r line; do
    [[ $line == !* ]] || { echo "$line: only what is let in may follow" >&2 && exit 1; }
    path=${line#!}
    case $path in .env* | data* | target* | .git | .git/* | *secret* | *key*) echo "$path must stay outside" >&2 && exit 1 ;; esac
    [[ -e $path ]] || { echo "$path is not there" >&2 && exit 1; }
done < <(grep -v '^#' .dockerignore | tail -n +2)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
grep '^!' .dockerignore | cut -c 2- | xargs tar -c | tar -x -C "$context"
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}") \
    cargo check --quiet --locked --bin ballast --manifest-path "$context/Cargo.toml"
# What the Dockerfile copies by name is let in.
grep -q '^!deploy/etc$' .dockerignore
