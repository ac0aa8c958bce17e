#!/usr/bin/env bash
# Prints the last stage of the Dockerfile as one that takes its files from a folder `out` instead of from the stage before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
stage=$(awk '/^FROM / { last = NR } { line[NR] = $0 } END { for (n = last; n <= NR; n++) print line[n] }' Dockerfile |
    sed 's#COPY --from=build \(--chown=[0-9:]* \)\{0,1\}/out/#COPY \1out/#')
if grep -q -- '--from=' <<<"$stage"; then
    echo "last-stage: it takes something from another place than /out" >&2
    exit 1
fi
echo "$stage"
