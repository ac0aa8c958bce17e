#!/usr/bin/env bash
# R20: bytes that nobody means well with: requests that two servers would read differently, heads without end, thousands of
# connections that say next to nothing, streams that are taken back. Others do not wait twice as long, and memory stays bounded.
source "$(dirname "$0")/common.sh"
fresh
ulimit -n "$(ulimit -Hn)"
start
begin_load --clients 4 --readers 4 --page /api/v1/me --seconds 5 --think 10
end_load
alone=$(of read_p99_ms)
memory() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status"; }
before_memory=$(memory)
"$here/hostile.py" smuggle "$url" >"$place/smuggled" || fail "$(cat "$place/smuggled")"
"$here/hostile.py" head "$url" >"$place/headed" || fail "$(cat "$place/headed")"
"$here/hostile.py" slow "$url" "${LINES_HELD:-2000}" 8 >"$place/slow" &
others+=($!)
until_true 30 test -s "$place/slow" || fail "the slow lines were not opened"
begin_load --clients 4 --readers 4 --page /api/v1/me --seconds 5 --think 10
most=0
while kill -0 "$load" 2>/dev/null; do
    now=$(memory)
    [[ $now -le $most ]] || most=$now
    sleep 0.1
done
end_load
beside=$(of read_p99_ms)
faults=$(of read_faults)
"$here/hostile.py" reset "$url" >"$place/reset" || fail "$(cat "$place/reset")"
now=$(memory)
[[ $now -le $most ]] || most=$now
until_true 10 answers /readyz || fail "it is not well afterwards"
[[ $faults -eq 0 ]] || fail "$faults pages were refused beside slow lines"
[[ $most -lt $((before_memory + 256)) ]] || fail "$most MiB, from $before_memory"
# A pause of a scheduler is no fault of the server's: below 50 ms nothing is compared.
python3 -c 'import sys; a, b = map(float, sys.argv[1:]); sys.exit(b >= max(2 * a, 50))' "$alone" "$beside" || fail "pages take $beside ms at p99 beside slow lines, $alone ms without"
stop
judge
figure "$(cat "$place/smuggled"); $(cat "$place/headed"); $(head -n 1 "$place/slow"): pages p99 $alone ms alone, $beside ms beside; $(cat "$place/reset"); $before_memory to $most MiB"
