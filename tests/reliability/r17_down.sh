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
export ORG_CODES_PER_HOUR=100 SIGN_IN_CODES_PER_MINUTE=1000 ORG_CODE_RESEND_SECONDS=1 SIGN_IN_TRIES_PER_MINUTE=1000
# usual CURL…: milliseconds of the middle one of eleven; a machine that has other work takes its time with one or the other.
usual() {
    for _ in {1..11}; do
        curl --silent --output /dev/null --max-time 10 --write-out '%{time_total}\n' "$@" | awk '{ print int($1 * 1000) }'
    done | sort -n | sed -n 6p
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
    page=$(usual "$url/auth/login")
    # The digits of an account, for which a letter is due.
    read -r status code <<<"$(curl --silent --output /dev/null --write-out '%{http_code} %{time_total}' -H 'Sec-Fetch-Site: same-origin' \
        --data 'email=load@example.org' "$url/auth/login" | awk '{ print $1, int($2 * 1000) }')"
    [[ $status == 303 ]] || fail "digits are asked for, and the answer is $status"
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
