#!/usr/bin/env bash
# R16, in part: an archive larger than what all bodies may have in memory is sent while others write and read. It goes to the disk as it
# comes: memory stays as it was, nobody is refused, and what is no archive leaves nothing behind.
source "$(dirname "$0")/common.sh"
need curl
export SECURE_COOKIES=false
fresh
size=${SIZE_MIB:-600}
truncate -s "${size}M" "$place/archive"
start
DATA_DIR=$data "$ballast" user create ada@example.org --access admin --name Ada >/dev/null <<<'correct horse battery'
ask() { curl --silent --show-error --max-time 600 -b "$place/jar" -c "$place/jar" -H 'Sec-Fetch-Site: same-origin' "$@"; }
ask -o /dev/null -d email=ada@example.org --data-urlencode 'password=correct horse battery' "$url/admin/login"
key=$(ask "$url/settings/backups" | sed -n 's/.*<meta name="csrf" content="\([^"]*\)".*/\1/p' | head -n 1)
[[ -n $key ]] || fail "nobody is let into the page of backups"
most() { awk '/^VmHWM:/ { print int($2 / 1024) }' "/proc/$pid/status"; }
load_for_a_while() {
    begin_load --clients 8 --readers 2 --seconds "${SECONDS_LONG:-5}" --think 20 --page /api/v1/me
    end_load
    [[ $(of refused) == "{}" && $(of read_faults) -eq 0 ]] || fail "others are refused: $(of refused), $(of read_faults) reads failed"
}
load_for_a_while
alone=$(of read_p99_ms)
memory=$(most)
began=$(milliseconds)
ask -o /dev/null -w '%{http_code}' -F "csrf=$key" -F "file=@$place/archive" "$url/settings/backups/upload" >"$place/answered" &
sending=$!
others+=("$sending")
load_for_a_while
beside=$(of read_p99_ms)
wait "$sending" || fail "curl could not send it"
took=$(($(milliseconds) - began))
answered=$(cat "$place/answered")
more=$(($(most) - memory))
# What has only zeros is no archive, and that is known when all of it has come.
[[ $answered == 422 ]] || fail "the upload was answered $answered"
[[ $more -lt 100 ]] || fail "$more MiB more memory"
[[ -z $(find "$data/backups" -name '.incoming*') ]] || fail "something of it was left behind"
stop
judge
figure "$size MiB in $took ms, $more MiB more memory than $memory; pages p99 $alone ms alone, $beside ms beside; $(cat "$place/verdict")"
