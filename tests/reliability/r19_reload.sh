#!/usr/bin/env bash
# R19: SIGHUP a hundred times under load, with settings that are good and settings that are not. No request fails, and what cannot be
# used changes nothing.
source "$(dirname "$0")/common.sh"
fresh
# Settings from a file in the working directory, which is what is read again.
mkdir "$place/desk"
cd "$place/desk"
echo "LOG_LEVEL=info" >.env
start
begin_load --clients 32 --readers 2 --page /api/v1/me --seconds "${SECONDS_LONG:-15}"
turns=0
while kill -0 "$load" 2>/dev/null && [[ $turns -lt 100 ]]; do
    case $((turns % 3)) in
    0) echo "LOG_LEVEL=warn" >.env ;;
    1) echo "SESSION_IDLE_SECONDS=many" >.env ;;
    2) echo "LOG_LEVEL=info" >.env ;;
    esac
    kill -HUP "$pid" || fail "the server is gone after $turns reloads"
    turns=$((turns + 1))
    sleep 0.1
done
end_load
[[ $(of refused) == "{}" && $(of unknown) -eq 0 && $(of read_faults) -eq 0 ]] ||
    fail "requests failed: refused $(of refused), broken $(of unknown), pages $(of read_faults)"
gone "$pid" && fail "it ended at a reload"
rm .env
stop
judge
figure "$turns reloads beside $(of acknowledged) writes ($(of writes)) and $(of read_count) pages, none failed; $(cat "$place/verdict")"
