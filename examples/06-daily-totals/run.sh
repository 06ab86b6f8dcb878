#!/usr/bin/env bash
# Subscribes a component to the events of tasks, runs three tasks and checks what it counted and posted.
# Needs `tasker` on the PATH, a host at TASKER_URL, and python3 for the chat.
set -euo pipefail
cd "$(dirname "$0")"

die() {
  printf '%s\n' "$1" >&2
  exit 1
}

# Repeats a command until it succeeds, for a minute.
until_true() {
  local tries=0
  until "$@"; do
    tries=$((tries + 1))
    test "$tries" -lt 240 || die "in vain: $*"
    sleep 0.25
  done
}

chat_dir="$(mktemp -d "${TMPDIR:-/tmp}/tasker-chat.XXXXXX")"
python3 chat.py "$chat_dir/messages" >"$chat_dir/port" &
chat_pid=$!
trap 'kill "$chat_pid" 2>/dev/null; rm -rf "$chat_dir"' EXIT
until_true test -s "$chat_dir/port"
port="$(cat "$chat_dir/port")"

tasker grant add demo/daily 'kv totals'
tasker grant add demo/daily 'kv settings read'
tasker grant add demo/daily "http POST 127.0.0.1:$port/chat"
tasker component publish .
tasker component publish ../../plugins/handlers/basics
tasker template publish template.yaml
tasker template publish template-failing.yaml
tasker kv set demo/settings chat "\"http://127.0.0.1:$port/chat\""
tasker subscription add demo/totals --to component:daily/totals@^0.1 --types task.completed,task.failed
tasker subscription add demo/announce --to component:daily/announce@^0.1 --types task.failed

tasker task run demo/daily-good --input '{}' --wait
tasker task run demo/daily-good --input '{}' --wait
tasker task run demo/daily-bad --input '{}' --wait && die 'the third task is to fail'

delivered() {
  tasker subscription show "$1" --output json | tr -d ' \n' | grep -q "\"delivered\":$2,"
}
until_true delivered demo/totals 3
until_true delivered demo/announce 1

tasker kv ls demo/totals
totals="$(tasker kv ls demo/totals --output json | tr -d ' \n')"
case "$totals" in
  *'"completed":2,"failed":1'*) ;;
  *) die "expected 2 completed and 1 failed: $totals" ;;
esac
grep -q '"daily-bad failed: task ' "$chat_dir/messages" || die "the chat has: $(cat "$chat_dir/messages")"
echo "06-daily-totals: as expected"
