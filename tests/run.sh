#!/usr/bin/env bash
# Checks and tests everything, fast first, after installing what that needs where it may. A step that
# fails does not hide the next one; the last line says `N passed, N failed`, and only 0 failed exits 0.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
export DEBIAN_FRONTEND=noninteractive CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"
if [[ "${CI:-}" == true ]]; then
    export CARGO_INCREMENTAL=0 # nothing is built twice there, and it saves half the disk
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0

# --- what the tests need -------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }

apt_ready=unknown
# Installs packages one by one, since a name that this distribution lacks must not cost the others.
install() {
    local as_root=()
    if [[ $(id -u) -ne 0 ]]; then
        sudo -n true 2>/dev/null || return 0
        as_root=(sudo -n --preserve-env=DEBIAN_FRONTEND)
    fi
    have apt-get || return 0
    local apt=("${as_root[@]}" timeout 900 apt-get -qq -o DPkg::Lock::Timeout=600)
    if [[ $apt_ready == unknown ]]; then
        apt_ready=yes
        "${apt[@]}" update >"$log" 2>&1 || { apt_ready=no && tail -n 3 "$log"; }
    fi
    local package
    for package in "$@"; do
        echo "installing $package"
        "${apt[@]}" install -y --no-install-recommends "$package" >"$log" 2>&1 || tail -n 3 "$log"
    done
}

# The first of the named programs that is there, as a path, or nothing.
first_of() {
    local candidate
    for candidate in "$@"; do
        if [[ -n "$candidate" ]] && have "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
}

find_chromium() { first_of "${CHROMIUM:-}" chromium google-chrome google-chrome-stable chromium-browser; }
find_chromedriver() {
    first_of "${CHROMEDRIVER:-}" "${CHROMEWEBDRIVER:+$CHROMEWEBDRIVER/chromedriver}" chromedriver \
        /usr/lib/chromium/chromedriver /usr/lib/chromium-browser/chromedriver
}

have_icalendar() { /usr/bin/python3 -c 'import icalendar' >/dev/null 2>&1; }

# A mail server that is not ours takes the letters of the tests.
have_smtp() { target/smtp/bin/python -c 'import aiosmtpd' >/dev/null 2>&1; }
install_smtp() {
    python3 -m venv target/smtp >"$log" 2>&1 || { install python3-venv && python3 -m venv target/smtp >"$log" 2>&1; } || return 0
    target/smtp/bin/python -m pip install --quiet 'aiosmtpd==1.4.6' >"$log" 2>&1 || tail -n 3 "$log"
}

# Prometheus' own checker reads the figures and the alerts.
have_promtool() { have promtool || [[ -x target/prometheus/usr/bin/promtool ]]; }
install_promtool() {
    local package
    package=$(mktemp -d)
    # Only the checker is wanted, not a server that begins to run.
    if (cd "$package" && apt-get -qq download prometheus >"$log" 2>&1); then
        mkdir -p target/prometheus
        dpkg-deb --fsys-tarfile "$package"/prometheus_*.deb | tar -x -C target/prometheus ./usr/bin/promtool >"$log" 2>&1 || tail -n 3 "$log"
    fi
    rm -rf "$package"
}

# Storage that is not ours takes copies of backups.
have_s3() { target/s3/bin/python -c 'import moto.server' >/dev/null 2>&1; }
install_s3() {
    python3 -m venv target/s3 >"$log" 2>&1 || { install python3-venv && python3 -m venv target/s3 >"$log" 2>&1; } || return 0
    target/s3/bin/python -m pip install --quiet 'moto[server]==5.1.22' >"$log" 2>&1 || tail -n 3 "$log"
}

missing() {
    echo "MISSING: $1"
    if [[ "${CI:-}" == true ]]; then
        failed=$((failed + 1))
    fi
}

