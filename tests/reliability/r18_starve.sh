#!/usr/bin/env bash
# R18: clients that take a large answer a byte a second hold no snapshot: the log stays small and others do not wait.
source "$(dirname "$0")/common.sh"
fresh
start
begin_load --records 3000
end_load
cookie=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["cookie"])' "$state/client.json")
for _ in 1 2 3 4 5 6 7 8; do
    curl --silent --limit-rate 1 --max-time 60 -H "Cookie: $cookie" -o /dev/null "$url/api/v1/exports/hours.csv" &
    others+=($!)
done
begin_load --readers 2 --page /api/v1/me --seconds "${SECONDS_LONG:-12}"
most=0
while kill -0 "$load" 2>/dev/null; do
    size=$(stat -c %s "$data/ballast.sqlite-wal" 2>/dev/null || echo 0)
    [[ $size -le $most ]] || most=$size
    sleep 0.2
done
end_load
[[ $most -lt $((64 * 1024 * 1024)) ]] || fail "the log grew to $((most / 1048576)) MiB"
for one in "${others[@]}"; do kill "$one" 2>/dev/null || true; done
stop
judge
figure "the log was $((most / 1024)) KiB at most beside $(of acknowledged) writes ($(of writes)); $(cat "$place/verdict")"
