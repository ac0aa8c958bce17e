#!/usr/bin/env bash
# Runs the playbook twice on this machine, whose folders are covered by overlays so that nothing of it is changed. There is no systemd
# to talk to in there: starting, waiting and the smoke test are left out (ballast_service=false), and everything else is done.
set -euo pipefail
binary=${1:?a binary}
self=$(realpath "${BASH_SOURCE[0]}")
cd "$(dirname "$self")/../../deploy/ansible"
if [[ ${2:-} != inside ]]; then
    exec unshare -m "$self" "$binary" inside
fi
cover=$(mktemp -d)
mount -t tmpfs tmpfs "$cover"
for folder in /etc /usr/local /var/lib; do
    mkdir -p "$cover$folder/upper" "$cover$folder/work"
    mount -t overlay overlay -o "lowerdir=$folder,upperdir=$cover$folder/upper,workdir=$cover$folder/work" "$folder"
done
run() {
    ansible-playbook -i localhost, -c local deploy.yml \
        -e ansible_python_interpreter=/usr/bin/python3 -e "ballast_binary=$binary" -e '{"ballast_service": false, "ansible_become_method": "su", "ansible_become_flags": "-s /bin/sh"}' \
        -e ballast_public_url=https://plan.example.org -e @inventory/group_vars/all/settings.yml \
        -e '{"ballast_secret_key": "wq8H2nVc5LrT0yXjB7mKd3PzGfS9uAe1ioQ4EvNhCtJbWxMk6R", "ballast_secrets": {"EMAIL_HOST_PASSWORD": "hidden-words", "EMAIL_USE_TLS": "true"}}' "$@"
}
recap() { grep -oE 'changed=[0-9]+ .*failed=[0-9]+' <<<"$1"; }
first=$(run) || { echo "$first" && exit 1; }
echo "first: $(recap "$first")"
# A plan on the machine, so that the second run sees data; made by whom the service runs as.
setpriv --reuid=ballast --regid=ballast --clear-groups env DATA_DIR=/var/lib/ballast /usr/local/bin/ballast migrate >/dev/null
second=$(run -v) || { echo "$second" && exit 1; }
echo "second: $(recap "$second")"
[[ $(recap "$second") == changed=0* ]] || { echo "$second" && exit 1; }
for said in "$first" "$second"; do
    if grep -E 'wq8H2nVc|hidden-words' <<<"$said"; then echo "a secret is told" && exit 1; fi
done
[[ $(stat -c '%a %U' /etc/ballast/env /etc/ballast/secret_key | sort -u) == "600 root" ]] || { stat /etc/ballast/* && exit 1; }
ENVIRONMENT=production
set -a
# shellcheck disable=SC1091
source /etc/ballast/env
set +a
[[ $ENVIRONMENT == production ]]
SECRET_KEY_FILE=/etc/ballast/secret_key DATA_DIR=/var/lib/ballast /usr/local/bin/ballast check >"$cover/check" || { cat "$cover/check" && exit 1; }
# Another program in its place: a backup is made, the one before kept.
cp "$binary" /usr/local/bin/ballast.other
printf '\0' >>/usr/local/bin/ballast.other
binary=/usr/local/bin/ballast.other
third=$(run) || { echo "$third" && exit 1; }
echo "third, with another program: $(recap "$third")"
find /var/lib/ballast/backups -name '*.zst' -user ballast | grep -q . || { echo "no backup was kept before" && exit 1; }
[[ -x /usr/local/bin/ballast.before ]]
