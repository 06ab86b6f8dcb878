#!/usr/bin/env bash
# The whole way, for real: a host on a private PostgreSQL, handlers built from source and uploaded, a
# template registered and pinned, a task run on four years of Seattle's weather. Leaves nothing behind
# that runs. `make demo` calls it with what it needs: TASKER names the program.
set -euo pipefail
cd "$(dirname "$0")/02-weather-report"

tasker="${TASKER:-tasker}"
home="$(mktemp -d "${TMPDIR:-/tmp}/tasker-demo.XXXXXX")"
host=

finish() {
  if test -n "$host"; then
    kill -TERM "$host" 2>/dev/null || true
    wait "$host" 2>/dev/null || true
  fi
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The database runs as another account where the host runs as root, and has to reach its directory.
chmod 711 "$home"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ tasker %s\033[0m\n' "$*"; "$tasker" "$@"; }

say "1  Start a host. It brings its own PostgreSQL, in $home."
printf '\033[2m$ tasker serve\033[0m\n'
"$tasker" serve --listen 127.0.0.1:0 --data-dir "$home/data" >"$home/ready" 2>"$home/log" &
host=$!
until grep -q 'ready at' "$home/ready"; do
  if ! kill -0 "$host" 2>/dev/null; then
    echo 'the host did not start:' >&2
    cat "$home/log" >&2
    exit 1
  fi
  sleep 0.1
done
cat "$home/ready"
TASKER_URL="$(sed -n 's/.*ready at \([^ ]*\).*/\1/p' "$home/ready")"
export TASKER_URL

say '2  Build the handlers to WebAssembly and upload them under their version.'
show component push ../../plugins/handlers/csv

say '3  Register the template, which says what depends on what.'
show template push template.yaml
show template graph demo/weather-report

say '4  Pin its version in the namespace: new tasks take this one and no other.'
show pin set template demo/weather-report =1.0.0

say "5  Run it on 1,461 days of weather (examples/02-weather-report says where they are from)."
printf '\033[2m$ ./input.sh | tasker task run demo/weather-report --input @- --watch\033[0m\n'
./input.sh | "$tasker" task run demo/weather-report --input @- --watch

say 'That was all of it; the host stops now. To go on, in one terminal:'
cat <<'TEXT'
  cargo install --path host --locked
  tasker serve
and in another:
  tasker new demo/greet && cd greet
  tasker component push .
  tasker template push template.yaml
  tasker task run demo/greet --input @input.json --watch
TEXT
