#!/bin/bash
# Puts the clients of GraphQL that tests use below a directory, and prints where they are: packages.sh DIRECTORY.
set -euo pipefail

exec "$(dirname "$0")/../npm.sh" "$1" graphql@16.15.0 graphql-request@7.4.0 graphql-ws@6.4.2 ws@8.23.0
