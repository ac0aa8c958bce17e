#!/usr/bin/env bash
# R5: the disk is full. Writes are refused with 507, reads go on, nothing stops, and it is well again by itself.
source "$(dirname "$0")/common.sh"
as_root
mkdir "$data"
mount -t tmpfs -o size=24m,mode=0700 tmpfs "$data"
mounted+=("$data")
fresh
start
backups=$(find "$data/backups" -type f 2>/dev/null | sort)
fallocate -l "$(($(df --output=avail -B1 "$data" | tail -n 1) - 700000))" "$data/filler"
before=$(acknowledged)
begin_load --clients 16 --readers 4 --seconds 20 --patient
refuses() { [[ $(curl -s -o /dev/null -w '%{http_code}' --max-time 5 "$url/livez") == 200 && $(df --output=avail -B1 "$data" | tail -n 1) -lt 65536 ]]; }
until_true 15 refuses || fail "the disk did not become full: $(df "$data" | tail -n 1)"
sleep 2
DATA_DIR=$data "$ballast" backup --reason full >"$place/backup" 2>&1 && fail "a backup onto a full disk was made"
[[ $(find "$data/backups" -type f | sort) == "$backups" ]] || fail "a backup left something behind: $(find "$data/backups" -type f | tr '\n' ' ')"
gone "$pid" && fail "the server ended because the disk was full"
readyz=$(status_of /readyz)
page=$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 "$url/auth/login")
[[ $page == 200 ]] || fail "the sign-in page answers $page on a full disk"
full_at=$(acknowledged)
rm "$data/filler"
began=$(milliseconds)
before=$full_at
until_true 10 grown 1 || fail "writes do not go on within 10 s after there was room"
well=$(($(milliseconds) - began))
end_load
[[ $(of refused) == *'"507"'* ]] || fail "no write was refused with 507: $(of refused)"
[[ $(of read_faults) -eq 0 ]] || fail "$(of read_faults) reads failed"
stop
judge
figure "refused $(of refused), $(of read_count) reads all well, readyz $readyz meanwhile, writes again after $well ms; $(cat "$place/verdict")"
# An archive takes room of its own beside the database.
mount -o remount,size=128m "$data"
verified
