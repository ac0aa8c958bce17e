#!/usr/bin/env bash
# Builds the image's last stage from a binary that is there already, with the very lines of the Dockerfile, and holds what comes out
# against what was promised: its files, its size, its user, and how it behaves as process 1 on a disk that cannot be written to.
#
#     deploy/image-check.sh target/x86_64-unknown-linux-musl/dist/ballast
#
# Needs root, buildah and what util-linux brings. Nothing is downloaded.
set -euo pipefail

binary=$(realpath "${1:?usage: deploy/image-check.sh BINARY}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ $(id -u) -eq 0 ]] || { echo "image-check: needs root, for namespaces and chroot" >&2 && exit 77; }
command -v buildah >/dev/null || { echo "image-check: buildah is missing" >&2 && exit 69; }

most_image=${MOST_IMAGE:-26000000}
most_binary=${MOST_BINARY:-25000000}
place=$(mktemp -d)
root=$place/root
pid=
tidy() {
    local status=$?
    set +e
    [[ -n $pid ]] && kill -9 "$pid" 2>/dev/null
    wait 2>/dev/null
    umount -l "$root/data" "$root" 2>/dev/null
    "${store[@]}" rmi --all --force >/dev/null 2>&1
    if [[ $status -ne 0 && -s $place/log ]]; then tail -n 20 "$place/log" >&2; fi
    rm -rf "$place"
    exit $status
}
store=(buildah --root "$place/store" --runroot "$place/run" --storage-driver vfs)
trap tidy EXIT

fail() {
    echo "image-check: $1" >&2
    exit 1
}
well() { echo "image-check: $*"; }

# --- the binary -----------------------------------------------------------------------------------------

readelf --program-headers "$binary" >"$place/headers"
! grep -q INTERP "$place/headers" || fail "the binary asks for a loader, which an empty image does not have"
size=$(stat -c %s "$binary")
[[ $size -le $most_binary ]] || fail "the binary has $size bytes, more than $most_binary"
well "static, $size bytes"

# --- the image ------------------------------------------------------------------------------------------

# Everything from the last FROM on; what it takes from the first stage stands in a folder of the same shape.
context=$place/context
mkdir -p "$context/out" "$context/deploy"
cp -r deploy/etc "$context/deploy/"
install -m 0755 "$binary" "$context/out/ballast"
mkdir "$context/out/root"
mkdir -m 0700 "$context/out/root/data"
deploy/last-stage.sh >"$context/Dockerfile"
# An older buildah does not know this one option, and Docker does.
if ! "${store[@]}" build --isolation chroot --layers=false "$context" >"$place/log" 2>&1 && grep -q 'start-interval' "$place/log"; then
    sed -i 's/ --start-interval=[0-9a-z]*//' "$context/Dockerfile"
    well "this buildah knows no --start-interval; built without"
fi
"${store[@]}" build --isolation chroot --format docker --layers=false --tag ballast:check "$context" >"$place/log" 2>&1 || fail "buildah could not build it"
container=$("${store[@]}" from --pull-never ballast:check)
mounted=$("${store[@]}" mount "$container")
mkdir "$root"
cp -a "$mounted/." "$root/"
"${store[@]}" inspect --type image ballast:check >"$place/inspect"
"${store[@]}" push -q ballast:check "oci-archive:$place/image.tar" >/dev/null 2>&1 || fail "the image could not be packed"

field() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))["Docker"]["config"]
for k in sys.argv[2].split("."): v=v.get(k) if v else None
print(json.dumps(v))' "$place/inspect" "$1"; }
[[ $(field User) == '"65532:65532"' ]] || fail "it runs as $(field User)"
[[ $(field Entrypoint) == '["/ballast"]' && $(field Cmd) == '["serve"]' ]] || fail "it begins with $(field Entrypoint) $(field Cmd)"
[[ $(field StopSignal) == '"SIGTERM"' ]] || fail "it is stopped by $(field StopSignal)"
[[ $(field Healthcheck.Test) == '["CMD", "/ballast", "health"]' ]] || fail "its health is asked by $(field Healthcheck.Test)"
[[ $(field Volumes) == '{"/data": {}}' ]] || fail "its volumes are $(field Volumes)"

