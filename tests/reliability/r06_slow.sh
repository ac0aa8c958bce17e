#!/usr/bin/env bash
# R6: each sync takes 200 ms longer. Pages do not wait for it, and many writes share one.
source "$(dirname "$0")/common.sh"
need strace
fresh
# Not -D here: with it the filter that leaves all other calls alone does not reach the threads.
: >"$out"
DATA_DIR=$data HTTP_ADDR=127.0.0.1:0 strace -f --seccomp-bpf -o /dev/null -e trace=fsync,fdatasync \
    -e inject=fsync,fdatasync:delay_enter=200000 "$ballast" serve >"$out" 2>>"$log" &
tracer=$!
others+=("$tracer")
until_true 60 said || fail "the server did not start"
url=$(sed -n 's/^Ballast is at //p' "$out")
pid=$(pgrep -P "$tracer" -x "$(basename "$ballast" | cut -c1-15)" | head -n 1)
begin_load --clients "${CLIENTS:-64}" --readers 2 --seconds "${SECONDS_LONG:-10}" --page /api/v1/me
end_load
[[ $(of refused) == "{}" ]] || fail "writes were refused: $(of refused)"
[[ $(of acknowledged) -ge 200 ]] || fail "only $(of acknowledged) writes in ten seconds: they do not share a sync"
p99=$(of read_p99_ms)
[[ ${p99%.*} -lt ${LIMIT:-50} ]] || fail "pages take $p99 ms at p99 while the disk is slow"
kill "$pid"
wait "$tracer" || fail "the server ended with $?"
pid=
judge
figure "$(of acknowledged) writes ($(of writes)), pages $(of reads); $(cat "$place/verdict")"
