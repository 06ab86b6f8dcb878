#!/usr/bin/env bash
# Counts the hostile cases (guests, uploads, requests, tokens) and those of them that end as they must: in
# a clear refusal or an outcome, while the host lives and other tasks go on. Prints JSON. Wants what
# `make test` has built, and cargo-nextest.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
cases='test(/^hostile::/) + test(/^sandbox::(misbehaviour|limits|names|refusals)::/) + test(/^api::tokens::refusals::/)'

told="$("$target/debug/with-postgres" cargo nextest run --package tasker-tests --locked --no-fail-fast \
  -E "$cases" 2>&1)" || true
printf '%s\n' "$told" | grep -E '^ +(PASS|FAIL|TIMEOUT|SIGNAL)' >&2 || true
printf '%s\n' "$told" | sed -n 's/.* \([0-9]*\) tests\{0,1\} run: \([0-9]*\) passed.*/{\n  "cases": \1,\n  "ended_clearly": \2\n}/p'
