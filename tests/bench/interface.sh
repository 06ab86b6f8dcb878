#!/usr/bin/env bash
# Measures the web interface in Chromium against a host with a private PostgreSQL, and prints JSON: the first page from
# nothing, an event until it is shown, a page of 1,000 steps while they run, chains beside 50 open pages' streams of
# events and beside one stream of nothing, and single chains beside the pages. ONLY=graphql_ms,first_page_ms measures
# these alone. Wants a release build of tasker (TASKER names it), the guests that `make guests` builds, Chromium and npm.
set -euo pipefail
cd "$(dirname "$0")/../.."
tasker="${TASKER:-target/release/tasker}"
guests="${TASKER_GUESTS_TARGET_DIR:-target/guests}"
folder="$(mktemp -d)"
# PostgreSQL has a user of its own where this runs as root.
chmod 711 "$folder"
export TASKER_BROWSER="${TASKER_CHROMIUM:-/usr/bin/chromium}"
TASKER_BROWSER_MODULES="$(tests/browser.sh "$PWD/target/tmp/browser")"
export TASKER_BROWSER_MODULES

"$tasker" serve --auth off --listen 127.0.0.1:0 --data-dir "$folder/data" >"$folder/said" 2>"$folder/log" &
host=$!
trap 'kill "$host"; wait "$host" || true; rm -rf "$folder"' EXIT
until grep -q 'tasker is ready' "$folder/said"; do
  kill -0 "$host" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
TASKER_URL="$(sed -n 's/.*ready at \([^ ]*\).*/\1/p' "$folder/said")"
export TASKER_URL
node tests/bench/interface/measure.mjs "$guests/wasm32-wasip2/release/tasker_handlers_basics.wasm"
