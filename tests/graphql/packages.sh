#!/bin/bash
# Puts the clients of GraphQL that tests use below a directory, and prints where they are: packages.sh DIRECTORY. Several at
# once wait for the first.
set -euo pipefail

directory="$1"
packages=(graphql@16.15.0 graphql-request@7.4.0 graphql-ws@6.4.2 ws@8.23.0)

mkdir -p "$directory"
exec 9>"$directory/lock"
flock 9
wanted="${packages[*]}"
if test "$(cat "$directory/installed" 2>/dev/null)" != "$wanted"; then
  rm -rf "$directory/modules"
  mkdir -p "$directory/modules"
  npm install --prefix "$directory/modules" --silent --no-audit --no-fund --ignore-scripts "${packages[@]}" >&2
  echo "$wanted" > "$directory/installed"
fi
echo "$directory/modules"
