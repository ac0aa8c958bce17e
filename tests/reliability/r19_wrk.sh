#!/usr/bin/env bash
# R19 as fast as wrk can: 30 s across 20 reloads and one hand-over to another binary, and no request may fail; then the same server
# over HTTP/2 with h2load.
source "$(dirname "$0")/common.sh"
need wrk h2load
fresh
# A binary of its own, so that another one can take its place.
cp "$ballast" "$place/ballast"
ballast=$place/ballast
mkdir "$place/desk"
cd "$place/desk"
echo "LOG_LEVEL=info" >.env
start
lasts=${SECONDS_LONG:-30}
wrk --threads 2 --connections 64 --duration "${lasts}s" "$url/health" >"$place/wrk" &
load=$!
for turn in $(seq 20); do
    sleep "$(python3 -c "print($lasts / 22)")"
    if [[ $turn -eq 10 ]]; then
        cp "$ballast" "$place/next"
        printf '\0' >>"$place/next"
        mv "$place/next" "$ballast"
    fi
    kill -HUP "$pid" || fail "the server is gone after $turn reloads"
done
wait "$load" || fail "wrk failed"
load=
if grep -E 'Socket errors|Non-2xx' "$place/wrk"; then fail "requests failed"; fi
grep -q 'gives way to a new binary' "$log" || fail "no other binary took over"
rate=$(sed -n 's/^Requests\/sec: *//p' "$place/wrk")
total=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' "$place/wrk")
h2load --requests 20000 --clients 16 --max-concurrent-streams 32 "$url/health" >"$place/h2" 2>&1 || fail "h2load: $(tail -n 3 "$place/h2")"
grep -q ' 20000 succeeded, 0 failed, 0 errored' "$place/h2" || fail "h2load: $(grep requests: "$place/h2")"
streams=$(sed -n 's/^finished in .*, \([0-9.]*\) req\/s.*/\1/p' "$place/h2")
stop
figure "$total requests across 20 reloads and a hand-over, none failed, $rate a second; HTTP/2: 20000, none failed, $streams a second"
