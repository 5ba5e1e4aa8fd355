# Everything that one does with this project, each with one command. `make` alone lists them.

# Debian packages that the tests need, beyond Rust and a C compiler.
APT :=

CARGO_TARGET_DIR ?= target
# The version is part of the path: another version is another file, and gets installed.
TOOLS   := $(CARGO_TARGET_DIR)/tools
DENY    := $(TOOLS)/cargo-deny@0.20.2/bin/cargo-deny
MACHETE := $(TOOLS)/cargo-machete@0.9.2/bin/cargo-machete

# Rust links with the C compiler's driver, and rustls' cryptography is partly C and assembly.
COMPILER := $(if $(shell command -v cc),,gcc libc6-dev)

# The first of these that is installed builds the image. The latter two would leave out the health check otherwise.
BUILDER ?= $(notdir $(firstword $(foreach name,docker podman buildah,$(shell command -v $(name)))))
FORMAT   = $(if $(filter docker,$(notdir $(BUILDER))),,--format docker)
IMAGE   ?= contact-gateway

# How long `make soak` goes on, in seconds. SEED=N repeats what chance did in a run that printed that seed.
DURATION ?= 600
SEED     ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check audit image soak overload packages compiler components

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: compiler ## Start the gateway over emulated providers: no account, no network
	cargo run --release --locked -- sandbox

test: packages ## Install what the tests need, and run them all
	cargo test --workspace --locked

check: compiler components $(DENY) $(MACHETE) ## Formatting, lints, documentation, licences, unused dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	$(DENY) --workspace --locked check --hide-inclusion-graph licenses bans sources
	$(MACHETE)

# Apart from `check`: it downloads the database of advisories, so that its verdict changes from one day to the next.
audit: compiler $(DENY) ## Known vulnerabilities in the dependencies (downloads the list)
	$(DENY) --workspace --locked check advisories

image: ## Build the container image with Docker, Podman or Buildah
	@test -n "$(BUILDER)" || { echo "No docker, podman or buildah is installed." >&2; exit 1; }
	$(BUILDER) build $(FORMAT) --tag $(IMAGE) .

soak: compiler ## Ten minutes of load and faults, every answer checked (DURATION=60 for one minute)
	cargo build --release --locked --bin contact-gateway
	cargo run --release --locked --example soak -- --seconds $(DURATION) $(if $(SEED),--seed $(SEED))

overload: compiler ## What is left of the throughput of cached answers under ten times the load (45 s)
	cargo build --release --locked --bin contact-gateway
	cargo run --release --locked --example soak -- --overload

packages:
	$(call install,$(COMPILER) $(APT))

compiler:
	$(call install,$(COMPILER))

components:
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy

$(DENY) $(MACHETE): | compiler
	cargo install --locked --root $(@D:/bin=) $(notdir $(@D:/bin=))

# Installs those of the given Debian packages that are missing. Where none is, it asks dpkg and nothing else.
define install
@missing=; \
for package in $(1); do \
	dpkg-query --show --showformat='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
	command -v apt-get >/dev/null || { echo "Please install what these Debian packages hold:$$missing" >&2; exit 1; }; \
	if [ "$$(id -u)" = 0 ]; then root=; else root=sudo; fi; \
	$$root apt-get update && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$missing; \
fi
endef
