# Sourced by the scripts here: `start_host` runs a host of its own on a free port with a private
# PostgreSQL, sets TASKER_URL and TASKER_TOKEN, and stops it when the script ends. TASKER names the
# program.
tasker="${TASKER:-tasker}"
host_dir="$(mktemp -d "${TMPDIR:-/tmp}/tasker-example.XXXXXX")"
host_pid=

stop_host() {
  if test -n "$host_pid"; then
    kill -TERM "$host_pid" 2>/dev/null || true
    wait "$host_pid" 2>/dev/null || true
  fi
  rm -rf "$host_dir"
}

# Arguments are passed on to `tasker serve`.
start_host() {
  trap stop_host EXIT
  trap 'exit 130' INT TERM
  # The database runs as another account where the host runs as root, and has to pass through here.
  chmod 711 "$host_dir"
  "$tasker" serve --listen 127.0.0.1:0 --data-dir "$host_dir/data" "$@" \
    >"$host_dir/ready" 2>"$host_dir/log" &
  host_pid=$!
  until grep -q 'ready at' "$host_dir/ready"; do
    if ! kill -0 "$host_pid" 2>/dev/null; then
      echo 'the host did not start:' >&2
      cat "$host_dir/log" >&2
      exit 1
    fi
    sleep 0.1
  done
  TASKER_URL="$(sed -n 's/.*ready at \([^ ]*\).*/\1/p' "$host_dir/ready")"
  TASKER_TOKEN="$(cat "$host_dir/data/admin.key")"
  export TASKER_URL TASKER_TOKEN
}
