#!/bin/bash
# Puts what makes and compiles clients in TypeScript below a directory, and prints where it is: tests/typescript.sh
# DIRECTORY. Several at once wait for the first.
set -euo pipefail

directory="$1"
packages=(openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@20.19.30)

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
