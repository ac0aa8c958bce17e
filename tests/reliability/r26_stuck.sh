#!/usr/bin/env bash
# R26: Ballast stands still: its writer, as on a disk that never answers, or every thread of its runtime. It ends with 70, so that
# whoever started it starts it again, and nothing that was acknowledged is lost.
source "$(dirname "$0")/common.sh"
need python3
export WATCHDOG_SECONDS=5
fresh
for threads in writer tokio; do
    rm -f "$place/now"
    launch "$here/hold.py" "$place/now" "$threads" || fail "the server did not start"
    before=$(acknowledged)
    begin_load --clients 16 --seconds 60
    until_true 20 grown 50 || fail "nothing was acknowledged"
    began=$(milliseconds)
    touch "$place/now"
    ended
    took=$(($(milliseconds) - began))
    end_load
    [[ $(cat "$place/ended") -eq 70 ]] || fail "$threads: it ended with $(cat "$place/ended")"
    words=$(sed -n 's/.*ERROR \(.*\); Ballast ends with 70.*/\1/p' "$log" | tail -n 1)
    [[ -n $words ]] || fail "$threads: the log does not say why"
    judge
    figure "$threads: ended with 70 after $took ms, $words; $(cat "$place/verdict")"
done
verified
