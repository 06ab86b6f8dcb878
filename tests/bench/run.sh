#!/usr/bin/env bash
# Measures every figure of README.md and writes one JSON file each into results/. Takes an hour;
# the machine should have nothing else to do. TASKER_BENCH names the program, a release build
# with `tasker` beside it.
set -euo pipefail
cd "$(dirname "$0")"
bench="${TASKER_BENCH:-../../target/release/tasker-bench}"
mkdir -p results

measure() {
  local name="$1"
  shift
  printf '%s: tasker-bench %s\n' "$name" "$*" >&2
  "$bench" "$@" --output json >"results/$name.json"
}

measure linear5 --workload linear5 --tasks 2000
measure diamond --workload diamond --tasks 2000
measure noop --workload noop --tasks 10000
measure tree --workload tree --tasks 2000
measure wide --workload wide --tasks 100
measure latency --workload latency --tasks 300
measure linear5-empty --workload linear5 --tasks 10000
measure linear5-million --workload linear5 --tasks 10000 --finished-tasks 1000000
measure submit submit
measure hosts hosts --counts 1,2,4,10
measure hosts-confined hosts --counts 1,2,4 --confine
measure hosts-cells hosts --counts 2 --databases 2
measure million-open million-open --open-tasks 1000000 --finished-tasks 1000000
measure ten-million million-open --open-tasks 100000 --finished-tasks 10000000
measure retention retention
measure soak soak --minutes 30
measure old-snapshot old-snapshot
measure tenants tenants
measure feed feed
measure resolve resolve
measure resolve-one-component resolve --components 1
measure cold-start cold-start
measure rollout-upload rollout upload
measure rollout-rollback rollout rollback
measure rollout-swap rollout swap
measure rollout-live rollout live

printf 'hostile: tests/bench/hostile.sh\n' >&2
./hostile.sh >results/hostile.json
printf 'observed: tests/bench/observed.sh\n' >&2
./observed.sh >results/observed.json
