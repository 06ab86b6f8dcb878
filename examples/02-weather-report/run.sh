#!/usr/bin/env bash
# Publishes the handlers and the template, runs one task and checks its result.
# Needs `tasker` on the PATH and a host at TASKER_URL.
set -euo pipefail
cd "$(dirname "$0")"

tasker component publish ../../plugins/handlers/csv
tasker template publish template.yaml
tasker pin set template demo/weather-report@1.0.0

task="$(./input.sh | tasker task run demo/weather-report --input @- --wait --output json)" || {
  printf '%s\n' "$task" >&2
  exit 1
}
task="$(printf '%s' "$task" | tr -d ' \n')"

expect() {
  case "$task" in
    *"$1"*) ;;
    *) printf 'expected %s in the finished task: %s\n' "$1" "$task" >&2; exit 1 ;;
  esac
}

expect '"state":"complete"'
expect '"rows":1461'  # four years of days
expect '"rows":641'   # of which it rained,
expect '"mean":6.56'  # in millimetres a day,
expect '"mean":19.86' # and degrees when the sun shone
echo "02-weather-report: as expected"
