#!/bin/bash
# Puts packages of npm below a directory, and prints where they are: tests/npm.sh DIRECTORY PACKAGE@VERSION... Several at
# once wait for the first.
set -euo pipefail

directory="$1"
packages=("${@:2}")

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
