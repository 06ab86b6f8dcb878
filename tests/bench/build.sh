#!/usr/bin/env bash
# Measures what building from nothing costs, with the crates downloaded before: tasker, then the rest of
# `make demo`, then a crate of `tasker new handler`. Writes results/build.json and, where Chromium is installed, the
# picture of `cargo build --timings`. The machine should have nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/../.."
results=tests/bench/results
scratch="$(mktemp -d -p "${TMPDIR:-/tmp}" tasker-build.XXXXXX)"
trap 'rm -rf "$scratch"' EXIT
export CARGO_TARGET_DIR="$scratch/target" TASKER_GUESTS_TARGET_DIR="$scratch/target/guests"

# Prints the seconds of the clock and of all processors that a command takes.
seconds() {
  local TIMEFORMAT='%R %U %S'
  { time "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }; } 2>&1 |
    awk '{ printf "{ \"seconds\": %.0f, \"processor_seconds\": %.0f }", $1, $2 + $3 }'
}

handler() {
  cd "$scratch" && env -u CARGO_TARGET_DIR "$CARGO_TARGET_DIR/release/tasker" build handler
}

release="$(seconds cargo build --release --locked -p tasker --timings)"
demo="$(seconds make demo)"
"$CARGO_TARGET_DIR/release/tasker" new handler demo/handler --dir "$scratch/handler" >/dev/null
handler="$(seconds handler)"
cat >"$results/build.json" <<JSON
{
  "cores": $(nproc),
  "release": $release,
  "demo_after_release": $demo,
  "handler": $handler,
  "handler_target_mib": $(du -sm "$scratch/handler/target" | cut -f1)
}
JSON
if command -v chromium >/dev/null; then
  # What took less than three seconds is left out of the picture.
  sed '/id="min-unit-time"/s/value="0"/value="3"/' "$CARGO_TARGET_DIR/cargo-timings/cargo-timing.html" >"$scratch/timing.html"
  chromium --headless --no-sandbox --hide-scrollbars --window-size=4300,2100 \
    --screenshot="$PWD/$results/build.png" "file://$scratch/timing.html" >/dev/null 2>&1
fi
cat "$results/build.json"
