#!/usr/bin/env bash
# The whole way, for real: a host on a private PostgreSQL, handlers built from source and uploaded, a
# template published and pinned, a task run on four years of Seattle's weather. Leaves nothing behind
# that runs. `make demo` calls it with what it needs: TASKER names the program.
set -euo pipefail
cd "$(dirname "$0")/02-weather-report"

. ../host.sh

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ tasker %s\033[0m\n' "$*"; "$tasker" "$@"; }

say '1  Start a host. It brings its own PostgreSQL.'
printf '\033[2m$ tasker serve\033[0m\n'
start_host
cat "$host_dir/ready"

say '2  Build the handlers to WebAssembly and upload them under their version.'
show component publish ../../plugins/handlers/csv

say '3  Publish the template, which says what depends on what.'
show template publish template.yaml
show template graph demo/weather-report

say '4  Pin its version in the namespace: new tasks take this one and no other.'
show pin set template demo/weather-report@1.0.0

say "5  Run it on 1,461 days of weather (examples/02-weather-report says where they are from)."
printf '\033[2m$ ./input.sh | tasker task run demo/weather-report --input @- --watch\033[0m\n'
./input.sh | "$tasker" task run demo/weather-report --input @- --watch

say 'That was all of it; the host stops now. To go on, in one terminal:'
cat <<'TEXT'
  make install
  tasker serve
and in another:
  tasker new handler demo/greet && cd greet
  tasker component publish .
  tasker template publish template.yaml
  tasker task run demo/greet --input @input.json --watch
TEXT
