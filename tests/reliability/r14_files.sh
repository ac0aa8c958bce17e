#!/usr/bin/env bash
# R14: no descriptors are left. It does not spin, takes nothing for damage, and is well when there are some again.
source "$(dirname "$0")/common.sh"
need prlimit
fresh
start prlimit --nofile=64:64
python3 - "${url##*:}" "$place/held" <<'PY' &
import pathlib, socket, sys, time
lines = []
for number in range(160):
    one = socket.socket()
    one.bind((f"127.0.0.{number % 40 + 2}", 0))
    one.settimeout(0.05)
    try:
        one.connect(("127.0.0.1", int(sys.argv[1])))
        one.sendall(b"GET /auth/login HTTP/1.1\r\nHost: x\r\n")
    except OSError:
        pass
    lines.append(one)
pathlib.Path(sys.argv[2]).touch()
time.sleep(4)
PY
holder=$!
others+=("$holder")
until_true 30 test -e "$place/held" || fail "the connections were not opened"
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
used=$(ticks)
open=$(find "/proc/$pid/fd" -mindepth 1 | wc -l)
health=$(status_of /livez)
sleep 2
used=$((($(ticks) - used) * 100 / $(getconf CLK_TCK) / 2))
[[ $used -lt 20 ]] || fail "it burns $used % of a core while it can accept nothing"
wait "$holder" || true
until_true 12 answers /readyz || fail "it is not well after the descriptors came back"
before=$(acknowledged)
begin_load --clients 4 --records 50
end_load
[[ $(of acknowledged) -ge 50 ]] || fail "writes do not go on: $(of refused)"
stop
judge
figure "$open descriptors of 64 open, $used % of a core, /livez meanwhile $health, well again; $(cat "$place/verdict")"
