#!/usr/bin/env bash
# R4: the disk refuses a write, or takes a part of it.
source "$(dirname "$0")/common.sh"
need strace prlimit
fresh
ends=()
hold() {
    begin_load --seconds 8 --clients 16 --patient
    until_true 8 gone "$pid" || true
    kill "$load" 2>/dev/null || true
    wait "$load" 2>/dev/null || true
    load=
}
for n in ${CALLS:-5 60}; do
    if launch strace -D -f -o /dev/null -e trace=pwrite64 -e "inject=pwrite64:error=EIO:when=$n+"; then
        begin_load --seconds 8 --clients 16
        end_load
    fi
    ended
    [[ $(cat "$place/ended") -ne 0 ]] || fail "the server ended as if nothing had been"
    ends+=("$(cat "$place/ended")")
    judge
done
# A file may grow so far and no farther: the write that crosses it is cut short, the next one refused, and SIGXFSZ comes along.
size=$(stat -c %s "$data/ballast.sqlite")
launch prlimit --fsize=$((size + 262144)) || fail "the server did not start with a limit"
begin_load --seconds 8 --clients 16
end_load
if gone "$pid"; then
    ended
    status=$(cat "$place/ended")
    [[ $status -ne 153 ]] || fail "SIGXFSZ killed the server: it must be ignored, so that the write fails as a write"
    ends+=("$status")
else
    ends+=("none: $(of refused)")
    crash
fi
judge
figure "ended with ${ends[*]}; $(cat "$place/verdict")"
verified
