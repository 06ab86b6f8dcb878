#!/usr/bin/env bash
# Measures chains alone, with metrics that are read each second, and with traces of one task in a hundred that go to a
# receiver in a process of its own, in turns. Prints JSON: steps a second of each turn, and processor time a step.
# Wants a release build of tasker-bench (TASKER_BENCH names it) and what tests/python.sh installs.
set -euo pipefail
cd "$(dirname "$0")/../.."
bench="${TASKER_BENCH:-target/release/tasker-bench}"
turns="${TURNS:-6}"
python="$(tests/python.sh target/tmp/python)"
results="$(mktemp -d)"
"$python" -c "$(<tests/otlp/receiver.py)" >"$results/ports" &
receiver=$!
trap 'kill "$receiver"; rm -rf "$results"' EXIT
until [ -s "$results/ports" ]; do sleep 0.1; done
read -r http _ <"$results/ports"

measure() {
  local name="$1" turn="$2"
  shift 2
  "$bench" --tasks 20000 --pgbench-seconds 0 --output json "$@" >"$results/$name.$turn"
}

export OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$http"
export OTEL_METRICS_EXPORTER=none OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.01
for turn in $(seq "$turns"); do
  measure alone "$turn"
  measure metrics "$turn" --scrape-ms 1000
  measure traces "$turn" --export-traces
done

"$python" - "$results" "$turns" <<'PYTHON'
import json, statistics, sys

folder, turns = sys.argv[1], int(sys.argv[2])
report = {}
for name in ["alone", "metrics", "traces"]:
    runs = [json.load(open(f"{folder}/{name}.{turn}")) for turn in range(1, turns + 1)]
    report[name] = {
        "steps_per_s": [round(run["steps_per_s"]) for run in runs],
        "median": round(statistics.median(run["steps_per_s"] for run in runs)),
        "cpu_ms_per_step": round(
            statistics.mean(run["postgres_cpu_ms_per_step"] + run["host_cpu_ms_per_step"] for run in runs), 4
        ),
    }
for name in ["metrics", "traces"]:
    report[f"{name}_ratio"] = round(report[name]["median"] / report["alone"]["median"], 3)
    report[f"{name}_cpu_ratio"] = round(report["alone"]["cpu_ms_per_step"] / report[name]["cpu_ms_per_step"], 3)
print(json.dumps(report, indent=2))
PYTHON
