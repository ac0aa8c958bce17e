#!/usr/bin/env bash
# R11: somebody else has the port. It is said at once, with the port, before anything is made or migrated.
source "$(dirname "$0")/common.sh"
python3 -c '
import socket, time
line = socket.socket(); line.bind(("127.0.0.1", 0)); line.listen(); print(line.getsockname()[1], flush=True); time.sleep(600)' >"$place/port" &
others+=($!)
until_true 5 test -s "$place/port" || fail "no port was taken"
port=$(cat "$place/port")
began=$(milliseconds)
status=0
DATA_DIR=$data HTTP_ADDR=127.0.0.1:$port "$ballast" serve >"$place/words" 2>&1 || status=$?
took=$(($(milliseconds) - began))
[[ $status -ne 0 ]] || fail "it ended as if it had served"
grep -q "$port" "$place/words" || fail "the port is not named: $(cat "$place/words")"
[[ $took -lt 1000 ]] || fail "it took $took ms"
[[ ! -e $data/ballast.sqlite ]] || fail "a database was made before the port was asked for"
figure "ended with $status after $took ms: $(tail -n 1 "$place/words")"
