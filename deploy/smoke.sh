#!/usr/bin/env bash
# Asks a deployed Ballast what a person and a health monitor would ask first, and fails on the first answer that is wrong.
#
#     deploy/smoke.sh https://plan.example.org
#
# For a certificate of one's own authority: CURL_CA_BUNDLE=ca.pem. Where http is not on port 80: PLAIN=http://127.0.0.1:8080.
# Plain http is taken for an address on this machine only: then the checks of encryption are left out.
set -euo pipefail

base=${1:?usage: deploy/smoke.sh https://plan.example.org}
base=${base%/}
case "$base" in
https://*) encrypted=yes ;;
http://127.0.0.1:* | http://localhost:* | http://\[::1\]:*) encrypted=no ;;
*) echo "smoke: $base: give an address that begins with https://" >&2 && exit 64 ;;
esac

head=$(mktemp)
body=$(mktemp)
trap 'rm -f "$head" "$body"' EXIT

fail() {
    echo "smoke: $1" >&2
    echo "--- its head:" >&2
    sed 's/\r$//' "$head" >&2
    exit 1
}

# ask PATH STATUS: fetches a page, tried again for a minute since a server that was just replaced is allowed to start.
ask() {
    local path=$1 wanted=$2 got=000 tries=0
    while [[ $tries -lt 30 ]]; do
        got=$(curl --silent --show-error --max-time 10 --dump-header "$head" --output "$body" --write-out '%{http_code}' "$base$path") || got=000
        [[ $got == "$wanted" ]] && return 0
        tries=$((tries + 1))
        sleep 2
    done
    fail "$path answered $got and not $wanted"
}

header() { grep -i "^$1:" "$head" | tail -n 1 | cut -d: -f2- | tr -d '\r' | sed 's/^ *//'; }

ask /api/health 200
[[ $(cat "$body") == '{"status":"ok"}' ]] || fail "/api/health says something else than {\"status\":\"ok\"}"
ask /health/ 200
grep -q '"database":"ok"' "$body" || fail "/health/ does not say that the database is well"
ask /readyz 200

ask /auth/login 200
[[ $(header content-security-policy) == *"default-src 'none'"* ]] || fail "the sign-in page has no strict policy"
[[ $(header x-content-type-options) == nosniff ]] || fail "the sign-in page may be sniffed"
grep -qi '<form' "$body" || fail "the sign-in page has no form"
ask /api/v1/me 401

if [[ $encrypted == yes ]]; then
    ask /auth/login 200
    [[ $(header strict-transport-security) == max-age=* ]] || fail "no Strict-Transport-Security"
    if curl --version | grep -q HTTP2; then
        status=$(curl --silent --http2 --max-time 10 --output /dev/null --write-out '%{http_version}' "$base/auth/login") || status=none
        [[ $status == 2 ]] || fail "HTTP/2 is not spoken ($status)"
    fi
    plain=${PLAIN:-http://${base#https://}}
    status=$(curl --silent --max-time 10 --output /dev/null --write-out '%{http_code} %{redirect_url}' "$plain/auth/login") || status=none
    [[ $status == "30"[178]" https://"* ]] || fail "http:// is not led to https:// ($status)"
fi
echo "smoke: $base is well"
