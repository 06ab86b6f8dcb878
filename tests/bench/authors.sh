#!/usr/bin/env bash
# Measures what authors wait for, and prints JSON. `tasker dev` in each language whose toolchain is there: from a save to the
# first step on the new code, and what the build takes of it, as medians of SAVES changes of a handler. And `tasker test`: 100
# cases of a handler, once with an empty cache of compiled code, and then. LANGUAGES="rust c" measures these alone. Wants a
# release build of tasker (TASKER names it), and what `make setup-languages` installs.
set -euo pipefail
cd "$(dirname "$0")/../.."
TASKER="$(realpath "${TASKER:-target/release/tasker}")"
export TASKER SAVES="${SAVES:-7}" LANGUAGES="${LANGUAGES:-rust c typescript python go}"
exec python3 tests/bench/authors.py
