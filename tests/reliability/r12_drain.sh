#!/usr/bin/env bash
# R12: SIGTERM and SIGINT in the midst of writes, open lines and pages. What is under way is finished, the log is folded into the
# file, and a second signal ends it at once. As PID 1 too.
source "$(dirname "$0")/common.sh"
fresh
times=()
for signal in TERM INT TERM INT; do
    start
    cookie=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["cookie"])' "$state/client.json")
    curl --silent --no-buffer --max-time 60 -H "Cookie: $cookie" "$url/events?at=/schedule" >"$place/events" 2>/dev/null &
    others+=($!)
    before=$(acknowledged)
    begin_load --clients 32
    until_true 20 grown 50 || fail "nothing was acknowledged"
    began=$(milliseconds)
    kill "-$signal" "$pid"
    until_true 25 gone "$pid" || fail "SIG$signal: it has not ended within 25 s"
    times+=($(($(milliseconds) - began)))
    status=0
    wait "$pid" || status=$?
    pid=
    [[ $status -eq 0 ]] || fail "SIG$signal: ended with $status"
    end_load
    [[ ! -s $data/ballast.sqlite-wal ]] || fail "SIG$signal: $(stat -c %s "$data/ballast.sqlite-wal") bytes of log are left"
    judge
done
words="ended with 0 after ${times[*]} ms"

# A request that never ends holds the first signal up, and the second one ends it.
start
exec 9<>"/dev/tcp/127.0.0.1/${url##*:}"
printf 'POST /auth/login HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail=' "${url#http://}" >&9
sleep 0.3
kill "$pid"
sleep 0.5
if gone "$pid"; then
    words="$words; a body that never comes holds nothing up"
else
    began=$(milliseconds)
    kill "$pid"
    if until_true 2 gone "$pid"; then
        words="$words; a second signal ends it after $(($(milliseconds) - began)) ms"
    else
        fail "a second SIGTERM does not end it while a request is under way"
    fi
fi
exec 9>&-
crash
judge

if [[ $(id -u) -eq 0 ]]; then
    start unshare -pf --kill-child --mount-proc
    one=$(pgrep -P "$pid" | head -n 1)
    [[ $(awk '/^NSpid/ { print $NF }' "/proc/$one/status") == 1 ]] || fail "it is not PID 1"
    kill "$one"
    until_true 25 gone "$one" || fail "as PID 1 it does not end"
    status=0
    wait "$pid" || status=$?
    pid=
    [[ $status -eq 0 ]] || fail "as PID 1 it ended with $status"
    words="$words; as PID 1 the same"
fi
figure "$words; $(cat "$place/verdict")"
