#!/usr/bin/env bash
# R1: SIGKILL while 64 clients write: at a random moment, and at the n-th call that writes or syncs.
#     ROUNDS=200 CALLS=200 tests/reliability/r01_kill.sh     as long as wanted
source "$(dirname "$0")/common.sh"
rounds=${ROUNDS:-8}
calls=${CALLS:-6}

fresh
for ((round = 1; round <= rounds; round++)); do
    start
    before=$(acknowledged)
    begin_load
    until_true 20 grown 1 || fail "nothing was acknowledged"
    sleep "0.$((RANDOM % 780 + 20))"
    crash
    end_load
    judge
done
figure "$rounds rounds of SIGKILL at a random moment: $(cat "$place/verdict")"

need strace
cut=0
for call in fsync,fdatasync pwrite64; do
    for ((step = 1; step <= calls; step++)); do
        # The first ones fall into the start; the later ones into the load.
        n=$((step * step))
        if launch strace -D -f -o /dev/null -e "trace=$call" -e "inject=$call:signal=SIGKILL:when=$n"; then
            begin_load --seconds 5
            end_load
        fi
        gone "$pid" && cut=$((cut + 1))
        crash
        judge
    done
done
figure "killed at $cut of $((2 * calls)) chosen calls of fsync and pwrite64: $(cat "$place/verdict")"
verified
