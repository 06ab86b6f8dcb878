#!/bin/bash
# Installs the programs that some tests need, those that are missing together, where there is apt-get and a way to be root.
# Tests of what is still missing are left out, and standard error says which.
set -euo pipefail

# Package; the variable that names the program where the package does not put it; its place; what is not tested without it.
programs='docker-registry|TASKER_OCI_REGISTRY|/usr/bin/docker-registry|push to and pull from OCI registries
pgbouncer|TASKER_PGBOUNCER|/usr/sbin/pgbouncer|hosts behind a connection pooler
prometheus|TASKER_PROMTOOL|/usr/bin/promtool|what Prometheus makes of metrics
nats-server|TASKER_NATS_SERVER|/usr/sbin/nats-server|events to NATS
faketime|TASKER_FAKETIME|/usr/lib/*/faketime/libfaketimeMT.so.1|steps of the clock of a database
chromium|TASKER_CHROMIUM|/usr/bin/chromium|pages in a browser
npm||/usr/bin/npm|pages in a browser, clients in TypeScript'

is_there() {
  local package="$1" variable="$2" place="$3"
  if test -n "$variable" && test -n "${!variable:-}"; then return; fi
  command -v "$package" >/dev/null || compgen -G "$place" >/dev/null
}

missing() {
  local package variable place untested
  while IFS='|' read -r package variable place untested; do
    is_there "$package" "$variable" "$place" || echo "$package|$untested"
  done <<<"$programs"
}

as_root() {
  if test "$(id -u)" = 0; then "$@"; else sudo -n "$@"; fi
}

install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

mapfile -t packages < <(missing | cut -d'|' -f1)
if test "${#packages[@]}" -gt 0 && command -v apt-get >/dev/null && as_root true 2>/dev/null; then
  as_root apt-get update -q || true
  # One that is not to be had keeps no other away.
  install "${packages[@]}" || for package in "${packages[@]}"; do install "$package" || true; done
fi
missing | while IFS='|' read -r package untested; do
  echo "$package is missing, so not tested: $untested" >&2
done
