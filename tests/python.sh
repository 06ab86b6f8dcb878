#!/bin/bash
# Puts Python below a directory, with what tests of archives read and serve them with, what receives telemetry,
# what makes a client of the API and what makes up requests to it, and a client of MCP, and prints the program:
# tests/python.sh DIRECTORY. Several at once wait for the first.
set -euo pipefail

directory="$1"
packages=(duckdb==2.0.1 grpcio==1.85.3 mcp==2.3.0 'moto[server]==5.2.5' openapi-python-client==0.29.1 opentelemetry-proto==1.45.2
  schemathesis==4.32.5)

mkdir -p "$directory"
exec 9>"$directory/lock"
flock 9
wanted="${packages[*]}"
if test "$(cat "$directory/installed" 2>/dev/null)" != "$wanted"; then
  rm -rf "$directory/environment"
  python3 -m venv "$directory/environment" >&2
  "$directory/environment/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" >&2
  echo "$wanted" > "$directory/installed"
fi
echo "$directory/environment/bin/python"
