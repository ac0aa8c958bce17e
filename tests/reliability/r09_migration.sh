#!/usr/bin/env bash
# R9: the way from an older schema is cut half-way: killed, refused by the disk, or without room. Afterwards it is the old schema or a
# newer one and whole, the next start completes it, and the copy from before is good.
source "$(dirname "$0")/common.sh"
need strace
from=${FROM:-12}
migrations=$here/../../migrations
newest=$(find "$migrations" -name '[0-9]*.sql' | wc -l)

older() {
    rm -rf "$data"
    mkdir -m 0700 "$data"
    python3 - "$migrations" "$data/ballast.sqlite" "$from" <<'PY'
import pathlib, sqlite3, sys
folder, path, upto = sys.argv[1], sys.argv[2], int(sys.argv[3])
base = sqlite3.connect(path)
base.execute("pragma journal_mode = wal")
for step in sorted(pathlib.Path(folder).glob("*.sql"))[:upto]:
    base.executescript(step.read_text())
base.execute(f"pragma user_version = {upto}")
base.execute(f"pragma application_id = {0x426C7374}")
# Whatever else a person needs in that schema is blank.
needed = [(name, kind) for _, name, kind, notnull, default, key in base.execute("pragma table_info(person)")
          if notnull and default is None and not key and name not in ("name", "role_id")]
names = ["id", "name", *(name for name, _ in needed)]
blanks = [0 if kind == "INTEGER" else "" for _, kind in needed]
base.executemany(f"insert into person ({', '.join(names)}) values ({', '.join('?' * len(names))})",
    [(n, f"Person {n}", *blanks) for n in range(1, 500)])
base.commit()
base.close()
PY
}
# whole: the schema, and whether every row is there.
whole() {
    python3 - "$1" <<'PY'
import shutil, sqlite3, sys, tempfile, os
with tempfile.TemporaryDirectory() as place:
    copy = os.path.join(place, "c")
    shutil.copy(sys.argv[1], copy)
    if os.path.exists(sys.argv[1] + "-wal"):
        shutil.copy(sys.argv[1] + "-wal", copy + "-wal")
    base = sqlite3.connect(copy)
    ok = base.execute("pragma integrity_check").fetchall() == [("ok",)] and not base.execute("pragma foreign_key_check").fetchone()
    people = base.execute("select count(*) from person").fetchone()[0]
    version = base.execute("pragma user_version").fetchone()[0]
    print(version if ok and people == 499 else f"damaged ({people} people)")
PY
}
stands() { [[ $1 =~ ^[0-9]+$ && $1 -ge $from && $1 -le $newest ]]; }

cut=0
seen=
for fault in signal=SIGKILL error=EIO error=ENOSPC; do
    for n in ${CALLS:-2 20 60 90 130}; do
        older
        status=0
        DATA_DIR=$data strace -f -o /dev/null -e trace=pwrite64 -e "inject=pwrite64:$fault:when=$n+" "$ballast" migrate >>"$log" 2>&1 || status=$?
        [[ $status -eq 0 ]] || cut=$((cut + 1))
        at=$(whole "$data/ballast.sqlite")
        stands "$at" || fail "$fault at write $n left schema $at"
        seen="$seen $at"
        DATA_DIR=$data "$ballast" migrate >>"$log" 2>&1 || fail "$fault at write $n: the next migration failed"
        at=$(whole "$data/ballast.sqlite")
        [[ $at == "$newest" ]] || fail "$fault at write $n: it ended at $at and not $newest"
        copy=$(find "$data/backups" -name 'before-migration-from-*' | head -n 1)
        [[ -n $copy && $(whole "$copy") =~ ^[0-9]+$ ]] || fail "$fault at write $n: the copy from before is not good"
    done
done
start
stop
clean_log
older
status=0
DATA_DIR=$data MIGRATE=manual HTTP_ADDR=127.0.0.1:0 "$ballast" serve >"$place/words" 2>&1 || status=$?
grep -q 'ballast migrate' "$place/words" || fail "MIGRATE=manual does not name the next command"
figure "cut $cut times from schema $from, found at$(echo "$seen" | tr ' ' '\n' | sort -un | tr '\n' ' '), always completed to $newest; MIGRATE=manual ends with $status"