prepare() {
    if [[ -f "$HOME/.cargo/env" ]] && ! have cargo; then
        # shellcheck disable=SC1091
        source "$HOME/.cargo/env"
    fi
    have cc || install gcc libc6-dev
    have git || install git
    have node || install nodejs
    have npm || install npm
    have openssl || install openssl
    have shellcheck || install shellcheck
    have strace || install strace
    have curl || install curl
    have systemd-analyze || install systemd
    # A browser alone, such as the one Ubuntu's runners bring, gets the driver of its own release there.
    if [[ -z $(find_chromium) || -z $(find_chromedriver) ]]; then
        install chromium chromium-driver fonts-liberation
    fi

    # People sign in through a certified provider that is not ours; its own scripts do not run.
    have npm || install npm
    if [[ ! -d target/npm-oidc/node_modules/oidc-provider ]] && have npm; then
        timeout 600 npm install --prefix target/npm-oidc --ignore-scripts --no-save --no-package-lock --no-audit --no-fund \
            oidc-provider@9 >"$log" 2>&1 || tail -n 3 "$log"
    fi

    # Feeds are read by a calendar library that is not ours.
    have_icalendar || install python3-icalendar
    have openssl || install openssl
    have_smtp || install_smtp
    have_promtool || install_promtool

    # Certificates come from an authority that is not ours, and curl and testssl.sh come to what is encrypted with them.
    have curl || install curl
    have pebble || install pebble
    have testssl || have testssl.sh || install testssl.sh
    have_s3 || install_s3

    local chromium chromedriver
    chromium=$(find_chromium)
    chromedriver=$(find_chromedriver)
    have cargo || missing "cargo: install Rust from https://rustup.rs; nothing can be built without it"
    have cc || missing "cc: a C compiler (gcc or clang) builds SQLite; nothing can be built without it"
    have git || missing "git: the house rules ask it which files belong to the project"
    have node || missing "node: the tests of the scripts under tests/js do not run"
    have npm || missing "npm: no scanner looks at the answers"
    have openssl || missing "openssl: no scanner looks at the answers"
    have shellcheck || missing "shellcheck: nobody reads the scripts"
    have strace || missing "strace: no call of the system is made to fail"
    have curl || missing "curl: the reliability tests ask nothing"
    [[ -n $chromium ]] || missing "chromium (or google-chrome): the browser tests do not run"
    [[ -n $chromedriver ]] || missing "chromedriver: the browser tests do not run"
    [[ -d target/npm-oidc/node_modules/oidc-provider ]] || missing "npm's oidc-provider: nobody signs in through a certified provider"
    have_icalendar || missing "python3-icalendar: no feed is read by another's library"
    have openssl || missing "openssl: no certificate for the mail server of the tests"
    have_promtool || missing "promtool in target/prometheus: nobody else reads the figures and the alerts"
    have_s3 || missing "moto in target/s3: no copy of a backup is taken by another's storage"
    have_smtp || missing "aiosmtpd in target/smtp: no letter is taken by another's mail server"
    have curl || missing "curl: no client of others comes by https"
    have pebble || missing "pebble: no authority gives certificates"
    have testssl || have testssl.sh || missing "testssl.sh: nobody grades the encryption"
    if [[ -n $chromium ]]; then export CHROMIUM="$chromium"; fi
    if [[ -n $chromedriver ]]; then export CHROMEDRIVER="$chromedriver"; fi
    echo "chromium: ${chromium:-none}; chromedriver: ${chromedriver:-none}; node: $(first_of node || true)"
}

# --- the steps -----------------------------------------------------------------------------------------

# step HEADING COMMAND…: runs it under a heading and says how long it took. A failed check counts as one.
step() {
    local heading=$1 began=$SECONDS status=0
    shift
    echo
    echo "== $heading"
    "$@" || status=$?
    if [[ $status -ne 0 ]]; then
        failed=$((failed + 1))
        echo "-- $heading FAILED in $((SECONDS - began)) s"
    else
        echo "-- $heading: $((SECONDS - began)) s"
    fi
}

