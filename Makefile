# Everything that one does with this project, each with one command. `make` alone lists them.

# Debian packages that the tests need, beyond Rust and a C compiler. Others' builds of Node bring npm with them.
APT := python3-venv redis-server chromium chromium-driver $(if $(shell command -v npm),,npm)

# What counts instructions for `make check`. The C library's names are what valgrind replaces functions by.
COUNTER := valgrind libc6-dbg

CARGO_TARGET_DIR ?= target
# The version is part of the path: another version is another file, and gets installed.
TOOLS   := $(CARGO_TARGET_DIR)/tools
DENY    := $(TOOLS)/cargo-deny@0.20.2/bin/cargo-deny
MACHETE := $(TOOLS)/cargo-machete@0.9.2/bin/cargo-machete
FUZZER  := $(TOOLS)/cargo-fuzz@0.13.2/bin/cargo-fuzz
SCHEMATHESIS := $(TOOLS)/schemathesis/bin/schemathesis
PROMTOOL := $(TOOLS)/promtool/promtool

# Rust links with the C compiler's driver, and rustls' cryptography is partly C and assembly.
COMPILER := $(if $(shell command -v cc),,gcc libc6-dev)

# libFuzzer is C++.
CXXCOMPILER := $(if $(shell command -v c++),,g++)

# `make fuzz`: which of the targets, and for how many seconds.
TARGETS := $(sort $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs))))
TARGET  ?= id
TIME    ?= 600
# How long `make check` runs each: the seeds, and what few changes of them lead to.
BRIEFLY := 5

# The first of these that is installed builds the image. The latter two would leave out the health check otherwise.
BUILDER ?= $(notdir $(firstword $(foreach name,docker podman buildah,$(shell command -v $(name)))))
FORMAT   = $(if $(filter docker,$(notdir $(BUILDER))),,--format docker)
IMAGE   ?= contact-gateway

# How long `make soak` goes on, in seconds. SEED=N repeats what chance did in a run that printed that seed.
DURATION ?= 600
SEED     ?=

# What `make bench` compares the gateway with, and how long it measures each, in seconds.
RIVALS  := nginx-light haproxy
# The adapter needs Node 20, which not every Debian has: it is left out where there is no npm.
ADAPTER := $(if $(shell command -v npm),$(CARGO_TARGET_DIR)/adapter)
SECONDS ?= 1.5

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench fuzz schemathesis audit image instructions soak overload packages rivals counter compiler components fuzz-compiler

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: compiler ## Start the gateway over emulated providers: no account, no network
	cargo run --release --locked -- sandbox

test: packages $(PROMTOOL) ## Install what the tests need, and run them all
	cargo test --workspace --locked

check: compiler components counter fuzz-compiler $(DENY) $(MACHETE) $(FUZZER) ## Formatting, lints, documentation, dependencies, brief fuzzing
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	$(DENY) --workspace --locked check --hide-inclusion-graph licenses bans sources
	$(DENY) --manifest-path fuzz/Cargo.toml --locked check --hide-inclusion-graph --allow duplicate licenses bans sources
	$(MACHETE)
	$(FUZZ) build $(FUZZ_FLAGS)
	@rm -rf $(FUZZ_DIR)/brief
	@for target in $(TARGETS); do \
		echo "fuzzing $$target"; \
		{ $(call fuzz,$$target,brief,$(BRIEFLY)); } >$(FUZZ_DIR)/log 2>&1 || { cat $(FUZZ_DIR)/log; exit 1; }; \
	done
	$(GUARD)

# Where more of them are worth it.
instructions: counter ## Count the instructions of a hit, a miss and the mappings, and make them the known ones
	$(GUARD) --record

fuzz: compiler components fuzz-compiler $(FUZZER) ## Run one fuzz target for long: make fuzz TARGET=id TIME=600
	$(call fuzz,$(TARGET),corpus,$(TIME))

# Apart from `test`: what it tries is another thing each time.
schemathesis: packages $(SCHEMATHESIS) ## Look for answers that the API's description has not, for two minutes
	cargo build --locked
	tests/schemathesis/run $(CARGO_TARGET_DIR)/debug/contact-gateway $(SCHEMATHESIS)

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

bench: rivals $(ADAPTER) ## How fast the gateway is, beside nginx, HAProxy, a Node adapter and a bare handler (6 minutes)
	cargo build --release --locked --package contact-gateway --package bench --bins
	$(CARGO_TARGET_DIR)/release/bench --seconds $(SECONDS) $(addprefix --node ,$(ADAPTER))

# The gateway and what counts its instructions, built alike, and run.
GUARD = cargo build --profile guard --locked --package contact-gateway --package bench --bins && \
	$(CARGO_TARGET_DIR)/guard/bench instructions

counter:
	$(call install,$(COMPILER) $(COUNTER))

packages:
	$(call install,$(COMPILER) $(APT))

compiler:
	$(call install,$(COMPILER))

rivals:
	$(call install,$(COMPILER) $(RIVALS))

$(CARGO_TARGET_DIR)/adapter: bench/contestants/node/package-lock.json bench/contestants/node/adapter.js | rivals
	@rm -rf $@ && mkdir -p $(@D) && cp -r bench/contestants/node $@
	cd $@ && npm ci --silent --ignore-scripts

fuzz-compiler:
	$(call install,$(CXXCOMPILER))

components:
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy

$(DENY) $(MACHETE) $(FUZZER): | compiler
	cargo install --locked --root $(@D:/bin=) $(notdir $(@D:/bin=))

# What libFuzzer needs to see its way, the stable compiler has. Only sanitizers would take a nightly one, and they are left out:
# no code of ours is unsafe, so they would look for mistakes that it can't make.
#
# Clippy stands in for the compiler, because a pass of its own would build every dependency once more.
FUZZ_DIR   = $(CARGO_TARGET_DIR)/fuzz
FUZZ       = RUSTFLAGS="-D warnings" RUSTC_WORKSPACE_WRAPPER=clippy-driver $(FUZZER)
FUZZ_FLAGS = --sanitizer none --codegen-units 16 --target-dir $(FUZZ_DIR)

# Runs a target for so many seconds. What it learns goes into a folder of its own; the seeds beside it are only read.
define fuzz
mkdir -p $(FUZZ_DIR)/$(2)/$(1) && \
$(FUZZ) run $(FUZZ_FLAGS) $(1) $(FUZZ_DIR)/$(2)/$(1) fuzz/corpus/$(1) -- -timeout=10 -max_total_time=$(3)
endef

$(SCHEMATHESIS): tests/schemathesis/requirements.txt | packages
	python3 -m venv --clear $(@D:/bin=)
	$(@D)/pip install --quiet --require-hashes --only-binary=:all: -r $<
	touch $@

# Prometheus's own word on metrics, alerts and queries. Taken out of its package, which would start a server if it were installed.
$(PROMTOOL):
	@mkdir -p $(@D)
	@cd $(@D) && if found=$$(command -v promtool); then ln -sf "$$found" promtool; exit; fi; \
	command -v apt-get >/dev/null || { echo "Please install promtool, which comes with Prometheus." >&2; exit 1; }; \
	if [ "$$(id -u)" = 0 ]; then root=; else root=sudo; fi; \
	apt-get download prometheus 2>/dev/null || { $$root apt-get update && apt-get download prometheus; } && \
	dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x --strip-components=3 ./usr/bin/promtool && rm prometheus_*.deb

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
