# syntax=docker/dockerfile:1

# The same release as rust-toolchain.toml, which stays outside so that no second toolchain is downloaded.
FROM rust:1.95.0-alpine AS build
RUN apk add --no-cache gcc make musl-dev
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    case "${TARGETARCH:-$(uname -m)}" in \
        amd64 | x86_64) target=x86_64-unknown-linux-musl ;; \
        arm64 | aarch64) target=aarch64-unknown-linux-musl ;; \
        *) echo "no build for $TARGETARCH" >&2; exit 1 ;; \
    esac \
 && cargo build --profile dist --locked --bin ballast --target "$target" \
 && install -D "target/$target/dist/ballast" /out/ballast \
 # A binary that asks for a loader would not start in an empty image.
 && readelf --program-headers /out/ballast >/tmp/headers \
 && ! grep -q INTERP /tmp/headers \
 # What it carries itself: the engine of the database, and settings that can be used as they are.
 && DATA_DIR=/nowhere /out/ballast check \
 && mkdir /out/root && mkdir -m 0700 /out/root/data

# deploy/image-check.sh builds from here on with a binary that is there, so what is tested is what is shipped.
FROM scratch
# Numbers alone are not enough everywhere: Fly.io looks the user up by name.
COPY deploy/etc/ /etc/
COPY --from=build /out/ballast /ballast
# A new named volume takes over the owner of this directory. It is copied as what is in another one, so that it keeps its mode.
COPY --from=build --chown=65532:65532 /out/root/ /
USER 65532:65532
# Inside a container only its own network can reach this address. There is no /tmp for SQLite to use.
ENV DATA_DIR=/data \
    HTTP_ADDR=0.0.0.0:8080 \
    SQLITE_TMPDIR=/data
EXPOSE 8080
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --retries=5 --start-period=30s --start-interval=1s CMD ["/ballast", "health"]
ENTRYPOINT ["/ballast"]
CMD ["serve"]