# Nothing but these; a container's own mount points and buildah's empty ones are no files of the image.
files=$(cd "$root" && find . -mindepth 1 ! -type d -printf '%P %M %U:%G\n' | sort)
[[ $files == "ballast -rwxr-xr-x 0:0
etc/group -rw-r--r-- 0:0
etc/passwd -rw-r--r-- 0:0" ]] || fail "other files than expected: $files"
folders=$(cd "$root" && find . -mindepth 1 -maxdepth 1 -type d -printf '%P\n' | sort | tr '\n' ' ')
[[ $folders == "data etc " ]] || fail "other folders than expected: $folders"
[[ $(stat -c '%a %u:%g' "$root/data") == "700 65532:65532" ]] || fail "/data is $(stat -c '%a %u:%g' "$root/data")"
unpacked=$(du --summarize --bytes "$root" | cut -f1)
[[ $unpacked -le $most_image ]] || fail "unpacked it has $unpacked bytes, more than $most_image"
well "ballast, passwd, group and /data, and nothing else; $unpacked bytes, packed $(stat -c %s "$place/image.tar")"

# --- as process 1 ---------------------------------------------------------------------------------------

# The root is read-only; only /data can be written to. What every engine hands in is handed in: the resolver's file.
echo "nameserver 127.0.0.77" >"$root/etc/resolv.conf"
echo "127.0.0.1 localhost" >"$root/etc/hosts"
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o size=64m,mode=0700,uid=65532,gid=65532 tmpfs "$root/data"
mapfile -t declared < <(python3 -c 'import json,sys; print("\n".join(json.load(open(sys.argv[1]))["Docker"]["config"]["Env"]))' "$place/inspect")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
address=127.0.0.1:$port

# ask COMMAND…: another process in the same root, as `docker exec` would begin it.
ask() { env -i "${declared[@]}" HTTP_ADDR="$address" chroot --userspec=65532:65532 "$root" "$@"; }

begin() {
    began=$(date +%s%N)
    # The box is given the rest as settings.
    env -i "${declared[@]}" "$@" HTTP_ADDR="$address" \
        unshare -mpf --kill-child chroot --userspec=65532:65532 "$root" /ballast serve >>"$place/log" 2>&1 &
    pid=$!
    until curl --silent --fail --output /dev/null "http://$address/health"; do
        kill -0 "$pid" 2>/dev/null || fail "it ended at its start"
        [[ $(($(date +%s%N) - began)) -lt 20000000000 ]] || fail "it does not answer"
        sleep 0.005
    done
    took=$((($(date +%s%N) - began) / 1000000))
    one=$(pgrep -P "$pid" | head -n 1)
}
end() {
    kill "-$1" "$one"
    local status=0
    wait "$pid" || status=$?
    pid=
    [[ $status -eq 0 ]] || fail "SIG$1 ended it with $status"
}

production=(ENVIRONMENT=production ALLOWED_HOSTS=plan.example.org PUBLIC_URL=https://plan.example.org)
begin "${production[@]}" TIME_ZONE=Europe/Lisbon
[[ $(awk '/^NSpid/ { print $NF }' "/proc/$one/status") == 1 ]] || fail "it is not process 1"
[[ $(awk '/^Uid/ { print $2 }' "/proc/$one/status") == 65532 ]] || fail "it runs as somebody else"
[[ $(ask /ballast health) == healthy ]] || fail "ballast health says something else"
[[ $(curl --silent "http://$address/api/health") == '{"status":"ok"}' ]] || fail "/api/health says something else"
first=$took
end TERM
begin "${production[@]}" TIME_ZONE=Europe/Lisbon
memory=$(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$one/status")
end INT
well "as process 1 and user 65532, read-only: healthy after $first ms on an empty /data, $took ms on its own; SIGTERM and SIGINT end it with 0; $memory MiB resident"

# Time zones are in the binary: there is no /usr/share/zoneinfo.
ask /usr/bin/env >/dev/null 2>&1 && fail "there is a program that should not be there"
env -i "${declared[@]}" TIME_ZONE=Europe/Lisbon chroot --userspec=65532:65532 "$root" /ballast config dump >"$place/dump" 2>&1 || fail "Europe/Lisbon is not known: $(cat "$place/dump")"
if env -i "${declared[@]}" TIME_ZONE=Europe/Nowhere chroot --userspec=65532:65532 "$root" /ballast config dump >"$place/dump" 2>&1; then
    fail "Europe/Nowhere is taken for a time zone"
fi
well "time zones: Europe/Lisbon is known, Europe/Nowhere is not"

# Names are looked up by the resolver's file alone, as there are no modules of a libc; a certificate is believed where one of the
# built-in roots vouches for it, or one that was named.
grep -q 'ISRG Root X1' "$binary" || fail "the public roots are not in the binary"
python3 deploy/image-talks.py "http://$address" "$place/talk.log" env -i "${declared[@]}" "HTTP_ADDR=$address" \
    unshare -mpf --kill-child chroot --userspec=65532:65532 "$root" /ballast serve >"$place/talk" 2>&1 || fail "$(cat "$place/talk" "$place/talk.log")"
well "$(cat "$place/talk")"
well "all is as it should be"
