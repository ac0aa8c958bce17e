#!/usr/bin/env bash
# Runs the reliability tests, all or those named, and prints their figures.
#
#     tests/reliability/run.sh                    all of them, short
#     tests/reliability/run.sh r01_kill r10       those whose names begin so
#     BALLAST=/path/to/ballast …                  another build than the newest in target/
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
names=("$@")
[[ ${#names[@]} -gt 0 ]] || names=(r)
passed=0
failed=0
for script in "$here"/r[0-9]*.sh; do
    name=$(basename "$script" .sh)
    for wanted in "${names[@]}"; do
        [[ $name == "$wanted"* ]] || continue
        began=$SECONDS
        if "$script"; then
            passed=$((passed + 1))
            echo "$name: ok, $((SECONDS - began)) s"
        else
            failed=$((failed + 1))
            echo "$name: FAILED, $((SECONDS - began)) s"
        fi
        break
    done
done
echo "# pass $passed"
echo "# fail $failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
