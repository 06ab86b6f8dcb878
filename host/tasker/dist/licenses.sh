#!/usr/bin/env bash
# Prints which crates the program is made of, under which licences, and the text of each: a text that
# several crates share stands once.
set -euo pipefail
cd "$(dirname "$0")/../../.."

crates() {
  cargo tree --locked -p tasker -e normal --prefix none --format '{p}|{l}' |
    sed -E 's/ \((\*|proc-macro)\)//g; s/ v([0-9])/|\1/' | grep -v '(/' | sort -u
}

folders() {
  cargo metadata --locked --format-version 1 |
    grep -o '"manifest_path":"[^"]*"' | sed -E 's/^"manifest_path":"(.*)\/Cargo.toml"$/\1/'
}

texts="$(mktemp -d)"
trap 'rm -rf "$texts"' EXIT
folders >"$texts/folders"

echo 'tasker is made of these crates. The texts of their licences follow.'
echo
crates | while IFS='|' read -r name version license; do
  printf '%s %s: %s\n' "$name" "$version" "$license"
  folder="$(grep "/$name-$version\$" "$texts/folders")"
  find "$folder" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'copyright*' \
    -o -iname 'notice*' -o -iname 'unlicense*' \) | sort | while read -r file; do
    sum="$(sha256sum <"$file" | cut -c1-64)"
    cp "$file" "$texts/$sum.text"
    echo "$name $version" >>"$texts/$sum.crates"
  done
done
echo 'The web interface has Preact and its signals (MIT) and htm (Apache-2.0).'
for file in host/ui/vendor/LICENSE-*; do
  sum="$(sha256sum <"$file" | cut -c1-64)"
  cp "$file" "$texts/$sum.text"
  echo "${file##*/LICENSE-}" >>"$texts/$sum.crates"
done
for list in "$texts"/*.crates; do
  printf '\n%s\n%s\n\n' '----------------------------------------------------------------' "$(paste -sd, "$list" | sed 's/,/, /g')"
  cat "${list%.crates}.text"
done