# Adds to the sums what a test runner counted. When it failed without naming a failed test (a file that
# does not compile, a crash), its status speaks for it: answers non-zero so that the step counts as one.
count() {
    local status=$1 ok=$2 bad=$3
    passed=$((passed + ok))
    failed=$((failed + bad))
    if [[ $status -ne 0 && $bad -eq 0 ]]; then
        return 1
    fi
}

script_tests() {
    local files=() status=0
    if [[ -d tests/js ]]; then
        mapfile -t files < <(find tests/js -type f \( -name '*.test.js' -o -name '*.test.mjs' \) | sort)
    fi
    if [[ ${#files[@]} -eq 0 ]]; then
        echo "no scripts to test"
        return 0
    fi
    if ! have node; then
        echo "skipped: node is missing"
        return 0
    fi
    node --test --test-reporter=tap "${files[@]}" 2>&1 | tee "$log" || status=$?
    count "$status" "$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")" \
        "$(awk '/^# (fail|cancelled) [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")"
}

rust_tests() {
    local status=0
    cargo test --locked --no-fail-fast 2>&1 | tee "$log" || status=$?
    # test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
    count "$status" "$(awk '/^test result: / { n += $4 } END { print n + 0 }' "$log")" \
        "$(awk '/^test result: / { n += $6 } END { print n + 0 }' "$log")"
}

# What others' scanners say of the program that the tests have built. npm puts them below target/; their own scripts, which fetch
# lists from elsewhere, are not run.
scans() {
    local target="${CARGO_TARGET_DIR:-target}" status=0
    local modules="$target/scanners/node_modules"
    if ! have node || ! have npm || ! have openssl; then
        echo "skipped: node, npm or openssl is missing"
        return 0
    fi
    if [[ ! -d "$modules/csp_evaluator" ]]; then
        mkdir -p "$target/scanners"
        echo '{"private":true}' >"$target/scanners/package.json"
        timeout 600 npm install --prefix "$target/scanners" --ignore-scripts --no-package-lock --no-audit --no-fund \
            @mdn/mdn-http-observatory@1.4.8 csp_evaluator@1.1.8 >"$log" 2>&1 || status=$?
        if [[ $status -ne 0 ]]; then
            tail -n 5 "$log"
            missing "the scanners: npm could not install them"
            return 0
        fi
    fi
    node tests/scanners/scan.mjs "$target/debug/ballast" "$modules" 2>&1 | tee "$log" || status=$?
    count "$status" "$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")" \
        "$(awk '/^# fail [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")"
}

# What testssl.sh says of encrypted connections.
grade() {
    local status=0
    tests/reliability/tls-grade.sh "${CARGO_TARGET_DIR:-target}/debug/ballast" 2>&1 | tee "$log" || status=$?
    count "$status" "$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")" \
        "$(awk '/^# fail [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")"
}

# Every file of a deployment under the tool that it is made for; what that needs goes below target/tools.
deployment() {
    local status=0
    BALLAST="${CARGO_TARGET_DIR:-target}/debug/ballast" tests/deploy/check.sh 2>&1 | tee "$log" || status=$?
    count "$status" "$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")" \
        "$(awk '/^# fail [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")"
}

# What happens when things break, in short: the long rounds are for whoever asks for them (tests/reliability/run.sh).
reliability() {
    local status=0
    if ! have strace || ! have python3; then
        echo "skipped: strace or python3 is missing"
        return 0
    fi
    BALLAST="${CARGO_TARGET_DIR:-target}/debug/ballast" ROUNDS=2 CALLS=3 tests/reliability/run.sh r01 r03 r04 r07 r10 r11 r12 r14 r17 r26 2>&1 | tee "$log" || status=$?
    count "$status" "$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")" \
        "$(awk '/^# fail [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")"
}

documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items; }

step "tools" prepare
step "cargo fmt" cargo fmt --check
step "cargo clippy" cargo clippy --all-targets --locked -- -D warnings
step "node --test" script_tests
step "cargo test" rust_tests
step "scanners" scans
step "testssl.sh" grade
step "deployment" deployment
step "reliability" reliability
step "cargo doc" documentation

echo
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
