#!/usr/bin/env bash
# Versions of a component in five steps, each checked. Needs `tasker` on the PATH and a host at
# TASKER_URL.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ tasker %s\033[0m\n' "$*"; tasker "$@"; }
die() { printf '05-versions: %s\n' "$*" >&2; exit 1; }

# The text after `"NAME":"` in JSON.
field() { tr -d ' \n' | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# Which version quoted a new order; empty where none did.
quoted_by() {
  local task
  task="$(tasker task run shop/order --input '{"pieces": 3}' --wait --output json)" || true
  printf '%s' "$task" | field quoted_by
}

expect_version() {
  local version
  version="$(quoted_by)"
  test "$version" = "$1" || die "a new order was quoted by ${version:-nobody} instead of $1"
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

step '1  1.0.0 runs. A pin says that nothing else does until the pin changes.'
show component publish price-1.0.0
show template publish template.yaml
show pin set component shop/price@1.0.0
expect_version 1.0.0

step '2  1.1.0 is refused: it takes fewer orders than 1.0.0, which a minor version must not.'
if refusal="$(show component publish price-1.1.0-narrow 2>&1)"; then
  die 'a version that narrows its input was taken as a minor one'
fi
printf '%s\n' "$refusal"
case "$refusal" in *2.0.0*) ;; *) die 'the refusal does not say which number would be right' ;; esac

step '3  1.1.0, mended, only adds to 1.0.0. A tenth of new orders take it.'
show component publish price-1.1.0
show rollout start component shop/price 1.1.0 --percent 10
new=0
for _ in $(seq 80); do
  test "$(quoted_by)" != 1.1.0 || new=$((new + 1))
done
echo "$new of 80 orders were quoted by 1.1.0"
test "$new" -ge 1 && test "$new" -le 30 || die 'that is not a tenth'
show rollout start component shop/price 1.1.0 --percent 100
expect_version 1.1.0

step '4  1.2.0 fails where no schema shows it. Its guard sees the failures and rolls it back.'
show component publish price-1.2.0
show rollout start component shop/price 1.2.0 --percent 50 --guard window=1m,min_attempts=3
is_rolled_back() {
  quoted_by >/dev/null
  tasker rollout history component shop/price 2>/dev/null | grep -q ' rollback '
}
until_true is_rolled_back
show rollout history component shop/price
expect_version 1.1.0

step '5  1.1.0 is quarantined while orders wait for a slow supplier.'
held=()
for _ in 1 2 3; do
  order="$(tasker task run shop/order --input '{"pieces": 3, "supplier_ms": 4000}' --output json)"
  held+=("$(printf '%s' "$order" | field id)")
done
count_steps() {
  for id in "${held[@]}"; do
    tasker task show "$id" --output json | grep -c "\"state\":\"$1\"" || true
  done | grep -c 1
}
are_all() { test "$(count_steps "$1")" = "${#held[@]}"; }
until_true are_all running
show component quarantine --yes shop/price@1.1.0 --reason 'quotes in the wrong currency'
until_true are_all ready
show task show "${held[0]}"
echo 'New orders are quoted by 1.0.0 again:'
expect_version 1.0.0

step '   They need not wait for its release: they are moved to 1.0.0, where their one attempt is left.'
move=(task migrate shop/order --component shop/price --to =1.0.0)
show "${move[@]}" --dry-run
show "${move[@]}" --reason 'quoted in the right currency'
for id in "${held[@]}"; do
  tasker task watch "$id" >/dev/null 2>&1 || die "order $id did not complete"
  order="$(tasker task show "$id" --output json)"
  version="$(printf '%s' "$order" | field quoted_by)"
  test "$version" = 1.0.0 || die "order $id was quoted by ${version:-nobody} instead of 1.0.0"
done
echo '05-versions: as expected'
