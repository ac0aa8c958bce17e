#!/usr/bin/env bash
# R10: a backup while 64 clients write holds all that was acknowledged before it, and is restored without a difference; one that is
# killed, or finds no room, leaves nothing that looks like one; one that was altered is refused.
source "$(dirname "$0")/common.sh"
fresh
start
begin_load --seconds "${SECONDS_LONG:-6}" --think 5
end_load
alone=$(of write_p99_ms)
begin_load --seconds "${SECONDS_LONG:-6}" --think 5
before=$(acknowledged)
until_true 10 grown 64
cp "$state/acknowledged" "$place/before"
made=0
while kill -0 "$load" 2>/dev/null && [[ $made -lt 5 ]]; do
    DATA_DIR=$data "$ballast" backup --reason load >"$place/backup" 2>&1 || fail "backup under load: $(cat "$place/backup")"
    [[ $made -gt 0 ]] || first=$(find "$data/backups" -name '*.zst' -newer "$place/before" | sort | head -n 1)
    made=$((made + 1))
done
end_load
beside=$(of write_p99_ms)
DATA_DIR=$place/other "$ballast" restore "$first" >"$place/restored" 2>&1 || fail "restore: $(cat "$place/restored")"
# What was acknowledged before the backup began is in it.
mkdir "$place/then"
cp "$state/client.json" "$place/then/"
cp "$place/before" "$place/then/acknowledged"
"$here/client.py" judge "$place/then" "$place/other/ballast.sqlite" >"$place/verdict" || fail "what was restored: $(cat "$place/verdict")"
restored=$(cat "$place/verdict")

# Table by table: the archive of what was restored says the same of each as the archive it came from.
manifest() { python3 -c 'import json,sys; print(json.dumps(sorted((t["name"], t["rows"], t["sha256"]) for t in json.load(sys.stdin)["tables"]), indent=0))'; }
unpack() { zstd -dc "$1" 2>/dev/null | tar -xOf - manifest.json; }
if command -v zstd >/dev/null; then
    DATA_DIR=$place/other "$ballast" backup --reason again >"$place/backup" 2>&1 || fail "$(cat "$place/backup")"
    second=$(find "$place/other/backups" -maxdepth 1 -name '*.zst' | sort | tail -n 1)
    unpack "$first" | manifest >"$place/one"
    unpack "$second" | manifest >"$place/two"
    cmp -s "$place/one" "$place/two" || fail "tables differ: $(diff "$place/one" "$place/two" | head -n 5)"
    equal="$(grep -c '^\[' "$place/one" || true) lines of tables equal"
else
    equal="tables not compared: zstd is missing"
fi

# Killed: whatever has a name of a backup can be read through.
kills=0
for ((round = 0; round < ${ROUNDS:-6}; round++)); do
    DATA_DIR=$data "$ballast" backup --reason killed >/dev/null 2>&1 &
    one=$!
    sleep "0.0$((RANDOM % 90 + 10))"
    kill -9 "$one" 2>/dev/null && kills=$((kills + 1))
    wait "$one" 2>/dev/null || true
done
stop
for one in "$data"/backups/*.zst; do
    DATA_DIR=$data "$ballast" verify "$one" >"$place/backup" 2>&1 || fail "after a kill, $(basename "$one"): $(cat "$place/backup")"
done
start
stop
left=$(find "$data/backups" -mindepth 1 -maxdepth 1 ! -name '*.zst' ! -name 'before-*' | wc -l)

# Altered archives.
truncate -s -100 "$first"
status=0
DATA_DIR=$place/third "$ballast" restore "$first" >"$place/words" 2>&1 || status=$?
[[ $status -eq 65 ]] || fail "an archive that was cut is answered with $status: $(cat "$place/words")"
newest=$(find "$data/backups" -name '*.zst' | sort | tail -n 1)
printf '\xff' | dd of="$newest" bs=1 seek=$(($(stat -c %s "$newest") / 2)) conv=notrunc status=none
status=0
DATA_DIR=$place/third "$ballast" restore "$newest" >"$place/words" 2>&1 || status=$?
[[ $status -eq 65 ]] || fail "an archive with another byte is answered with $status: $(cat "$place/words")"
judge
figure "$made backups under load: writes p99 $alone ms alone, $beside ms beside; restored: $restored; $equal; $kills killed, $left remains after the next start; $(cat "$place/verdict")"
