#!/bin/bash
# Replaces hosts of an older state of this repository by hosts of this one, on one database and under
# load, and starts an older one again on the way. No submit may be refused and no task may fail. Beside a
# server for tests: with-postgres tests/upgrade.sh OLD-TASKER NEW-TASKER COMPONENT
set -euo pipefail

old="$1" new="$2" component="$3"
here="$(mktemp -d)"
mkdir "$here/hosts"
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$here"' EXIT

# start NAME PROGRAM: a host that takes a part of the load as soon as it is ready.
start() {
  "$2" serve --database-url "$TASKER_TEST_DATABASE_URL" --data-dir "$here/$1" --listen 127.0.0.1:0 --auth off \
    --slots 16 --drain-timeout 5000 > "$here/$1.ready" 2> "$here/$1.log" &
  echo $! > "$here/$1.pid"
  until grep -q 'ready at' "$here/$1.ready"; do
    kill -0 "$(cat "$here/$1.pid")" 2>/dev/null || { echo "$1 did not start:"; cat "$here/$1.log"; exit 1; }
    sleep 0.1
  done
  sed -n 's/.*ready at \([^ ]*\).*/\1/p' "$here/$1.ready" > "$here/hosts/$1"
  echo "$1 is ready at $(cat "$here/hosts/$1")"
}

# stop NAME: takes the load off a host, then ends it in an orderly way.
stop() {
  rm "$here/hosts/$1"
  sleep 2
  local pid; pid="$(cat "$here/$1.pid")"
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  echo "$1 has ended"
}

# Submits ten tasks at a time to each host in turn, until there is a file `enough`.
load() {
  local one='{"namespace":"upgrade","template":"two","input":{"a":1}}' body
  body="[$one$(printf ",$one%.0s" {1..9})]"
  while ! test -e "$here/enough"; do
    for host in "$here"/hosts/*; do
      url="$(cat "$host" 2>/dev/null)" || continue
      status="$(curl -s -o "$here/answer" -w '%{http_code}' -H 'content-type: application/json' \
        --data "$body" "$url/v1/tasks")" || true
      if test "$status" = 200; then echo 10 >> "$here/submitted"
      elif test -e "$host"; then echo "$(basename "$host") answered $status: $(cat "$here/answer")" >> "$here/refused"; fi
    done
  done
}

count() { psql -qAt "$TASKER_TEST_DATABASE_URL" -c "$1"; }

start old-1 "$old"
TASKER_URL="$(cat "$here/hosts/old-1")"
export TASKER_URL
curl -sf -X PUT -H 'content-type: application/wasm' --data-binary "@$component" \
  "$TASKER_URL/v1/namespaces/upgrade/components/basics/versions/1.0.0" > /dev/null
curl -sf -X PUT -H 'content-type: application/yaml' --data-binary @- \
  "$TASKER_URL/v1/namespaces/upgrade/templates/two/versions/1.0.0" > /dev/null <<'YAML'
namespace: upgrade
name: two
version: 1.0.0
steps:
  - {name: a, handler: basics/echo, retry: {max_attempts: 1}}
  - {name: b, handler: basics/echo, retry: {max_attempts: 1}, depends_on: [a]}
YAML
load & load_pid=$!
sleep 3
start new-1 "$new"
sleep 3
stop old-1
start old-2 "$old"
sleep 3
start new-2 "$new"
sleep 3
stop old-2
sleep 2
touch "$here/enough"
wait "$load_pid"

submitted="$(awk '{n += $1} END {print n + 0}' "$here/submitted")"
for _ in $(seq 300); do
  test "$(count 'select count(*) from tasker.task where finished_at is null')" = 0 && break
  sleep 0.2
done
complete="$(count "select count(*) from tasker.task where state = 'complete'")"
echo "$submitted tasks submitted, $complete complete"
count "select to_state, detail ->> 'code', detail ->> 'message', count(*) from tasker.transition where to_state in ('error', 'waiting_for_retry') group by 1, 2, 3"
if test -e "$here/refused"; then sort "$here/refused" | uniq -c | head; exit 1; fi
test "$submitted" = "$complete" || { tail -n 20 "$here"/*.log; exit 1; }
