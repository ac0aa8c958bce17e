#!/usr/bin/env bash
# R15: two servers on one data directory. The second waits for the first to go, and gives up with whose it is.
source "$(dirname "$0")/common.sh"
fresh
start
first=$pid
began=$(milliseconds)
status=0
DATA_DIR=$data HTTP_ADDR=127.0.0.1:0 timeout 60 "$ballast" serve >"$place/words" 2>&1 || status=$?
took=$(($(milliseconds) - began))
words=$(grep '^ballast:' "$place/words" || true)
[[ $status -eq 75 ]] || fail "the second one ended with $status: $words"
[[ $took -lt 33000 ]] || fail "it waited $took ms"
[[ $words == *"$first"* ]] || fail "it does not say whose the directory is (pid $first): $words"
answers /readyz || fail "the first one does not answer any more"

# A replacement that is started first takes over when the old one goes.
DATA_DIR=$data HTTP_ADDR=127.0.0.1:0 "$ballast" serve >"$out" 2>>"$log" &
second=$!
others+=("$second")
before=$(acknowledged)
begin_load --clients 16
until_true 10 grown 100 || fail "the first one takes no writes beside the second"
gone "$second" && fail "the second one did not wait"
stop
end_load
began=$(milliseconds)
pid=$second
until_true 10 said || fail "the second one did not take over"
url=$(sed -n 's/^Ballast is at //p' "$out")
until_true 5 answers /readyz || fail "the second one is not ready"
over=$(($(milliseconds) - began))
stop
judge
figure "gave up with 75 after $took ms: $words; took over $over ms after the first had gone; $(cat "$place/verdict")"
