#!/usr/bin/env bash
# A backup of a database of 200 MB while 64 writers go on: how long their writes take with and without it, and whether what was
# backed up comes back the same. Prints the figures; fails where the 99th percentile doubles or a table differs.
#
#   tests/reliability/backup_load.sh [BALLAST]      default: target/release/ballast
#   SIZE_MIB=200 WRITERS=64 SECONDS_EACH=10         how much, how many, how long
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

ballast=${1:-target/release/ballast}
size=${SIZE_MIB:-200}
work=$(mktemp -d)
export DATA_DIR="$work/data" SECURE_COOKIES=false TIME_ZONE=UTC LOG_LEVEL=warn
export RATE_LIMIT_API_PER_SECOND=100000 RATE_LIMIT_API_BURST=100000
export RATE_LIMIT_PAGE_PER_SECOND=100000 RATE_LIMIT_PAGE_BURST=100000
server=
finish() {
    if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT

phrase=$(head -c 18 /dev/urandom | base64)
"$ballast" serve --demo --http-addr 127.0.0.1:0 >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 300); do
    grep -q 'Ballast is at' "$work/out" && break
    kill -0 "$server" || { cat "$work/log"; exit 1; }
    sleep 0.1
done
address=$(sed -n 's/^Ballast is at //p' "$work/out" | head -n 1)
printf '%s\n' "$phrase" | "$ballast" user create load@example.org --access admin --name Load >/dev/null

python3 tests/reliability/backup_load.py "$address" "$phrase" "$ballast" "$size"
kill "$server"
wait "$server" || true
server=

archive=$(find "$DATA_DIR/backups" -name 'ballast-*.zst' | sort | tail -n 1)
"$ballast" verify "$archive"
"$ballast" --data-dir "$work/other" restore "$archive"
"$ballast" --data-dir "$work/other" backup --reason "to compare" >/dev/null
second=$(find "$work/other/backups" -name 'ballast-*.zst' | sort | tail -n 1)
python3 tests/reliability/backup_load.py --same "$archive" "$second"
