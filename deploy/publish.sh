#!/usr/bin/env bash
# Builds the image for both architectures from binaries that are there, with the last stage of the Dockerfile, and pushes it with a list
# of what is in it (SBOM) and where it comes from. Prints, or writes for a workflow, `digest=` and `image=`.
#
#     IMAGE=ghcr.io/example/ballast REGISTRY_USER=… REGISTRY_PASSWORD=… deploy/publish.sh FOLDER
#
# FOLDER holds ballast-x86_64/ballast and ballast-aarch64/ballast.
set -euo pipefail

folder=$(realpath "${1:?usage: deploy/publish.sh FOLDER}")
image=${IMAGE:?the name without a tag}
image=${image,,}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

mkdir -p "$context/deploy" "$context/out/root"
mkdir -m 0700 "$context/out/root/data"
cp -r deploy/etc "$context/deploy/"
install -D -m 0755 "$folder/ballast-x86_64/ballast" "$context/out/amd64/ballast"
install -D -m 0755 "$folder/ballast-aarch64/ballast" "$context/out/arm64/ballast"
# shellcheck disable=SC2016
deploy/last-stage.sh | sed 's#^COPY out/ballast #ARG TARGETARCH\nCOPY out/${TARGETARCH}/ballast #' >"$context/Dockerfile"

docker login "${REGISTRY:-ghcr.io}" --username "${REGISTRY_USER:?}" --password-stdin <<<"${REGISTRY_PASSWORD:?}"
docker buildx create --use --driver docker-container >/dev/null
docker buildx build "$context" --platform linux/amd64,linux/arm64 --sbom=true --provenance=mode=max \
    --tag "$image:${GITHUB_SHA:-latest}" --push --metadata-file "$context/told.json"
digest=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["containerimage.digest"])' "$context/told.json")
printf 'digest=%s\nimage=%s@%s\n' "$digest" "$image" "$digest" >>"${GITHUB_OUTPUT:-/dev/stdout}"
