#!/usr/bin/env bash
# Runs before.sh and rollback.sh against something that answers as fly does and writes down what it was told. That Fly.io itself does
# as it is told, nobody can try without an account.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cat >"$place/fly" <<'FLY'
#!/usr/bin/env bash
echo "$*" >>"$TOLD"
case "$*" in
"machine list"*) echo '[{"id": "m1"}]' ;;
"machine status"*) printf 'Machine ID: m1\nConfig:\n{\n "image": "registry.fly.io/plan@sha256:old"\n}\n' ;;
"releases"*) echo '[{"ImageRef": "plan@sha256:new", "Status": "complete"}, {"ImageRef": "plan@sha256:bad", "Status": "failed"}, {"ImageRef": "plan@sha256:old", "Status": "complete"}]' ;;
*"/ballast backup"*) printf '/data/backups/ballast-2026-11-18-120000Z.ballast.tar.zst\nmade 2026-11-18-120000Z by Ballast 0.1.0, schema %s, 71 tables with 16 rows\n' "$SCHEMA" ;;
esac
FLY
chmod +x "$place/fly"
export PATH=$place:$PATH TOLD=$place/told SMOKE=/bin/true SCHEMA=22
fail() { echo "$1" >&2 && cat "$place/told" >&2 && exit 1; }

GITHUB_OUTPUT=$place/output deploy/before.sh plan 2>/dev/null
for line in image=registry.fly.io/plan@sha256:old schema=22 archive=/data/backups/ballast-2026-11-18-120000Z.ballast.tar.zst; do
    grep -qx "$line" "$place/output" || fail "before.sh: $(cat "$place/output")"
done

# The schema stayed: the image before, and no question; a release that failed is none to go back to.
: >"$TOLD"
SCHEMA_BEFORE=22 deploy/rollback.sh plan https://plan.example.org 2>/dev/null </dev/null
grep -qx 'deploy --app plan --image plan@sha256:old --ha=false' "$TOLD" || fail "the image before was not deployed"

# It moved, or nobody knows: without anybody to ask, nothing is done.
for before in 21 ""; do
    : >"$TOLD"
    status=0
    SCHEMA_BEFORE=$before deploy/rollback.sh plan https://plan.example.org 2>/dev/null </dev/null || status=$?
    [[ $status -eq 3 ]] || fail "it did not stop: $status"
    ! grep -qE '^(deploy|machine update)' "$TOLD" || fail "something was done without an answer"
done

# Answered beforehand: the archive is read through, then put back by the older program.
: >"$TOLD"
SCHEMA_BEFORE=21 RESTORE=yes ARCHIVE=/data/backups/ballast-2026-11-18-120000Z.ballast.tar.zst \
    deploy/rollback.sh plan https://plan.example.org 2>/dev/null </dev/null
for words in "ballast verify /data/backups" "image plan@sha256:old --command restore" "--command serve"; do
    grep -qF -e "$words" "$TOLD" || fail "it was not restored: $words"
done
