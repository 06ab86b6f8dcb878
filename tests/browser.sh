#!/bin/bash
# Puts what tests drive a browser with, and the identity provider that it signs in at, below a directory, and prints where
# it is: tests/browser.sh DIRECTORY. The browser itself is the system's.
set -euo pipefail

exec "$(dirname "$0")/npm.sh" "$1" playwright-core@1.65.1 axe-core@4.14.1 oidc-provider@9.13.3
