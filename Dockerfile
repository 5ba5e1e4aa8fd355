# The gateway's image: built where Rust is, run where nothing but the C library is, not even a shell.

ARG RUST_IMAGE=docker.io/library/rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${RUST_IMAGE} AS build
WORKDIR /build

# The dependencies, in a layer of their own that lasts until a manifest changes. They are built for empty packages, whose
# own results are removed again: cargo compares times, and could take an empty program for newer than the real sources.
COPY Cargo.toml Cargo.lock ./
COPY providers/Cargo.toml providers/
COPY tests/interleavings/Cargo.toml tests/interleavings/
COPY bench/Cargo.toml bench/
RUN mkdir -p bench/benches bench/src examples/scaling examples/soak src tests/api tests/browser tests/clients tests/deploy tests/faults tests/forms tests/interleavings/src tests/redis providers/src providers/tests \
 && echo '//! Empty.' > src/lib.rs \
 && cp src/lib.rs providers/src/lib.rs \
 && cp src/lib.rs tests/interleavings/src/lib.rs \
 && cp src/lib.rs bench/src/lib.rs \
 && printf '//! Empty.\nfn main() {}\n' > src/main.rs \
 && cp src/main.rs bench/src/main.rs \
 && cp src/main.rs bench/benches/mapping.rs \
 && cp src/main.rs examples/scaling/main.rs \
 && cp src/main.rs examples/soak/main.rs \
 && cp src/main.rs tests/api/main.rs \
 && cp src/main.rs tests/browser/main.rs \
 && cp src/main.rs tests/clients/main.rs \
 && cp src/main.rs tests/deploy/main.rs \
 && cp src/main.rs tests/faults/main.rs \
 && cp src/main.rs tests/forms/main.rs \
 && cp src/main.rs tests/redis/main.rs \
 && cp src/main.rs providers/tests/conformance.rs \
 && cargo build --release --locked \
 && cargo clean --release --package contact-gateway --package providers \
 && rm -r src providers/src providers/tests

# The program. `--frozen`: everything from elsewhere is in the layer above.
COPY config config
COPY providers providers
COPY src src
RUN cargo build --release --frozen \
 && install -D -m 0644 /dev/null /image/etc/contact-gateway/config.toml \
 && install -D -m 0755 target/release/contact-gateway /image/usr/local/bin/contact-gateway

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="contact-gateway" \
      org.opencontainers.image.description="One normalized contact endpoint over Rocket.Chat and Periskope" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY LICENSE /usr/share/doc/contact-gateway/LICENSE
COPY --from=build /image/ /

# config.toml is empty: mount yours over it, or configure with GATEWAY__A__B=… variables alone.
#
# A container's loopback is reached by nobody, so it listens on every address. The gateway refuses that where callers need no
# key, until GATEWAY__AUTH__OPEN=true says that this is meant. Whoever runs the image decides that, so it isn't set here.
ENV GATEWAY_CONFIG=/etc/contact-gateway/config.toml \
    GATEWAY__SERVER__LISTEN=0.0.0.0:8080

# By number, so that an orchestrator can tell that it isn't root.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/contact-gateway", "health"]
ENTRYPOINT ["/usr/local/bin/contact-gateway"]
CMD ["serve"]
