#!/usr/bin/env bash
# Reads settings and certificates anew, after they were looked at: what cannot be used is told and changes nothing.
#
#     deploy/reload.sh              a service of systemd
#     deploy/reload.sh compose      deploy/compose.yaml
set -euo pipefail

case "${1:-systemd}" in
systemd)
    set -a
    # shellcheck disable=SC1091
    [[ ! -f /etc/ballast/env ]] || source /etc/ballast/env
    set +a
    ENVIRONMENT="${ENVIRONMENT:-production}" DATA_DIR="${DATA_DIR:-/var/lib/ballast}" /usr/local/bin/ballast check
    systemctl reload ballast
    ;;
compose)
    file=$(dirname "${BASH_SOURCE[0]}")/compose.yaml
    docker compose -f "$file" exec ballast /ballast check
    docker compose -f "$file" kill --signal HUP ballast
    ;;
*)
    echo "usage: deploy/reload.sh [systemd|compose]" >&2
    exit 64
    ;;
esac
