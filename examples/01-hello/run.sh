#!/usr/bin/env bash
# Publishes the handler and the template, runs one task and checks its result.
# Needs `tasker` on the PATH and a host at TASKER_URL.
set -euo pipefail
cd "$(dirname "$0")"

tasker component publish .
tasker template publish template.yaml
tasker pin set template demo/hello@0.1.0

task="$(tasker task run demo/hello --input @input.json --wait --output json)" || {
  printf '%s\n' "$task" >&2
  exit 1
}

case "$task" in
  *'Hello, world!'*) echo "01-hello: as expected" ;;
  *) printf 'expected a greeting in the finished task: %s\n' "$task" >&2; exit 1 ;;
esac
