# `make help` lists the targets. Everything that a target needs, it sets up itself where it can.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo tasker install dist bindings test check contract bench fuzz setup rust postgres programs python browser setup-languages guests tests-of-guests tests-of-examples tests-of-host test-postgres test-upgrade

TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
# Guests are built for another machine and by other rules than the host, so they have a directory of
# their own; the tests that build guests look here too.
export TASKER_GUESTS_TARGET_DIR ?= $(TARGET)/guests

CHANNEL := $(shell sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
GUEST_WORKSPACES := $(patsubst %/Cargo.lock,%,$(wildcard plugins/Cargo.lock tests/guests/Cargo.lock examples/*/Cargo.lock))
WITH_POSTGRES := $(TARGET)/debug/with-postgres
TASKER := $(TARGET)/release/tasker

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Crates that are built for tasker, for people who wait.
CRATES = $$(cargo tree --locked -p tasker -e no-dev --prefix none --format '{p}' | sed 's/ (.*//' | sort -u | wc -l)

demo: ## Run a real task from source to result, and say what to try next
	@echo '1 of 3: Install what is missing: the Rust toolchain, PostgreSQL'
	@$(MAKE) --no-print-directory setup
	@echo "2 of 3: Build tasker from $(CRATES) crates; the first time takes minutes, and 'make install' uses the same build"
	@$(MAKE) --no-print-directory tasker
	@echo '3 of 3: Run a task'
	CARGO_TARGET_DIR="$$TASKER_GUESTS_TARGET_DIR" TASKER="$(TASKER)" examples/demo.sh

tasker: rust
	cargo build --release --locked -p tasker

PREFIX ?= $(HOME)/.local

install: setup tasker ## Install tasker, stripped, with its symbols beside it: PREFIX=/usr/local
	install -d "$(PREFIX)/bin" "$(PREFIX)/lib/debug"
	if command -v objcopy >/dev/null; then \
	  objcopy --only-keep-debug "$(TASKER)" "$(PREFIX)/lib/debug/tasker.debug"; \
	  cd "$(PREFIX)/lib/debug" && objcopy --strip-debug --add-gnu-debuglink=tasker.debug \
	    "$(TASKER)" "$(PREFIX)/bin/tasker"; \
	else install "$(TASKER)" "$(PREFIX)/bin/tasker"; fi
	"$(PREFIX)/bin/tasker" version

dist: tasker ## Make an archive of a stripped tasker, manual pages, completions, licences, a systemd unit
	cargo build --release --locked -p tasker --features manual --example manual
	host/tasker/dist/archive.sh "$(TASKER)" "$(TARGET)/release/examples/manual" "$(TARGET)/dist"

test: setup programs python browser setup-languages tests-of-guests tests-of-examples tests-of-host ## Run every test, from a clean checkout

# The major version: 16, 17 or 18; where TASKER_PG_BINDIR is set, what is there.
PG ?= 18

test-postgres: guests ## Run the tests of the engine on another PostgreSQL, such as PG=18
	cargo build --workspace --bins --locked
	bindir="$${TASKER_PG_BINDIR:-$$(tests/postgres.sh $(PG) "$(TARGET)/postgres")}"; \
	"$$bindir/postgres" --version; \
	TASKER_PG_BINDIR="$$bindir" $(WITH_POSTGRES) cargo nextest run --workspace --locked --no-fail-fast \
	  -E 'test(/^(sql|flow)::/)'

# The state that hosts are upgraded from: anything that git knows.
FROM ?= HEAD

# Its sources go below the target directory, and its dependencies are built where ours are.
test-upgrade: guests ## Replace hosts of an older state by hosts of this one, under load: FROM=v0.1.0
	rm -rf "$(TARGET)/upgrade" && mkdir -p "$(TARGET)/upgrade/source"
	git archive "$(FROM)" | tar -x -C "$(TARGET)/upgrade/source"
	cargo build --manifest-path "$(TARGET)/upgrade/source/Cargo.toml" --target-dir "$(TARGET)" -p tasker --locked
	cp "$(TARGET)/debug/tasker" "$(TARGET)/upgrade/tasker"
	cargo build --workspace --bins --locked
	$(WITH_POSTGRES) tests/upgrade.sh "$(TARGET)/upgrade/tasker" "$(TARGET)/debug/tasker" \
	  "$$TASKER_GUESTS_TARGET_DIR/wasm32-wasip2/release/tasker_handlers_basics.wasm"

check: rust ## Check form, lints, documentation, licences
	cargo fmt --all --check
	for guests in $(GUEST_WORKSPACES) tests/fuzz; do (cd "$$guests" && cargo fmt --all --check); done
	cargo clippy --workspace --all-targets --features tasker/manual --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	if command -v cargo-deny >/dev/null; then \
	  cargo deny --offline check bans licenses sources; \
	else \
	  echo 'cargo-deny is not installed, so licences were not checked: cargo install cargo-deny --locked'; \
	fi

bench: setup guests ## Measure the engine beside pgbench on this machine
	cargo build --release --locked -p tasker-bench
	$(TARGET)/release/tasker-bench

# Requests that are made up in all.
CASES ?= 20000
# Queries of GraphQL that are made up in all.
QUERIES ?= 10000

contract: setup python guests ## Send a host requests and queries made up from its descriptions: CASES=20000 QUERIES=10000
	cargo build --workspace --bins --locked
	TASKER_SCHEMATHESIS_CASES=$(CASES) TASKER_GRAPHQL_QUERIES=$(QUERIES) $(WITH_POSTGRES) cargo nextest run --workspace --locked --no-fail-fast \
	  --success-output immediate -E 'test(/^(api::openapi::schemathesis|graphql::fuzz)::/)'

# Seconds for each target.
FUZZ_SECONDS ?= 120
FUZZ_TARGETS := template requirement schema component

fuzz: rust ## Feed whatever parses with input that is made up as it goes
	@command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	@rustup run nightly rustc --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal
	cd tests/fuzz && for target in $(FUZZ_TARGETS); do \
	  mkdir -p "corpus/$$target"; \
	  cargo +nightly fuzz run --fuzz-dir . --sanitizer none "$$target" "corpus/$$target" "seeds/$$target" -- \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=3000; \
	done

setup: rust postgres ## Install what building and running needs, where that is possible

# rustup installs what rust-toolchain.toml names only if it is asked to.
rust:
	@command -v cargo >/dev/null || { \
	  echo 'cargo was not found; install Rust $(CHANNEL): https://rustup.rs' >&2; exit 1; }
	@if command -v rustup >/dev/null; then \
	  rustup run $(CHANNEL) rustc --version >/dev/null 2>&1 \
	    || rustup toolchain install $(CHANNEL) --profile minimal; \
	  rustup component list --toolchain $(CHANNEL) --installed | grep '^clippy' >/dev/null \
	    || rustup component add --toolchain $(CHANNEL) clippy rustfmt; \
	  rustup target list --toolchain $(CHANNEL) --installed | grep -x wasm32-wasip2 >/dev/null \
	    || rustup target add --toolchain $(CHANNEL) wasm32-wasip2; \
	fi

# The same places that the host looks in.
postgres:
	@has_programs() { test -x "$$1/initdb" && test -x "$$1/postgres"; }; \
	find_programs() { \
	  if test -n "$${TASKER_PG_BINDIR:-}"; then has_programs "$$TASKER_PG_BINDIR"; return; fi; \
	  local at; at="$$(dirname "$$(command -v initdb || echo /nowhere/initdb)")"; \
	  has_programs "$$at" && return; \
	  for at in /usr/lib/postgresql/*/bin; do has_programs "$$at" && return; done; \
	  return 1; \
	}; \
	if find_programs; then exit 0; fi; \
	as_root=; if test "$$(id -u)" != 0; then as_root='sudo -n'; fi; \
	if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
	  $$as_root apt-get update -q; \
	  $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql; \
	else \
	  echo "PostgreSQL's programs are missing; install them (apt-get install postgresql, dnf install" >&2; \
	  echo "postgresql-server, brew install postgresql) or set TASKER_PG_BINDIR to where they are" >&2; \
	  exit 1; \
	fi

# What some tests need of the system.
programs:
	tests/programs.sh

# What tests of archives read and serve them with: DuckDB, and a server with the interface of S3. And the messages of
# OTLP, to receive telemetry; and what makes up requests to the API.
python:
	tests/python.sh "$(TARGET)/tmp/python" >/dev/null

# What tests of the web interface drive a browser with.
browser: programs
	if command -v npm >/dev/null; then tests/browser.sh "$(TARGET)/tmp/browser" >/dev/null; fi

# What builds components of the languages that handlers may be written in. Their tests are left out, and say so, where it is
# missing.
LANGUAGES := typescript python c go
# Has wasm-opt, by which release builds are optimised.
BINARYEN := binaryen@132.0.0

setup-languages: ## Install what builds handlers in other languages than Rust, for their tests
	for language in $(LANGUAGES); do \
	  tests/languages.sh "$(TARGET)/tmp/languages" "$$language" >/dev/null \
	    || echo "what builds handlers in $$language was not installed, so its tests are left out" >&2; \
	done
	if command -v npm >/dev/null; then tests/npm.sh "$(TARGET)/tmp/wasm-opt" $(BINARYEN) >/dev/null; fi

bindings: rust ## Write what the SDKs have of the contract in wit/ anew
	cd plugins && cargo run --locked -p tasker-sdk-bindings --target-dir "$$TASKER_GUESTS_TARGET_DIR"

guests: rust ## Build the sample handlers
	cd plugins && cargo build --release --locked --target wasm32-wasip2 --target-dir "$$TASKER_GUESTS_TARGET_DIR"

# The SDK and the sample handlers, as native code.
tests-of-guests: guests
	cd plugins && cargo test --workspace --locked --target-dir "$$TASKER_GUESTS_TARGET_DIR"

# Each example checks its own result.
tests-of-examples: guests
	cargo build --workspace --bins --locked
	CARGO_TARGET_DIR="$$TASKER_GUESTS_TARGET_DIR" TASKER="$(TARGET)/debug/tasker" examples/run-all.sh

# These come last, so that the summary of the main run is what a reader sees at the end.
tests-of-host: guests
	cd tests/guests && cargo build --release --locked --target wasm32-wasip2 --target-dir "$$TASKER_GUESTS_TARGET_DIR"
	cargo build --workspace --bins --locked
	cargo test --workspace --doc --locked
	export TASKER_TESTS_BUILT=1 TASKER_TESTS_LEFT_OUT="$(TARGET)/tmp/left-out"; \
	mkdir -p "$(TARGET)/tmp"; rm -f "$$TASKER_TESTS_LEFT_OUT"; \
	trap 'if test -s "$$TASKER_TESTS_LEFT_OUT"; then echo; echo "Left out:"; sort -u "$$TASKER_TESTS_LEFT_OUT"; fi' EXIT; \
	if command -v cargo-nextest >/dev/null; then \
	  $(WITH_POSTGRES) cargo nextest run --workspace --locked --no-fail-fast; \
	else \
	  cargo test --workspace --lib --locked; \
	  $(WITH_POSTGRES) cargo test --workspace --test all --locked; \
	fi
