#!/usr/bin/env bash
# R3: the disk refuses to sync. What was under way is neither promised nor forgotten: the server ends, starts again from what is on
# the disk, and a client that sends the same again gets it once.
source "$(dirname "$0")/common.sh"
need strace
fresh
ends=()
for n in ${CALLS:-3 9 40}; do
    if launch strace -D -f -o /dev/null -e trace=fsync,fdatasync -e "inject=fsync,fdatasync:error=EIO:when=$n+"; then
        begin_load --seconds 10 --clients 16
        ended
        end_load
    else
        ended
    fi
    [[ $(cat "$place/ended") -ne 0 ]] || fail "the server ended as if nothing had been"
    ends+=("$(cat "$place/ended")")
    judge
    # The same gestures again: each is there once, whatever became of it.
    start
    begin_load --clients 16 --records 200
    end_load
    stop
    judge
done
figure "ended with ${ends[*]}; $(cat "$place/verdict")"
verified
