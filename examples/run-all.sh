#!/usr/bin/env bash
# Runs every example on a host of its own; `make test` does. TASKER names the program.
set -euo pipefail
cd "$(dirname "$0")"
. ./host.sh

start_host
# The examples call `tasker`.
mkdir "$host_dir/bin"
ln -s "$(command -v "$tasker")" "$host_dir/bin/tasker"
PATH="$host_dir/bin:$PATH"
for example in [0-9]*/run.sh; do
  printf '\n%s\n' "$example"
  "$example"
done
