#!/bin/bash
# Puts what makes and compiles clients in TypeScript below a directory, and prints where it is: tests/typescript.sh
# DIRECTORY.
set -euo pipefail

exec "$(dirname "$0")/npm.sh" "$1" openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@20.19.30
