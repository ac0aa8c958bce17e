# What the reliability tests share: a server that is started and killed, the load, and the one judge of what is left.
# Sourced by the scripts beside it; each makes its own directory and leaves nothing behind.
# shellcheck shell=bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
# The binary that is shipped where it was built, else whatever was built last with the least patience.
for candidate in "${BALLAST:-}" "$target/x86_64-unknown-linux-musl/dist/ballast" "$target/release/ballast" "$target/debug/ballast"; do
    if [[ -n $candidate && -x $candidate ]]; then
        ballast=$(realpath "$candidate")
        break
    fi
done
[[ -n ${ballast:-} ]] || { echo "no ballast was built: cargo build, or name one in BALLAST" >&2 && exit 69; }

test=$(basename "$0" .sh)
place=$(mktemp -d)
data=$place/data
state=$place/state
log=$place/log
out=$place/out
pid=
load=
mounted=()
others=()
# How many were acknowledged when a script last looked.
before=0

tidy() {
    local status=$? one
    set +e
    [[ -n $load ]] && kill "$load" 2>/dev/null
    [[ -n $pid ]] && kill -9 "$pid" 2>/dev/null
    for one in "${others[@]}"; do kill -9 "$one" 2>/dev/null; done
    wait 2>/dev/null
    for one in "${mounted[@]}"; do umount -l "$one" 2>/dev/null; done
    if [[ $status -ne 0 && -s $log ]]; then
        echo "--- the end of its log:" >&2
        tail -n 20 "$log" >&2
    fi
    if [[ -n ${KEEP:-} ]]; then echo "kept: $place" >&2; else rm -rf "$place"; fi
    exit $status
}
trap tidy EXIT

# Limits that a load of one account and one address would meet, and a password that costs little to prove.
export TIME_ZONE=UTC RATE_LIMIT_API_PER_SECOND=100000 RATE_LIMIT_API_BURST=100000 RATE_LIMIT_PAGE_PER_SECOND=100000 \
    RATE_LIMIT_PAGE_BURST=100000 PASSWORD_HASH_MILLISECONDS=0 LOG_FORMAT=text

figure() { echo "$test: $*"; }
fail() {
    echo "$test: FAILED: $*" >&2
    exit 1
}
# skip WORDS: what a test needs is not there. Where everything should be there, that is a failure.
# The second word `allowed` is for what the product does not do yet.
skip() {
    echo "$test: SKIPPED: $1"
    if [[ ${CI:-} == true && ${2:-} != allowed ]]; then exit 1; fi
    exit 0
}
need() {
    local one
    for one in "$@"; do command -v "$one" >/dev/null 2>&1 || skip "$one is missing"; done
}
as_root() { [[ $(id -u) -eq 0 ]] || skip "needs root: sudo $0"; }

# until SECONDS COMMAND…: waits for a condition, and answers whether it came.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [[ $SECONDS -lt $deadline ]] || return 1
        sleep 0.02
    done
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }
gone() { ! kill -0 "$1" 2>/dev/null; }
said() { grep -q '^Ballast is at ' "$out"; }
said_or_gone() { said || gone "$pid"; }
status_of() { curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' "$url$1" || true; }
answers() { [[ $(status_of "$1") == "${2:-200}" ]]; }

# launch [WRAPPER…]: begins a server and waits until it says where it is, or ends. A wrapper must become the server
# (as prlimit does) or stay out of its way (as strace -D does), so that $pid is the server.
launch() {
    : >"$out"
    DATA_DIR=$data HTTP_ADDR=127.0.0.1:0 "$@" "$ballast" serve >"$out" 2>>"$log" &
    pid=$!
    until_true 60 said_or_gone || fail "the server neither began nor ended"
    url=$(sed -n 's/^Ballast is at //p' "$out")
    [[ -n $url ]]
}

# start [WRAPPER…]: a server that is ready within five seconds of saying where it is.
start() {
    launch "$@" || fail "the server did not start"
    until_true 5 answers /readyz || fail "/readyz does not answer 200 within 5 s"
}

# stop: SIGTERM, and it must end as one that was asked to.
stop() {
    kill "$pid"
    local status=0
    wait "$pid" || status=$?
    pid=
    [[ $status -eq 0 ]] || fail "SIGTERM: the server ended with $status"
}

crash() {
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=
}

# ended: how the server ended by itself, within 20 s.
ended() {
    until_true 20 gone "$pid" || fail "the server goes on, and should have ended"
    local status=0
    wait "$pid" || status=$?
    pid=
    echo "$status" >"$place/ended"
}

# fresh: a plan with an account and a row for each client, and the server stopped.
fresh() {
    start
    DATA_DIR=$data "$ballast" user create load@example.org --access manager --name Load >/dev/null <<<'correct horse battery'
    "$here/client.py" prepare "$url" "$state"
    stop
}

# begin_load [OPTIONS…]: the load in the background; its figures come into $place/figures.
begin_load() {
    "$here/client.py" load "$url" "$state" "$@" >"$place/figures" &
    load=$!
}
end_load() {
    wait "$load" || fail "the client failed"
    load=
}
# of NAME: one figure of the load that ended last.
of() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))[sys.argv[2]]; print(json.dumps(v) if isinstance(v, dict) else v)' "$place/figures" "$1"; }
acknowledged() { [[ -f $state/acknowledged ]] && wc -l <"$state/acknowledged" || echo 0; }
# grown COUNT: whether so many more were acknowledged since $before.
grown() { [[ $(acknowledged) -ge $((before + $1)) ]]; }

# judge: the common oracle. Every acknowledged record once, nothing in part, the file whole; ready within 5 s; the archive that
# is made of it can be read through; no secret in the log.
judge() {
    start
    stop
    "$here/client.py" judge "$state" "$data/ballast.sqlite" >"$place/verdict" || fail "$(cat "$place/verdict")"
    clean_log
}
verified() {
    DATA_DIR=$data "$ballast" backup --reason "$test" >"$place/backup" 2>&1 || fail "backup: $(cat "$place/backup")"
    DATA_DIR=$data "$ballast" verify >"$place/backup" 2>&1 || fail "verify: $(cat "$place/backup")"
}
clean_log() {
    local one
    for one in "correct horse battery" "$(cat "$data/secret.key" 2>/dev/null || echo -)" "$(sed -n 's/.*"cookie": "[^=]*=\([^"]*\)".*/\1/p' "$state/client.json" 2>/dev/null || echo -)"; do
        if [[ ${#one} -gt 5 ]] && grep -qF -e "$one" "$log"; then fail "a secret stands in the log"; fi
    done
    if grep -E '(INFO|WARN|ERROR)' "$log" | grep -qiE 'password|secret|token'; then
        fail "a word that betrays stands in the log: $(grep -E '(INFO|WARN|ERROR)' "$log" | grep -iE 'password|secret|token' | head -n 1)"
    fi
}
