#!/usr/bin/env bash
# R7: what a server finds at its start is damaged, or not its own. It says so, ends, and touches nothing.
source "$(dirname "$0")/common.sh"
fresh
start
begin_load --clients 8 --records 400
end_load
stop
verified
mv "$data" "$place/good"
newest=$(find "$place/good/backups" -name '*.zst' -printf '%f\n' | sort | tail -n 1)
faults=0

# case_of NAME CODES: judges how a server starts on $data, which was damaged before.
case_of() {
    local name=$1 codes=$2 file=$data/ballast.sqlite status=0 sum now words wrong=()
    [[ -f $file ]] && sum=$(sha256sum <"$file") || sum=$(stat -c %A "$file")
    : >"$place/words"
    DATA_DIR=$data HTTP_ADDR=127.0.0.1:0 timeout 20 "${as[@]}" "$ballast" serve >"$place/words" 2>&1 || status=$?
    [[ -f $file ]] && now=$(sha256sum <"$file") || now=$(stat -c %A "$file")
    words=$(sed -n '/^ballast:/,$p' "$place/words" | tr '\n' ' ')
    [[ " $codes " == *" $status "* ]] || wrong+=("ended with $status and not $codes")
    [[ $sum == "$now" ]] || wrong+=("the file was changed")
    [[ $words == *ballast.sqlite* || $words == *"$data"* ]] || wrong+=("does not name the file")
    case $name in *zero* | *cut* | *page* | *header* | "another's file" | *garbage*)
        [[ $words == *"$newest"* ]] || wrong+=("does not name the newest backup $newest")
        ;;
    esac
    if [[ ${#wrong[@]} -gt 0 ]]; then
        faults=$((faults + 1))
        printf '%s: %-18s WRONG: %s\n    said: %s\n' "$test" "$name" "$(IFS=';' && echo "${wrong[*]}")" "$words"
    else
        printf '%s: %-18s %s, untouched: %s\n' "$test" "$name" "$status" "${words:0:110}"
    fi
    rm -rf "$data"
}
as=()
again() { rm -rf "$data" && cp -a "$place/good" "$data"; }
change() { python3 -c "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()" "$data/ballast.sqlite" "$1"; }

again && : >"$data/ballast.sqlite" && case_of "zero bytes" "65 78"
again && truncate -s $(($(stat -c %s "$data/ballast.sqlite") / 2)) "$data/ballast.sqlite" && case_of "cut in half" "65 78"
again && head -c 100 /dev/urandom | dd of="$data/ballast.sqlite" conv=notrunc status=none && case_of "garbage header" "65 78"
again && head -c 4096 /dev/zero | dd of="$data/ballast.sqlite" bs=4096 seek=1 conv=notrunc status=none && case_of "a page of zeros" "65 78"
again && head -c 4096 /dev/urandom | dd of="$data/ballast.sqlite" bs=4096 seek=60 conv=notrunc status=none && case_of "a garbage page" "65 78"
again && rm "$data/ballast.sqlite" && change "create table somebody (name text)" && case_of "another's file" "65 78"
again && change "pragma user_version = 9999" && change "update installation set least_schema = 9999" && case_of "newer schema" "65 78"
again && rm "$data/ballast.sqlite" && mkdir "$data/ballast.sqlite" && case_of "a directory" "65 69 78"
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null; then
    as=(setpriv --reuid=65532 --regid=65532 --clear-groups)
    chmod 711 "$place"
    again && case_of "another's owner" "69 73 77 78"
    again && chmod 755 "$data" && chmod 444 "$data"/ballast.sqlite && case_of "read-only" "69 73 77 78"
    as=()
fi
# Without its log a file is as old as its last checkpoint, and a log that is not its own is not read.
again && head -c 40000 /dev/urandom >"$data/ballast.sqlite-wal" && start && stop && figure "a foreign log is left out"
"$here/client.py" judge "$state" "$data/ballast.sqlite" >"$place/verdict" || fail "with a foreign log: $(cat "$place/verdict")"
# What is missing altogether is not made anew where there was one.
again && rm "$data"/ballast.sqlite*
status=0
DATA_DIR=$data HTTP_ADDR=127.0.0.1:0 timeout 10 "$ballast" serve >"$place/words" 2>&1 || status=$?
if [[ -e $data/ballast.sqlite || $status -eq 124 ]]; then
    faults=$((faults + 1))
    echo "$test: missing file       WRONG: a new empty database was made in place of the old one (status $status)"
fi
[[ $faults -eq 0 ]] || fail "$faults cases"
figure "every case refused, each file as it was"
