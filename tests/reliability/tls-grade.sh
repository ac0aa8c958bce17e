#!/usr/bin/env bash
# Lets testssl.sh look at a Ballast that encrypts by itself, and fails where it finds something that costs the grade A:
# anything that it calls low or worse, besides what follows from a certificate that no public authority has signed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

program=${1:-target/debug/ballast}
testssl=$(command -v testssl || command -v testssl.sh || true)
if [[ -z $testssl ]]; then
    echo "skipped: testssl.sh is missing"
    exit 0
fi

folder=$(mktemp -d)
server=
finish() {
    if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap finish EXIT

TLS=internal DATA_DIR=$folder/data HTTP_ADDR=127.0.0.1:0 HTTPS_ADDR=127.0.0.1:0 \
    "$program" serve >"$folder/out" 2>"$folder/log" &
server=$!
for _ in $(seq 300); do
    grep -q '^Ballast is at' "$folder/out" && break
    sleep 0.1
done
port=$(sed -n 's|^Ballast is at https://127.0.0.1:||p' "$folder/out")

# What is left out cannot be had by an authority of our own: a public chain, revocation, entries in the DNS.
"$testssl" --quiet --color 0 --nodns none --warnings batch --jsonfile "$folder/found.json" \
    -p -s -f -P -S -U "127.0.0.1:$port" >"$folder/report" 2>&1 || true
grep -E 'offered|not vulnerable|Overall|Grade' "$folder/report" || true

bad=$(python3 - "$folder/found.json" <<'PYTHON'
import json, sys
own = ("cert_chain_of_trust", "cert_trust", "cert_revocation", "cert_crlDistributionPoints", "cert_ocspURL",
       "OCSP_stapling", "DNS_CAArecord", "certificate_transparency", "cert_expirationStatus", "cert_caIssuers",
       "cert_validityPeriod", "cert_notAfter", "cert_extlifeSpan")
found = json.load(open(sys.argv[1]))
assert len(found) > 40, "testssl.sh did not come far"
for one in found:
    if one["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL") and not one["id"].startswith(own):
        print(one["severity"], one["id"], one["finding"])
PYTHON
)
if [[ -n $bad ]]; then
    echo "$bad"
    echo "# pass 0"
    echo "# fail 1"
    exit 1
fi
echo "testssl.sh finds nothing that costs the grade A"
echo "# pass 1"
echo "# fail 0"
