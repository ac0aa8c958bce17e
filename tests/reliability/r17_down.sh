#!/usr/bin/env bash
# R17: those whom it depends on are away: a mail server that refuses, one that never says a word, an identity provider that does
# neither. Pages do not wait for them, and it stays ready.
source "$(dirname "$0")/common.sh"
fresh
python3 -c '
import socket, time
line = socket.socket(); line.bind(("127.0.0.1", 0)); line.listen(256); print(line.getsockname()[1], flush=True); time.sleep(600)' >"$place/port" &
others+=($!)
until_true 5 test -s "$place/port"
silent=$(cat "$place/port")
figures=()
slowest() {
    local most=0 one
    for _ in 1 2 3 4 5 6 7 8; do
        one=$(curl --silent --output /dev/null --max-time 10 --write-out '%{time_total}' "$@" | awk '{ print int($1 * 1000) }')
        [[ $one -le $most ]] || most=$one
    done
    echo "$most"
}
for port in 9 "$silent"; do
    export EMAIL_HOST=127.0.0.1 EMAIL_PORT=$port DEFAULT_FROM_EMAIL=plan@example.org EGRESS_ALLOW=127.0.0.1 \
        OIDC_ISSUER=http://127.0.0.1:$port/ OIDC_CLIENT_ID=ballast
    # An issuer without TLS may be refused at once; then the test goes on without it.
    if ! launch; then
        pid=
        unset OIDC_ISSUER OIDC_CLIENT_ID
        start
    fi
    page=$(slowest "$url/auth/login")
    code=$(slowest -H 'Sec-Fetch-Site: same-origin' --data 'email=load@example.org' "$url/auth/code")
    [[ $page -lt 200 && $code -lt 200 ]] || fail "pages take $page and $code ms while port $port is away"
    answers /readyz || fail "it is not ready because another server is away"
    figures+=("port $port: sign-in $page ms, digits $code ms")
    began=$(milliseconds)
    stop
    figures+=("ended after $(($(milliseconds) - began)) ms")
done
unset EMAIL_HOST EMAIL_PORT DEFAULT_FROM_EMAIL OIDC_ISSUER OIDC_CLIENT_ID
judge
figure "${figures[*]}"
