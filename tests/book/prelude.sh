# Functions for what chapters presuppose. ROOT is the repository, BOOK the folder of the test: what the other blocks of the
# chapter have is in $BOOK/blocks, as 1.yaml, 2.rust and so on; basics.wasm has the sample handlers.

# In the chapter, SHOWN stands for REAL: stands SHOWN REAL
stands() {
  printf '%s\t%s\n' "$1" "$2" >>"$BOOK/stand-ins"
}

# `tasker serve` with these options of the chapter is started without them: serves OPTION...
serves() {
  stands "tasker serve $*" "$SERVE"
}

# Runs a program until the chapter ends; what it prints is in $BOOK/NAME: background NAME COMMAND...
background() {
  name="$1"
  shift
  "$@" >"$BOOK/$name" 2>&1 &
  echo $! >>"$BOOK/pids"
}

# The command asks whether it is meant, which nobody here can answer: asks 'pin rm'
asks() {
  stands "$1 " "$1 --yes "
}

# Publishes a file of the folder: publish FILE NAMESPACE/NAME VERSION
publish() {
  tasker component publish "$1" --name "$2" --version "$3" >/dev/null
}

# Publishes the sample handlers under a name: basics NAMESPACE/NAME VERSION
basics() {
  publish "$BOOK/basics.wasm" "$1" "$2"
}

# Publishes a template of which standard input has the steps and what else it has: template NAMESPACE/NAME VERSION
template() {
  { printf 'namespace: %s\nname: %s\nversion: %s\n' "${1%/*}" "${1#*/}" "$2"; cat; } >"$BOOK/template.yaml"
  tasker template publish "$BOOK/template.yaml" >/dev/null
}

# Runs a task to its end, however it ends, and prints its id: task NAMESPACE/TEMPLATE [ARGUMENT...]
task() {
  tasker task run "$@" --wait >/dev/null || true
  tasker task ls --limit 1 --quiet
}

# Projects have the SDK of the repository, which is built already, in place of a copy: sdk_of_repository handler
sdk_of_repository() {
  stands "tasker new $1" "tasker new $1 --sdk-path $ROOT/plugins/sdk"
}

# The versions of crates that the samples have, so that cargo asks no registry: lock_of PROJECT CRATE
lock_of() {
  sed "s/hello-handlers/$2/" "$ROOT/examples/01-hello/Cargo.lock" >"$1/Cargo.lock"
}

# Makes the finished tasks two years old, waits until a host has archived and deleted those of a namespace, and prints the
# id of one: archived NAMESPACE
archived() {
  id="('0190000000007000' || substr(replace(task_id::text, '-', ''), 17))::uuid"
  query "
    update tasker.transition set task_id = $id, at = at - interval '2 years';
    update tasker.step set task_id = $id;
    update tasker.attempt_log set task_id = $id;
    update tasker.task set task_id = $id, created_at = created_at - interval '2 years',
      finished_at = finished_at - interval '2 years' where finished_at is not null"
  tasker task ls "$1" --limit 1 --quiet
  tasker retention set "$1" --complete 30d --error 30d >&2
  until test "$(query 'select count(*) from tasker.task where finished_at < now() - interval $$1 year$$')" = 0; do sleep 0.05; done
}

# What the database answers: query SQL
query() {
  psql "$DATABASE_URL" -qAt -v ON_ERROR_STOP=1 -c "$1"
}
