#!/bin/bash
# Puts what tests drive a browser with, and the identity provider that it signs in at, below a directory, and prints where
# it is: tests/browser.sh DIRECTORY. Several at once wait for the first. The browser itself is the system's.
set -euo pipefail

directory="$1"
packages=(playwright-core@1.65.1 axe-core@4.14.1 oidc-provider@9.13.3)

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
